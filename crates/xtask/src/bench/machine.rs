//! [`Machine`], [`version`] and [`commit`]: where numbers are from.

use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

use harness::workspace;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Machine {
    pub processor: String,
    pub cores: usize,
    pub memory_kib: u64,
    pub kernel: String,
    /// What else it did as the measurement began: the load average of the last minute.
    pub load: f64,
}

impl Machine {
    pub(super) fn this() -> Self {
        let memory = field("/proc/meminfo", "MemTotal").unwrap_or_default();
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease");
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        Self {
            processor: field("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.into()),
            cores: cores(),
            memory_kib: first_number(&memory).unwrap_or_default(),
            kernel: kernel.map_or_else(|_| std::env::consts::OS.into(), |it| format!("Linux {}", it.trim())),
            load: first_number(&load).unwrap_or_default(),
        }
    }

    pub(super) fn describe(&self) -> String {
        let Self { processor, cores, memory_kib, kernel, load } = self;
        format!("{processor}, {cores} cores, {} GiB, {kernel}, load {load}", memory_kib / (1024 * 1024))
    }
}

pub(super) fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}

/// The last word of the first line that the program prints.
pub(super) fn version(program: &std::path::Path) -> String {
    let output = Command::new(program).arg("--version").output();
    let output = output.map(|output| [output.stdout, output.stderr].concat()).unwrap_or_default();
    let text = String::from_utf8_lossy(&output);
    let word = text.lines().next().and_then(|line| line.split_whitespace().last());
    word.unwrap_or("unknown").trim_start_matches('v').trim_end_matches(')').to_owned()
}

pub(super) fn commit() -> String {
    let git = |args: &[&str]| {
        let output = Command::new("git").args(args).current_dir(workspace::root()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let Some(commit) = git(&["rev-parse", "--short=10", "HEAD"]) else { return "unknown".into() };
    let changed = git(&["status", "--porcelain", "--", ".", ":!controller/docs"])
        .is_some_and(|changes| !changes.is_empty());
    if changed { commit + "-changed" } else { commit }
}

/// `name : value` out of one of the kernel's tables.
fn field(file: &str, name: &str) -> Option<String> {
    let table = fs::read_to_string(file).ok()?;
    let line = table.lines().find(|line| line.starts_with(name))?;
    line.split_once(':').map(|(_, value)| value.trim().to_owned())
}

fn first_number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.split_whitespace().next()?.parse().ok()
}
