//! `time` and `peak_memory`: one run of a program, measured from outside.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::workload::Workload;

/// GNU time. Decided: it, instead of a system call of our own, because the kernel counts the memory of the process that starts a
/// program as the program's own until the program is loaded, and GNU time is smaller than anything measured here.
const GNU_TIME: &str = "/usr/bin/time";

/// From the start of the program to its end.
pub(super) fn time(program: &Path, workload: &Workload) -> Result<Duration> {
    let mut command = command(program.as_os_str().as_ref(), workload)?;
    command.args(&workload.args);
    let start = Instant::now();
    let status = command.status().with_context(|| format!("cannot run {}", program.display()))?;
    let took = start.elapsed();
    ensure!(status.success(), "{} ended with {status}: {}", program.display(), workload.name);
    Ok(took)
}

/// The most memory that it had at any time, in KiB; none where there is no GNU time.
pub(super) fn peak_memory(program: &Path, workload: &Workload, dir: &Path) -> Result<Option<u64>> {
    if !Path::new(GNU_TIME).exists() {
        return Ok(None);
    }
    let peak_file = dir.join("peak");
    let mut command = command(GNU_TIME.as_ref(), workload)?;
    command.args(["--format", "%M", "--output"]).arg(&peak_file).arg(program).args(&workload.args);
    let status = command.status().context("cannot run GNU time")?;
    // Another `time` than GNU's has none of these flags; then there is no figure.
    let peak = std::fs::read_to_string(&peak_file).unwrap_or_default().trim().parse().ok();
    Ok(peak.filter(|_| status.success()))
}

fn command(program: &Path, workload: &Workload) -> Result<Command> {
    let stdin = File::open(&workload.stdin).context("cannot read the input")?;
    let mut command = Command::new(program);
    // For both programs: there is no kubeconfig to find, and no cache.
    command.env_clear().env("HOME", "/nonexistent").stdin(stdin).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(command)
}
