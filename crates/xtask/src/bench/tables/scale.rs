//! The table of sizes, with what is extrapolated from them.

use crate::bench::markdown::Table;
use crate::bench::numbers::Size;
use crate::bench::shown::{bytes_in_mib, kib_in_mib, significant, thousands};
use crate::bench::statistics::{Line, as_f64};

/// What a row shows: its name, its unit, and the number.
type What = (&'static str, &'static str, fn(&Size) -> f64);

pub(in crate::bench) fn sizes(sizes: &[Size]) -> String {
    let mut head = vec!["what".to_owned()];
    head.extend(sizes.iter().map(|it| format!("{} in {}", thousands(as_f64(it.objects)), it.namespaces)));
    head.push("200,000 in 2,000, extrapolated".into());
    head.push("off the line by".into());
    let mut table = Table::new(&head.iter().map(String::as_str).collect::<Vec<_>>());
    let rows: [What; 12] = [
        ("from the start to a new one synced", "s", |it| it.restart_seconds),
        ("CPU of the start, controller", "s", |it| it.restart_cpu_seconds.controller),
        ("CPU of the start, API server and etcd", "s", |it| {
            it.restart_cpu_seconds.api_server + it.restart_cpu_seconds.etcd
        }),
        ("controller, resident", "MiB", |it| kib_in_mib(it.memory.resident_kib)),
        ("controller, peak", "MiB", |it| kib_in_mib(it.memory.peak_kib)),
        ("API server, resident", "MiB", |it| kib_in_mib(it.api_server_kib)),
        ("etcd, resident", "MiB", |it| kib_in_mib(it.etcd_kib)),
        ("etcd's file", "MiB", |it| bytes_in_mib(usize::try_from(it.etcd_file_bytes).unwrap_or(0))),
        ("list of the SealedSecrets", "MiB", |it| bytes_in_mib(it.sealed_secrets_bytes)),
        ("list of the Secrets' metadata", "MiB", |it| bytes_in_mib(it.secrets_metadata_bytes)),
        ("both lists, page by page", "s", |it| it.list_seconds),
        ("events of the first unsealing", "", |it| as_f64(it.events)),
    ];
    for (name, unit, of) in rows {
        let points: Vec<_> = sizes.iter().map(|size| (as_f64(size.objects), of(size))).collect();
        let shown = |number: f64| format!("{} {unit}", significant(number)).trim_end().to_owned();
        let line = Line::through(&points);
        let mut cells = vec![name.to_owned()];
        cells.extend(points.iter().map(|point| shown(point.1)));
        // What is no line is not extrapolated.
        let near = line.filter(|line| line.residual <= 0.25);
        cells.push(near.map_or_else(|| "-".into(), |line| shown(line.at(200_000.0))));
        cells.push(line.map_or_else(|| "-".into(), |line| format!("{:.0} %", line.residual * 100.0)));
        table.row(cells);
    }
    let writes: u64 = sizes.iter().map(|size| size.restart_writes).sum();
    table.text() + &format!("\nWrites of SealedSecrets and Secrets at all these starts together: {writes}.\n")
}
