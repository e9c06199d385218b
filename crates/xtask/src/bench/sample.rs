//! Small numbers of every subject, for tests of what is made from them.

use super::machine::Machine;
use super::numbers::cpu::Cpu;
use super::numbers::limit::{Backlog, Cost, Limit, Parts, Round};
use super::numbers::{
    Both, Command, Curve, Floor, Latency, Memory, Numbers, Restart, Run, Side, Size, Taken,
};

fn taken<T>(measured: T) -> Taken<T> {
    let machine = Machine {
        processor: "A <Fast> CPU".into(),
        cores: 2,
        memory_kib: 8 * 1024 * 1024,
        kernel: "Linux 6".into(),
        load: 0.5,
    };
    let versions =
        [("upstream".to_owned(), "0.1".to_owned()), ("kube-apiserver".to_owned(), "1.2".to_owned())];
    Taken {
        date: "2026-01-02T03:04:05Z".into(),
        machine,
        commit: "abc".into(),
        versions: versions.into(),
        took_seconds: 1.0,
        measured,
    }
}

fn run(curve: Curve, side: Side, objects: usize, seconds: f64) -> Run {
    let memory = Memory { peak_kib: Some(2048), resident_kib: Some(1024 + objects as u64) };
    let cpu_seconds = Cpu { controller: seconds / 2.0, api_server: seconds, ..Cpu::default() };
    let restart = Restart { seconds: 0.5, cpu_seconds, memory, writes: 0 };
    Run {
        curve,
        side,
        objects,
        items: 1,
        keys: 1,
        sealed_with: 1,
        value_bytes: 0,
        seconds,
        cpu_seconds,
        requests: [("POST secrets".to_owned(), objects as u64)].into(),
        memory,
        restart: (curve == Curve::Memory).then_some(restart),
    }
}

fn both(curve: Curve, objects: usize, upstream: f64, ours: f64) -> [Run; 2] {
    [run(curve, Side::Upstream, objects, upstream), run(curve, Side::Ours, objects, ours)]
}

fn memory_runs() -> Vec<Run> {
    [
        both(Curve::Memory, 500, 20.0, 5.0),
        both(Curve::Memory, 1_000, 40.0, 10.0),
        both(Curve::Memory, 2_000, 80.0, 20.0),
    ]
    .concat()
}

fn runs() -> Vec<Run> {
    let old_keys = |keys, sealed_with, upstream, ours| {
        both(Curve::OldKeys, 100, upstream, ours).map(|run| Run { keys, sealed_with, ..run })
    };
    [
        both(Curve::Objects, 100, 2.0, 0.5),
        both(Curve::Objects, 1_000, 30.0, 4.0),
        both(Curve::Objects, 3_000, 90.0, 12.0),
        old_keys(1, 1, 4.0, 1.0),
        old_keys(31, 1, 40.0, 1.1),
        old_keys(31, 3, 40.0, 1.2),
    ]
    .concat()
}

pub(super) fn numbers() -> Numbers {
    let command = |name: &str, documents| Command {
        name: name.into(),
        documents,
        seconds: Both { upstream: vec![0.5, 0.6], ours: vec![0.1, 0.2] },
        peak_kib: Both { upstream: Some(4096), ours: None },
    };
    let cost = Cost { api_server: 0.001, etcd: 0.001, client: 0.0005 };
    let size = |objects, namespaces| Size {
        objects,
        namespaces,
        restart_seconds: 0.5,
        restart_cpu_seconds: Cpu::default(),
        restart_writes: 0,
        memory: Memory { peak_kib: Some(objects as u64), resident_kib: Some(objects as u64) },
        api_server_kib: Some(1024),
        etcd_kib: Some(1024),
        etcd_file_bytes: 1 << 20,
        sealed_secrets_bytes: objects * 1000,
        secrets_metadata_bytes: objects * 500,
        list_seconds: 1.0,
        events: objects,
    };
    Numbers {
        cli: Some(taken(vec![
            command("--version", None),
            command("1 Secret", Some(1)),
            command("10", Some(10)),
        ])),
        controller: Some(taken(runs())),
        memory: Some(taken(memory_runs())),
        latency: Some(taken(Latency {
            secret: Both { upstream: vec![0.008, 0.009], ours: vec![0.004, 0.005] },
            synced: Both { upstream: vec![0.010, 0.012], ours: vec![0.006, 0.007] },
            floor: vec![Floor { private_key: 0.003, secret: 0.001, status: 0.001 }],
        })),
        limit: Some(taken(Limit {
            cores: 2,
            rounds: [(0.003, 4.0, 5.0), (0.009, 8.0, 4.0), (0.003, 4.0, 9.0)]
                .map(|spent| round(cost, spent))
                .into(),
        })),
        scale: Some(taken(vec![size(5_000, 50), size(10_000, 100)])),
    }
}

fn round(cost: Cost, (private_key, together, ours): (f64, f64, f64)) -> Round {
    let backlog = |seconds, controller, secrets| Backlog {
        objects: 1_000,
        seconds,
        cpu_seconds: Cpu { controller, api_server: 3.0, etcd: 1.0, ..Cpu::default() },
        requests: [("POST secrets".to_owned(), secrets)].into(),
    };
    Round {
        parts: Parts { private_key, secret: cost, status: cost, event: cost },
        together: backlog(together, 0.0, 1_000),
        backlog: backlog(ours, ours - 1.0, 1_100),
    }
}
