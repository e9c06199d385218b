//! The error for a program of the control plane that has ended by itself: without it, each test after that fails for a reason that does not
//! name it.

use anyhow::{Result, anyhow};

use crate::control_plane::port::Taken;
use crate::failure::Failure;
use crate::process::Process;
use crate::process::log_tail::{log_tail, read_log};

/// Returns if all processes run, or were ended by the harness.
pub(crate) fn check(processes: &mut [Process]) -> Result<()> {
    for process in processes {
        if let Some(status) = process.ended_by_itself()? {
            return Err(error(process, &status.to_string()));
        }
    }
    Ok(())
}

fn error(process: &Process, status: &str) -> anyhow::Error {
    let text = read_log(process.log()).unwrap_or_default();
    if text.contains("address already in use") {
        return Taken { program: process.name().to_owned() }.into();
    }
    let what = format!(
        "{} ended with {status}; the end of its log:\n{}",
        process.name(),
        log_tail(process.log(), 15)
    );
    match hint(&text) {
        Some(hint) => Failure::new(what, hint).into(),
        None => anyhow!(what),
    }
}

fn hint(log: &str) -> Option<&'static str> {
    if log.contains("no space left on device") {
        return Some("the disk is full: free some space, or set TMPDIR to a folder elsewhere");
    }
    if log.contains("unknown flag") {
        return Some(
            "this version has other flags: unset KUBEBUILDER_ASSETS to use the version the project pins",
        );
    }
    None
}
