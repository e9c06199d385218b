//! CPU time and memory of processes, and the requests that the API server counts.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use harness::lab::Lab;
use kube::Client;

use crate::bench::numbers::Memory;
use crate::bench::numbers::cpu::Cpu;

/// The unit of times in `/proc/PID/stat`, as Linux shows it to every program.
const TICKS_PER_SECOND: f64 = 100.0;

/// The control plane is at rest when it uses less than this share of a core for this time.
const REST: f64 = 0.1;
const RESTS_FOR: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_mins(2);

/// The processes whose time is counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Processes {
    pub controller_manager: u32,
    pub api_server: u32,
    pub etcd: u32,
    pub controller: Option<u32>,
}

impl Processes {
    pub(super) async fn of(lab: &Lab, controller: Option<u32>) -> Result<Self> {
        let ids = lab.control_plane.process_ids().await;
        let [controller_manager, api_server, etcd] =
            ids.try_into().ok().context("a program of the control plane has ended")?;
        Ok(Self { controller_manager, api_server, etcd, controller })
    }

    /// CPU time so far.
    pub(super) fn cpu(&self) -> Cpu {
        Cpu {
            controller: self.controller.map_or(0.0, cpu_seconds),
            api_server: cpu_seconds(self.api_server),
            etcd: cpu_seconds(self.etcd),
            controller_manager: cpu_seconds(self.controller_manager),
            bench: cpu_seconds(std::process::id()),
        }
    }

    /// Waits until the control plane has done what it does after many objects were created or deleted.
    pub(super) async fn at_rest(&self) -> Result<()> {
        let start = Instant::now();
        loop {
            let before = self.cpu();
            tokio::time::sleep(RESTS_FOR).await;
            let spent = self.cpu().since(before);
            let busy = spent.api_server + spent.etcd + spent.controller_manager;
            if busy <= REST * RESTS_FOR.as_secs_f64() {
                return Ok(());
            }
            ensure!(start.elapsed() < LONGEST_WAIT, "the control plane is never at rest");
        }
    }
}

impl Cpu {
    pub(super) fn since(self, before: Self) -> Self {
        Self {
            controller: self.controller - before.controller,
            api_server: self.api_server - before.api_server,
            etcd: self.etcd - before.etcd,
            controller_manager: self.controller_manager - before.controller_manager,
            bench: self.bench - before.bench,
        }
    }
}

/// User's and system's time of a process, and of its threads; 0 where there is no such process.
pub(super) fn cpu_seconds(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    in_stat(&stat).unwrap_or(0.0)
}

/// The fields 14 and 15. The second, in parentheses, may have spaces.
fn in_stat(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let times = fields.split(' ').skip(11).take(2).map(str::parse::<f64>);
    Some(times.sum::<Result<f64, _>>().ok()? / TICKS_PER_SECOND)
}

pub(super) fn memory(process: Option<u32>) -> Memory {
    let of = |field| process.and_then(|process| kib(process, field));
    Memory { peak_kib: of("VmHWM:"), resident_kib: of("VmRSS:") }
}

/// A field of `/proc/PID/status`.
pub(super) fn kib(process: u32, field: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The requests that the API server got so far, by verb and resource, as in `POST secrets` and `PATCH sealedsecrets/status`.
pub(super) async fn requests(client: &Client) -> Result<BTreeMap<String, u64>> {
    let request = http::Request::get("/metrics").body(Vec::new()).context("no request")?;
    Ok(in_metrics(&client.request_text(request).await.context("the API server shows no metrics")?))
}

fn in_metrics(text: &str) -> BTreeMap<String, u64> {
    let mut requests = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with("apiserver_request_total{")) {
        let label = |name: &str| {
            let (_, value) = line.split_once(&format!("{name}=\""))?;
            value.split_once('"').map(|(value, _)| value)
        };
        let (Some(verb), Some(resource)) = (label("verb"), label(",resource")) else { continue };
        let subresource = label("subresource").filter(|it| !it.is_empty());
        let name = subresource
            .map_or_else(|| format!("{verb} {resource}"), |sub| format!("{verb} {resource}/{sub}"));
        let count = line.rsplit(' ').next().and_then(|count| count.parse::<u64>().ok());
        *requests.entry(name).or_default() += count.unwrap_or(0);
    }
    requests
}

/// What came since, without what did not change.
pub(super) fn requests_since(
    now: BTreeMap<String, u64>,
    before: &BTreeMap<String, u64>,
) -> BTreeMap<String, u64> {
    let since = |(name, count): (String, u64)| {
        let count = count - before.get(&name).copied().unwrap_or(0).min(count);
        (count > 0).then_some((name, count))
    };
    now.into_iter().filter_map(since).collect()
}

/// The number of writes of SealedSecrets and Secrets.
pub(super) fn writes(requests: &BTreeMap<String, u64>) -> u64 {
    let is_write = |name: &str| {
        let (verb, resource) = name.split_once(' ').unwrap_or((name, ""));
        ["POST", "PUT", "PATCH", "APPLY"].contains(&verb)
            && (resource == "secrets" || resource.starts_with("sealedsecrets"))
    };
    requests.iter().filter(|(name, _)| is_write(name)).map(|(_, count)| count).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_process_with_spaces_in_its_name() {
        let stat = "7 (a b) c) S 1 7 7 0 -1 4194304 100 0 0 0 150 50 9 9 20 0 1 0 100 1000 100";
        assert_eq!(in_stat(stat), Some(2.0));
        assert_eq!(in_stat(""), None);
    }

    #[test]
    fn requests_are_counted_by_verb_and_resource() {
        let line = |verb: &str, resource: &str, subresource: &str, code: u16, count: u64| {
            format!(
                "apiserver_request_total{{code=\"{code}\",component=\"apiserver\",dry_run=\"\",group=\"g\",resource=\"{resource}\",\
                 scope=\"resource\",subresource=\"{subresource}\",verb=\"{verb}\",version=\"v1\"}} {count}\n"
            )
        };
        let before = line("POST", "secrets", "", 201, 5) + &line("GET", "secrets", "", 200, 3);
        let now = line("POST", "secrets", "", 201, 9)
            + &line("POST", "secrets", "", 409, 1)
            + &line("PATCH", "sealedsecrets", "status", 200, 4)
            + &line("GET", "secrets", "", 200, 3);
        let since = requests_since(in_metrics(&now), &in_metrics(&before));
        let expected = [("PATCH sealedsecrets/status", 4), ("POST secrets", 5)];
        assert_eq!(since, expected.map(|(name, count)| (name.to_owned(), count)).into());
        assert_eq!(writes(&since), 9);
        assert_eq!(writes(&in_metrics(&line("GET", "secrets", "", 200, 3))), 0);
    }
}
