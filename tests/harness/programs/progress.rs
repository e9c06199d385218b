//! Shows the progress of a build: which program, which of how many, for how long, and about how long it takes. A line
//! that is redrawn on a terminal; plain lines elsewhere.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::programs::program::Program;

/// The builds of one run.
#[derive(Debug)]
pub(crate) struct Progress {
    count: usize,
    started: Instant,
}

/// One build among them.
#[derive(Debug)]
pub(crate) struct BuildStep {
    what: String,
    started: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Prints which programs are built, and how long that may take.
    pub(crate) fn start(programs: &[Program]) -> Self {
        let names: Vec<_> = programs.iter().map(|program| program.file_name()).collect();
        let about = about(programs.iter().map(|program| program.estimate()).sum());
        Self::note(&format!("building {} with Go, once: {about} in all", names.join(", ")));
        Self { count: programs.len(), started: Instant::now() }
    }

    /// Prints a line of its own.
    pub(crate) fn note(line: &str) {
        // If standard error is closed, nothing is printed.
        let _ = writeln!(io::stderr(), "{line}");
    }

    /// Begins the build of a program, counted from 1.
    pub(crate) fn building(&self, turn: usize, program: Program, version: &str) -> BuildStep {
        let what = format!("[{turn}/{}] {program} {version}", self.count);
        let about = about(program.estimate());
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
                bar.set_style(style);
            }
            bar.set_message(format!("{what}: {about},"));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        if bar.is_none() {
            Self::note(&format!("{what}: {about}…"));
        }
        BuildStep { what, started: Instant::now(), bar }
    }

    /// Ends the display: all programs are built.
    pub(crate) fn done(self) {
        Self::note(&format!("built in {}; they are kept in target/programs", length(self.started.elapsed())));
    }
}

impl BuildStep {
    /// Ends the line: the program is built.
    pub(crate) fn done(self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        Progress::note(&format!("{} built in {}", self.what, length(self.started.elapsed())));
    }
}

/// The estimate on this machine. Go compiles packages in parallel, but links each program on one thread.
fn about(on_two_cpus: Duration) -> String {
    let cpus = thread::available_parallelism().map_or(2, usize::from).clamp(1, 8);
    let here = on_two_cpus.mul_f64(2.0 / f64::from(u32::try_from(cpus).unwrap_or(2)));
    format!("about {}", length(here.max(Duration::from_secs(5))))
}

fn length(time: Duration) -> String {
    let (minutes, seconds) = (time.as_secs() / 60, time.as_secs() % 60);
    let mut text = String::new();
    if minutes > 0 {
        // Writing to a String cannot fail.
        let _ = write!(text, "{minutes} min ");
    }
    let _ = write!(text, "{seconds} s");
    text
}
