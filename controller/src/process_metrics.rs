//! [`ProcessMetrics`]: memory, processor time and open files of this process, under Prometheus' customary names.
//!
//! Read from /proc at each scrape; where there is none, there are no such metrics.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

/// Reads /proc/self.
#[derive(Debug)]
pub(crate) struct ProcessMetrics;

/// Clock ticks per second in /proc: fixed at 100 for user space by Linux on every architecture we build for.
const TICKS: f64 = 100.0;

/// What one look shows.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Look {
    cpu_seconds: f64,
    virtual_bytes: f64,
    resident_bytes: f64,
    threads: f64,
}

impl Collector for ProcessMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let Some(look) = std::fs::read_to_string("/proc/self/stat").ok().and_then(|stat| parse(&stat)) else {
            return Ok(());
        };
        let cpu = ConstCounter::new(look.cpu_seconds);
        let described =
            encoder.encode_descriptor("process_cpu_seconds", "Processor time", None, cpu.metric_type())?;
        cpu.encode(described)?;
        let open = std::fs::read_dir("/proc/self/fd").map(Iterator::count).unwrap_or_default();
        #[expect(clippy::cast_precision_loss, reason = "a process has no 2^52 files open")]
        for (name, help, value) in [
            ("process_resident_memory_bytes", "Memory in use", look.resident_bytes),
            ("process_virtual_memory_bytes", "Address space in use", look.virtual_bytes),
            ("process_threads", "Threads", look.threads),
            ("process_open_fds", "Open files and connections", open as f64),
        ] {
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        Ok(())
    }
}

/// proc(5): fields after the command, which stands in parentheses and may hold anything.
fn parse(stat: &str) -> Option<Look> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok());
    Some(Look {
        cpu_seconds: (number(11)? + number(12)?) / TICKS,
        threads: number(17)?,
        virtual_bytes: number(20)?,
        // Pages of 4 KiB, as on every architecture we build for.
        resident_bytes: number(21)? * 4096.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_past_an_odd_command() {
        let stat =
            "7 (a) b (c) S 1 7 7 0 -1 4194560 1 0 0 0 150 50 0 0 20 0 9 0 100 8192 3 18446744073709551615";
        let look = Look { cpu_seconds: 2.0, threads: 9.0, virtual_bytes: 8192.0, resident_bytes: 12_288.0 };
        assert_eq!(parse(stat), Some(look));
        assert_eq!(parse("nothing"), None);
    }
}
