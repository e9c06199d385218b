//! `describe`: the machine that numbers are of. They mean nothing without it.

use std::fs;
use std::thread::available_parallelism;

/// Processor, cores, kernel, and how busy it is with other things.
pub(super) fn describe() -> String {
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.into());
    let cpus = available_parallelism().map_or_else(|_| "unknown".into(), |cpus| cpus.to_string());
    let memory = field("/proc/meminfo", "MemTotal").unwrap_or_else(|| "unknown".into());
    let kernel =
        fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_else(|_| std::env::consts::OS.into());
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    format!("{processor}, {cpus} cores, memory {memory}, kernel {}, load {load}", kernel.trim())
}

/// `name : value` out of one of the kernel's tables.
fn field(file: &str, name: &str) -> Option<String> {
    let table = fs::read_to_string(file).ok()?;
    let line = table.lines().find(|line| line.starts_with(name))?;
    line.split_once(':').map(|(_, value)| value.trim().to_owned())
}
