//! The tables for people, in Markdown, made from raw numbers.

pub(super) mod commands;
pub(super) mod curves;
pub(super) mod latency;
pub(super) mod limit;
pub(super) mod old_keys;
pub(super) mod scale;

use std::fmt::Write as _;

use super::numbers::Taken;

/// The line that names the machine.
pub(super) fn place<T>(taken: &Taken<T>) -> String {
    let version = |program: &str| taken.versions.get(program).map_or("unknown", String::as_str);
    let mut programs = format!("upstream {}", version("upstream"));
    if taken.versions.contains_key("kube-apiserver") {
        let _ = write!(programs, ", kube-apiserver {}, etcd {}", version("kube-apiserver"), version("etcd"));
    }
    let date = taken.date.split('T').next().unwrap_or_default();
    format!("{date}, commit {}, {programs}. {}.", taken.commit, taken.machine.describe())
}

#[cfg(test)]
mod tests {
    use super::{commands, curves, latency, scale};
    use crate::bench::sample;

    #[test]
    fn every_subject_has_a_table() {
        let numbers = sample::numbers();
        assert!(commands::commands(&numbers.cli.unwrap().measured).contains("--version"));
        assert!(latency::latencies(&numbers.latency.unwrap().measured).contains("floor"));
        let scale = scale::sizes(&numbers.scale.unwrap().measured);
        assert!(scale.contains("5,000 in 50") && scale.contains("extrapolated"), "{scale}");
        let runs = numbers.memory.unwrap().measured;
        assert!(curves::memories(&runs).unwrap().contains("100,000 extrapolated"));
        assert!(curves::restarts(&runs).unwrap().contains("1,000"));
    }
}
