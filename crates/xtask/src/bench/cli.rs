//! The part `cli`: kubeseal-rs beside upstream's kubeseal. What it does is in `workload`.

mod run;
mod workload;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result};
use harness::programs::Programs;
use harness::programs::program::Program as Upstream;
use release::program::{Linkage, Program};
use tempfile::TempDir;

use self::workload::Workload;
use super::machine::version;
use super::numbers::{Both, Command, SIDES};
use super::statistics::{median, seconds};
use crate::paint;

/// Both programs, built, and the inputs.
#[derive(Debug)]
pub(super) struct Prepared {
    programs: Both<PathBuf>,
    workloads: Vec<Workload>,
    dir: TempDir,
}

impl Prepared {
    pub(super) fn new(full: bool) -> Result<Self> {
        let upstream =
            Programs::ready(&[Upstream::UpstreamKubeseal])?.path(Upstream::UpstreamKubeseal)?.to_owned();
        // As an archive of a release holds it, which starts sooner than what `cargo build` makes.
        let ours = Program::kubeseal_rs(Linkage::of_archive(false))?.path().to_owned();
        let dir = tempfile::Builder::new()
            .prefix("bench-")
            .tempdir()
            .context("no temporary folder could be made")?;
        let workloads = workload::all(dir.path(), full)?;
        Ok(Self { programs: Both { upstream, ours }, workloads, dir })
    }

    pub(super) fn versions(&self) -> BTreeMap<String, String> {
        let Both { upstream, ours } = &self.programs;
        [("ours".to_owned(), version(ours)), ("upstream".to_owned(), version(upstream))].into()
    }

    pub(super) fn measure(&self) -> Result<Vec<Command>> {
        self.workloads.iter().map(|workload| self.command(workload)).collect()
    }

    /// Round after round, both programs in each, so that whatever else the machine does meets both alike. Each run that counts follows one
    /// of the same program that does not, as in a script that seals file after file: otherwise each begins with the processor's caches as
    /// the other program left them, which costs the shorter one more than its own work.
    fn command(&self, workload: &Workload) -> Result<Command> {
        let mut measured = Command {
            name: workload.name.to_owned(),
            documents: workload.documents,
            seconds: Both::default(),
            peak_kib: Both::default(),
        };
        // Also the run that brings both into the page cache.
        for side in SIDES {
            *measured.peak_kib.of_mut(side) =
                run::peak_memory(self.programs.of(side), workload, self.dir.path())?;
        }
        let start = Instant::now();
        for round in 0..workload.rounds {
            if round > 0 && start.elapsed() > workload.limit {
                break;
            }
            for side in SIDES {
                run::time(self.programs.of(side), workload)?;
                let time = run::time(self.programs.of(side), workload)?;
                measured.seconds.of_mut(side).push(seconds(time));
            }
        }
        let [upstream, ours] =
            SIDES.map(|side| median(measured.seconds.of(side)).unwrap_or(f64::NAN) * 1000.0);
        println!(
            "{}",
            paint::dim(&format!("{}: upstream's {upstream:.1} ms, ours {ours:.1} ms", workload.name))
        );
        Ok(measured)
    }
}
