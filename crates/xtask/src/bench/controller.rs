//! The part `controller`: our controller beside upstream's, on one control plane, one after the other with the same keys and
//! the same objects. What they are given to do is in `task`, where they do it in `site`.

mod load;
mod site;
mod task;

use anyhow::{Context as _, Result};
use harness::binaries::Binaries;
use harness::lab::{Lab, Maker};
use harness::programs::Programs;
use harness::programs::program::Program;
use harness::test::interruption::interruption;
use tokio::runtime::Runtime;

use self::site::Site;
use self::task::Task;
use super::table::{Row, print_head};

const PROGRAMS: [Program; 6] = [
    Program::Etcd,
    Program::KubeApiserver,
    Program::KubeControllerManager,
    Program::Helm,
    Program::UpstreamKubeseal,
    Program::UpstreamController,
];

/// Upstream's first, as everywhere here.
const MAKERS: [Maker; 2] = [Maker::Upstream, Maker::Ours];

/// All programs, built; ours as they are released.
#[derive(Debug)]
pub(super) struct Prepared {
    programs: Programs,
    binaries: Binaries,
}

pub(super) fn prepare() -> Result<Prepared> {
    let programs = Programs::ready(&PROGRAMS)?;
    let binaries =
        Binaries::build(&["--release", "--package", "kubeseal-rs", "--package", "controller", "--bins"])?;
    Ok(Prepared { programs, binaries })
}

/// Prints a row for each task as soon as it is measured.
pub(super) fn measure(prepared: Prepared) -> Result<()> {
    let runtime = Runtime::new().context("cannot start the async runtime")?;
    runtime.block_on(async {
        let lab = Lab::start_with(prepared.programs, prepared.binaries).await?;
        let outcome = tokio::select! {
            outcome = all(&lab) => outcome,
            outcome = interruption() => outcome,
        };
        lab.stop().await?;
        outcome
    })
}

async fn all(lab: &Lab) -> Result<()> {
    let mut site = Site::prepare(lab).await?;
    print_head();
    for task in task::ALL {
        let mut row = Row { name: task.name, times: [Vec::new(), Vec::new()], peaks: [None, None] };
        for _ in 0..task.rounds {
            for (index, maker) in MAKERS.into_iter().enumerate() {
                let measured = round(&mut site, &task, maker)
                    .await
                    .with_context(|| format!("{}, {maker:?}", task.name))?;
                row.times[index].extend(measured.times);
                row.peaks[index] = row.peaks[index].max(measured.peak);
            }
        }
        row.print();
    }
    Ok(())
}

async fn round(site: &mut Site<'_>, task: &Task, maker: Maker) -> Result<task::Measured> {
    site.has_keys(task.keys).await?;
    let namespace = site.namespace().await?;
    let measured = task.run(site, maker, &namespace).await;
    // The next one's rate would be that of this one's objects too.
    site.clear(&namespace).await?;
    measured
}
