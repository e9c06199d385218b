//! What is being built, as which of how many, for how long, and about how long it takes. A line that redraws itself on a
//! terminal; plain lines elsewhere.

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
pub(crate) struct Step {
    what: String,
    started: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Says what is about to happen, and how long it may take.
    pub(crate) fn start(programs: &[Program]) -> Self {
        let names: Vec<_> = programs.iter().map(|program| program.file_name()).collect();
        let about = about(programs.iter().map(|program| program.estimate()).sum());
        Self::note(&format!("building {} with Go, once: {about} in all", names.join(", ")));
        Self { count: programs.len(), started: Instant::now() }
    }

    /// A line of its own.
    pub(crate) fn note(line: &str) {
        // To a closed standard error there is nothing to say.
        let _ = writeln!(io::stderr(), "{line}");
    }

    /// One program's turn has come, counted from 1.
    pub(crate) fn building(&self, turn: usize, program: Program, version: &str) -> Step {
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
        Step { what, started: Instant::now(), bar }
    }

    /// All of them are built.
    pub(crate) fn done(self) {
        Self::note(&format!("built in {}; they are kept in target/programs", length(self.started.elapsed())));
    }
}

impl Step {
    /// It is built.
    pub(crate) fn done(self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        Progress::note(&format!("{} built in {}", self.what, length(self.started.elapsed())));
    }
}

/// The estimate on this machine. Go compiles packages side by side, but the last link of each is one thread's work.
fn about(on_two_cores: Duration) -> String {
    let cores = thread::available_parallelism().map_or(2, usize::from).clamp(1, 8);
    let here = on_two_cores.mul_f64(2.0 / f64::from(u32::try_from(cores).unwrap_or(2)));
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
