//! The part `cli`: kubeseal-rs beside upstream's kubeseal. What it does is in `workload`.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result};
use harness::binaries::Binaries;
use harness::programs::Programs;
use harness::programs::program::Program;
use tempfile::TempDir;

use super::run;
use super::table::{Row, print_head};
use super::workload::{self, Workload};

/// Both programs, built, and the inputs.
#[derive(Debug)]
pub(super) struct Prepared {
    /// Upstream's first.
    programs: [PathBuf; 2],
    workloads: Vec<Workload>,
    dir: TempDir,
}

pub(super) fn prepare() -> Result<Prepared> {
    let upstream = Programs::ready(&[Program::UpstreamKubeseal])?.path(Program::UpstreamKubeseal)?.to_owned();
    let ours =
        Binaries::build(&["--release", "--package", "kubeseal-rs", "--package", "controller", "--bins"])?;
    let dir =
        tempfile::Builder::new().prefix("bench-").tempdir().context("no temporary folder could be made")?;
    let workloads = workload::all(dir.path())?;
    Ok(Prepared { programs: [upstream, ours.kubeseal], workloads, dir })
}

/// Prints a row for each workload as soon as it is measured.
pub(super) fn measure(prepared: &Prepared) -> Result<()> {
    print_head();
    for workload in &prepared.workloads {
        row(prepared, workload)?.print();
    }
    Ok(())
}

/// Round after round, both programs in each, so that whatever else the machine does meets both alike.
fn row(prepared: &Prepared, workload: &Workload) -> Result<Row> {
    let [upstream, ours] = &prepared.programs;
    let mut peaks = [None, None];
    // Also the run that brings both into the page cache.
    for (peak, program) in peaks.iter_mut().zip(&prepared.programs) {
        *peak = run::peak_memory(program, workload, prepared.dir.path())?;
    }
    let mut times = [Vec::new(), Vec::new()];
    let start = Instant::now();
    while times[0].len() < workload.rounds && (times[0].is_empty() || start.elapsed() < workload.limit) {
        times[0].push(run::time(upstream, workload)?);
        times[1].push(run::time(ours, workload)?);
    }
    Ok(Row { name: workload.name, times, peaks })
}
