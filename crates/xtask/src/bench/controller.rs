//! The parts that need a control plane: our controller beside upstream's on one control plane, one after the other with the same keys
//! and the same objects. Each part is a file below.

pub(super) mod backlog;
pub(super) mod latency;
pub(super) mod limit;
mod load;
mod private_key;
mod samples;
pub(super) mod scale;
pub(super) mod site;
mod together;
mod usage;
mod watch;

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use harness::binaries::Binaries;
use harness::lab::Lab;
use harness::programs::Programs;
use harness::programs::program::Program;

use self::backlog::Task;
use self::site::Site;
use super::machine::version;
use super::numbers::{Run, SIDES};
use crate::paint;

const PROGRAMS: [Program; 6] = [
    Program::Etcd,
    Program::KubeApiserver,
    Program::KubeControllerManager,
    Program::Helm,
    Program::UpstreamKubeseal,
    Program::UpstreamController,
];

/// All programs, built; ours as they are released.
#[derive(Debug)]
pub(super) struct Prepared {
    programs: Programs,
    binaries: Binaries,
}

impl Prepared {
    pub(super) fn new() -> Result<Self> {
        let programs = Programs::ready(&PROGRAMS)?;
        let binaries =
            Binaries::build(&["--release", "--package", "kubeseal-rs", "--package", "controller", "--bins"])?;
        Ok(Self { programs, binaries })
    }

    pub(super) fn versions(&self) -> Result<BTreeMap<String, String>> {
        let of = |program| anyhow::Ok(version(self.programs.path(program)?));
        Ok([
            ("ours".to_owned(), version(&self.binaries.controller)),
            ("upstream".to_owned(), of(Program::UpstreamController)?),
            ("kube-apiserver".to_owned(), of(Program::KubeApiserver)?),
            ("etcd".to_owned(), of(Program::Etcd)?),
        ]
        .into())
    }

    pub(super) async fn lab(&self) -> Result<Lab> {
        Lab::start_with(self.programs.clone(), self.binaries.clone()).await
    }
}

/// Every point of every curve, both sides in turn.
pub(super) async fn curves(site: &mut Site<'_>, tasks: Vec<Task>) -> Result<Vec<Run>> {
    let mut runs = Vec::new();
    for task in tasks {
        site.with_keys(task.keys).await?;
        let namespace = site.namespace().await?;
        let sealed = task.seal(&namespace, site.keys())?;
        for _ in 0..task.rounds {
            for side in SIDES {
                let run = task.run(site, side, &namespace, &sealed).await;
                let run = run.with_context(|| format!("{task:?}, {side:?}"))?;
                println!("{}", paint::dim(&backlog::line(&run)));
                runs.push(run);
                // The next one's rate would be that of this one's objects too.
                site.clear(&namespace).await?;
            }
        }
    }
    Ok(runs)
}
