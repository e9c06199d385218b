//! Random sequences of what the programs of both makers do to one file and to the clusters. A [`Model`] says what each cluster opens after each
//! [`Step`], as in `crates/sealing/tests/it/recipients_in_every_order.rs`, which has many more sequences and no programs.
//!
//! A failure prints the steps and their seed; `CLUSTERS_SEED=<number> cargo test --workspace --test clusters -- every_order` runs them again.

mod model;
mod step;

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::Value;
use tests::lab::Maker;

use self::model::{ITEMS, Model};
use self::step::{Aim, Step};
use crate::one_file::opened_by_the_newest_key;
use crate::scene::program::Reseal;
use crate::scene::repository::{NAMES, Repository};
use crate::stage::{Scene, Stage};

/// The variable that has the seed of a run.
const SEED: &str = "CLUSTERS_SEED";

/// Sequences, and steps of each: both tests take about 30 seconds.
const SEQUENCES: usize = 5;
const STEPS: usize = 9;

struct Sequence<'a> {
    scene: &'a Scene,
    repository: &'a Repository,
    file: Value,
    model: Model,
    changes: usize,
}

/// How a command that changes recipients ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Changed,
    Unchanged,
    Failed,
}

pub(crate) async fn programs_of_both_makers_with_our_controllers(stage: Arc<Stage>) -> Result<()> {
    play_all(&stage, Maker::Ours).await
}

pub(crate) async fn programs_of_both_makers_with_upstreams_controller(stage: Arc<Stage>) -> Result<()> {
    play_all(&stage, Maker::Upstream).await
}

async fn play_all(stage: &Stage, first: Maker) -> Result<()> {
    let seed = match std::env::var(SEED) {
        Ok(seed) => seed.parse().with_context(|| format!("{SEED} is no number"))?,
        Err(_) => rand::random(),
    };
    let mut random = StdRng::seed_from_u64(seed);
    stage
        .play(first, async |scene| {
            let repository = Repository::new(scene, &[]).await?;
            for number in 0..SEQUENCES {
                let steps: Vec<Step> = (0..STEPS).map(|_| Step::random(&mut random)).collect();
                let mut taken = 0;
                let mut play = async || {
                    let mut sequence = Sequence::new(scene, &repository, &format!("db-{number}")).await?;
                    sequence.check().await?;
                    for step in &steps {
                        taken += 1;
                        sequence.take(*step).await?;
                        sequence.check().await?;
                    }
                    anyhow::Ok(())
                };
                let played = play().await;
                played.with_context(|| format!("{SEED}={seed}, after the last of {:?}", &steps[..taken]))?;
            }
            Ok(())
        })
        .await
}

impl<'a> Sequence<'a> {
    async fn new(scene: &'a Scene, repository: &'a Repository, name: &str) -> Result<Self> {
        let file = scene.seal(name, &ITEMS.map(|item| (item, item))).await?;
        Ok(Self { scene, repository, file, model: Model::new(), changes: 0 })
    }

    /// Upstream's controller does not know the entries.
    fn knows_entries(&self, cluster: usize) -> bool {
        self.scene.clusters[cluster].maker == Maker::Ours
    }

    async fn take(&mut self, step: Step) -> Result<()> {
        self.changes += 1;
        let value = format!("value {}", self.changes);
        match step {
            Step::Renew(cluster) => {
                self.scene.clusters[cluster].renew_key().await?;
                self.repository.fetch(cluster).await?;
                self.model.renewed(cluster);
            }
            Step::Reseal(cluster, how) => self.reseal(cluster, how).await?,
            Step::MergeInto(envelope, maker, item) => {
                self.file = self.scene.merge_into(envelope, maker, &self.file, item, &value).await?;
                self.model.sealed_for_one(item, value, envelope);
            }
            Step::SealForBoth(envelope, item) => {
                self.scene.merge(&mut self.file, envelope, item, &value).await?;
                self.model.sealed_for_both(item, value, envelope);
            }
            Step::Edit(envelope, item) => {
                let editor = format!("sed -i 's/^  {item}: .*/  {item}: {value}/'");
                let clusters = format!("--for={},{}", NAMES[1], NAMES[0]);
                // The rule names them in order.
                let args = if envelope == 0 { vec!["edit"] } else { vec!["edit", &clusters] };
                let (output, file) = self.repository.run_on(&self.file, &editor, &args).await?;
                output.success()?;
                self.file = file;
                self.model.sealed_for_both(item, value, envelope);
            }
            Step::Recipients(opener, aim) => self.change_recipients(opener, aim).await?,
        }
        Ok(())
    }

    async fn reseal(&mut self, cluster: usize, how: Reseal) -> Result<()> {
        let by_ours = self.knows_entries(cluster);
        // Upstream's controller makes new envelopes and drops the annotation, which our commands do not take.
        let keeps_entries = by_ours || !self.model.has_entries();
        let succeeds = self.model.opens_all(cluster, by_ours)
            && (keeps_entries || how == Reseal::ReEncrypt(Maker::Upstream));
        let resealed = self.scene.reseal(cluster, how, &self.file).await?;
        ensure!(resealed.is_ok() == succeeds, "{how:?}: {resealed:?}");
        let Ok(file) = resealed else { return Ok(()) };
        self.file = file;
        self.model.resealed(cluster);
        if !by_ours {
            self.model.lost_entries();
        }
        Ok(())
    }

    /// `recipients` and `reseal --recipients` open the values with the private keys of a cluster.
    async fn change_recipients(&mut self, opener: usize, aim: Aim) -> Result<()> {
        let (is_annotated, is_even) = (self.model.has_entries(), self.model.is_even());
        // Without the annotation, it is not known for whom the file is.
        let aim = if !is_annotated && matches!(aim, Aim::Add(_)) { Aim::Rules } else { aim };
        let key = self.repository.private_keys(self.scene, opener).await?;
        let args = match aim {
            Aim::Add(cluster) => vec!["recipients", "add", &key, NAMES[cluster]],
            Aim::Remove(cluster) => vec!["recipients", "remove", &key, NAMES[cluster]],
            Aim::Rules => vec!["reseal", "--recipients", &key],
        };
        let (output, file) = self.repository.run_on(&self.file, "false", &args).await?;
        let ended = match String::from_utf8_lossy(&output.stdout) {
            _ if !output.status.success() => Ended::Failed,
            printed if printed.contains("1 changed") => Ended::Changed,
            _ => Ended::Unchanged,
        };
        let if_opened = if self.model.opens_all(opener, true) { Ended::Changed } else { Ended::Failed };
        let may = match aim {
            Aim::Remove(_) if !is_annotated => vec![Ended::Unchanged, Ended::Failed],
            Aim::Add(_) | Aim::Remove(_) if !is_even => vec![Ended::Failed],
            // Both are there already. It is one group for the newest keys, or is made that.
            Aim::Add(_) | Aim::Rules if is_even && !self.model.is_outdated() => {
                vec![Ended::Unchanged, if_opened]
            }
            Aim::Add(_) | Aim::Remove(_) | Aim::Rules => vec![if_opened],
        };
        ensure!(may.contains(&ended), "{aim:?}: {ended:?}, and not {may:?}: {}", output.stderr);
        if ended != Ended::Changed {
            ensure!(file == self.file, "{aim:?} changed the file, and ended with {ended:?}");
            return Ok(());
        }
        self.file = file;
        match aim {
            Aim::Remove(cluster) => self.model.has_recipients(&[1 - cluster]),
            Aim::Add(_) | Aim::Rules => self.model.has_recipients(&[0, 1]),
        }
        Ok(())
    }

    /// Applies the file to both clusters, and compares what they open with the model.
    async fn check(&self) -> Result<()> {
        self.scene.apply(&self.file).await?;
        let items = &self.model.items;
        for (index, cluster) in self.scene.clusters.iter().enumerate() {
            let knows_entries = self.knows_entries(index);
            let unopened = items.iter().filter(|(_, item)| !item.opens(index, knows_entries));
            let unopened: Vec<&str> = unopened.map(|(name, _)| *name).collect();
            if !unopened.is_empty() {
                cluster.refuses(&self.file, &unopened, "").await?;
                continue;
            }
            let values: Vec<_> = items.iter().map(|(name, item)| (*name, item.value.as_str())).collect();
            let status = cluster.opens(&self.file, &values).await?;
            if cluster.maker == Maker::Ours && self.model.is_fresh[index] {
                opened_by_the_newest_key(cluster, &status).await?;
            }
        }
        Ok(())
    }
}
