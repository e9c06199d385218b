//! [`ProcessMetrics`]: processor time, memory, files and network of this process, under Prometheus' usual names: all those that
//! upstream's controller has.
//!
//! They are read at each scrape, most of them from /proc; what is not in there is left out.

use crate::metrics::encode::encode_value;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use rustix::process::{Resource, getrlimit};
use std::fmt;
use std::fs;

#[derive(Debug)]
pub(crate) struct ProcessMetrics;

/// Clock ticks per second in /proc: fixed at 100 for user space by Linux on every architecture we build for.
const TICKS: f64 = 100.0;

/// What is read from /proc/self/stat.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stat {
    cpu_seconds: f64,
    threads: f64,
    /// Seconds between the machine's start and the process's.
    started_after: f64,
}

impl Collector for ProcessMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        let (stat, status) = (stat(&read("/proc/self/stat")), read("/proc/self/status"));
        let network = read("/proc/self/net/netstat");
        let started = boot_time(&read("/proc/stat")).zip(stat).map(|(boot, stat)| boot + stat.started_after);
        #[expect(clippy::cast_precision_loss, reason = "a process has no 2^52 files open")]
        let open = fs::read_dir("/proc/self/fd").ok().map(|files| files.count() as f64);
        for (name, help, value) in [
            ("process_cpu_seconds", "Processor time", stat.map(|stat| stat.cpu_seconds)),
            (
                "process_network_receive_bytes",
                "Bytes received over the network by all processes of the pod",
                octets(&network, "InOctets"),
            ),
            (
                "process_network_transmit_bytes",
                "Bytes sent over the network by all processes of the pod",
                octets(&network, "OutOctets"),
            ),
        ] {
            encode_value(&mut encoder, name, help, value.map(ConstCounter::new))?;
        }
        for (name, help, value) in [
            // In kB there, and not in pages, whose size is the kernel's choice: 4, 16 or 64 KiB on arm64.
            ("process_resident_memory_bytes", "Memory in use", bytes(&status, "VmRSS")),
            ("process_virtual_memory_bytes", "Address space in use", bytes(&status, "VmSize")),
            (
                "process_virtual_memory_max_bytes",
                "Address space that may be used",
                Some(soft_limit(Resource::As)),
            ),
            ("process_threads", "Threads", stat.map(|stat| stat.threads)),
            ("process_open_fds", "Open files and connections", open),
            ("process_max_fds", "Files and connections that may be open", Some(soft_limit(Resource::Nofile))),
            ("process_start_time_seconds", "When this process was started, in seconds since 1970", started),
        ] {
            encode_value(&mut encoder, name, help, value.map(ConstGauge::new))?;
        }
        Ok(())
    }
}

/// proc(5): the fields after the command, which is in parentheses and may hold any text.
fn stat(text: &str) -> Option<Stat> {
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok());
    Some(Stat {
        cpu_seconds: (number(11)? + number(12)?) / TICKS,
        threads: number(17)?,
        started_after: number(19)? / TICKS,
    })
}

/// When the machine was started: `btime SECONDS` in /proc/stat.
fn boot_time(text: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()
}

/// A size in /proc/self/status: `VmRSS:   1234 kB`.
fn bytes(text: &str, name: &str) -> Option<f64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    rest.trim().strip_suffix(" kB")?.parse::<f64>().ok().map(|kilobytes| kilobytes * 1024.0)
}

/// The soft limit. No limit is the greatest number, as with Prometheus' other clients.
#[expect(clippy::cast_precision_loss, reason = "a limit of 2^52 stands for none")]
fn soft_limit(resource: Resource) -> f64 {
    getrlimit(resource).current.unwrap_or(u64::MAX) as f64
}

/// A number in /proc/self/net/netstat, which has a line of names above a line of numbers.
fn octets(text: &str, name: &str) -> Option<f64> {
    let mut lines = text.lines().filter_map(|line| line.strip_prefix("IpExt:"));
    let (names, numbers) = (lines.next()?, lines.next()?);
    let (_, number) = names.split_whitespace().zip(numbers.split_whitespace()).find(|it| it.0 == name)?;
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Metrics;

    #[test]
    fn reads_past_an_odd_command() {
        let text =
            "7 (a) b (c) S 1 7 7 0 -1 4194560 1 0 0 0 150 50 0 0 20 0 9 0 250 8192 3 18446744073709551615";
        assert_eq!(stat(text), Some(Stat { cpu_seconds: 2.0, threads: 9.0, started_after: 2.5 }));
        assert_eq!(stat("nothing"), None);
    }

    #[test]
    fn sizes_do_not_depend_on_the_page() {
        let text = "VmPeak:\t    9 kB\nVmRSS:\t    640 kB\nVmRSSx:\t 1 kB\nThreads:\t9\n";
        assert_eq!(bytes(text, "VmRSS"), Some(655_360.0));
        assert_eq!((bytes(text, "VmSize"), bytes(text, "Threads")), (None, None));
    }

    #[test]
    fn numbers_stand_under_their_names() {
        let text = "TcpExt: A B\nTcpExt: 1 2\nIpExt: InNoRoutes InOctets OutOctets\nIpExt: 0 30 40\n";
        assert_eq!((octets(text, "InOctets"), octets(text, "OutOctets")), (Some(30.0), Some(40.0)));
        assert_eq!(octets(text, "A"), None);
        assert_eq!(boot_time("cpu 1 2\nbtime 1700000000\nprocesses 5\n"), Some(1_700_000_000.0));
    }

    #[test]
    fn the_metrics_describe_this_process() {
        let text = Metrics::new(true).classic_text().unwrap();
        let value = |name: &str| -> f64 {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            line.unwrap_or_else(|| panic!("no {name}:\n{text}")).parse().unwrap()
        };
        let age = jiff::Timestamp::now().as_duration().as_secs_f64() - value("process_start_time_seconds");
        assert!((-2.0..3600.0).contains(&age), "started {age} seconds ago");
        assert!(value("process_max_fds") >= value("process_open_fds"));
        assert!(value("process_resident_memory_bytes") > 100_000.0);
        assert!(value("process_virtual_memory_bytes") > value("process_resident_memory_bytes"));
        assert!(value("process_virtual_memory_max_bytes") >= value("process_virtual_memory_bytes"));
        for name in ["process_network_receive_bytes_total", "process_network_transmit_bytes_total"] {
            assert!(value(name) >= 0.0);
        }
    }
}
