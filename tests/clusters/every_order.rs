//! Random sequences of what the programs of both makers do to one file and to the clusters. A model says what each cluster opens after each
//! step, as in `crates/sealing/tests/it/recipients_in_every_order.rs`, which has many more sequences and no programs.
//!
//! A failure prints the steps and their seed; `CLUSTERS_SEED=<number> cargo test --workspace --test clusters -- every_order` runs them again.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;
use tests::lab::Maker;

use crate::one_file::opened_by_the_newest_key;
use crate::scene::program::Reseal;
use crate::stage::{Scene, Stage};

/// The variable that has the seed of a run.
const SEED: &str = "CLUSTERS_SEED";

const ITEMS: [&str; 3] = ["a", "b", "c"];

/// Sequences, and steps of each: both tests take about 20 seconds.
const SEQUENCES: usize = 5;
const STEPS: usize = 7;

/// What happens to the file or to a cluster; a number is the index of the cluster.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// The controller makes a new sealing key.
    Renew(usize),
    /// A command has the controller seal everything to its newest key.
    Reseal(usize, Reseal),
    /// `--merge-into` of this maker with the certificate of one cluster.
    MergeInto(usize, Maker, &'static str),
    /// An item is sealed for both clusters: to this one, and with entries for both.
    SealForBoth(usize, &'static str),
}

/// What the model knows of an item.
#[derive(Debug)]
struct Item {
    value: String,
    /// The cluster that its envelope is sealed to.
    envelope: usize,
    /// Its entry is for this envelope.
    matches: bool,
    /// It has an entry, which may be for an earlier envelope.
    has_entry: bool,
}

struct Sequence<'a> {
    scene: &'a Scene,
    file: Value,
    items: BTreeMap<&'static str, Item>,
    /// Whether the newest key of the cluster opens all that the cluster opens.
    is_fresh: [bool; 2],
    changes: usize,
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
            for number in 0..SEQUENCES {
                let steps: Vec<Step> = (0..STEPS).map(|_| step(&mut random)).collect();
                let mut taken = 0;
                let mut play = async || {
                    let mut sequence = Sequence::new(scene, &format!("db-{number}")).await?;
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

fn step(random: &mut StdRng) -> Step {
    let (cluster, item) = (random.random_range(0..2), ITEMS[random.random_range(0..ITEMS.len())]);
    let maker = if random.random() { Maker::Ours } else { Maker::Upstream };
    match random.random_range(0..8) {
        0 => Step::Renew(cluster),
        1..=3 => Step::Reseal(cluster, Reseal::ALL[random.random_range(0..Reseal::ALL.len())]),
        4 => Step::MergeInto(cluster, maker, item),
        _ => Step::SealForBoth(cluster, item),
    }
}

impl<'a> Sequence<'a> {
    async fn new(scene: &'a Scene, name: &str) -> Result<Self> {
        let file = scene.seal(name, &ITEMS.map(|item| (item, item))).await?;
        let known = |item: &str| Item { value: item.to_owned(), envelope: 0, matches: true, has_entry: true };
        let items = ITEMS.into_iter().map(|item| (item, known(item))).collect();
        Ok(Self { scene, file, items, is_fresh: [true; 2], changes: 0 })
    }

    /// Upstream's controller does not know the entries.
    fn opens(&self, cluster: usize, item: &Item) -> bool {
        let knows_entries = self.scene.clusters[cluster].maker == Maker::Ours;
        item.envelope == cluster || (knows_entries && item.matches)
    }

    fn opens_all(&self, cluster: usize) -> bool {
        self.items.values().all(|item| self.opens(cluster, item))
    }

    async fn take(&mut self, step: Step) -> Result<()> {
        self.changes += 1;
        let value = format!("value {}", self.changes);
        match step {
            Step::Renew(cluster) => {
                self.scene.clusters[cluster].renew_key().await?;
                self.is_fresh[cluster] = false;
            }
            Step::Reseal(cluster, how) => self.reseal(cluster, how).await?,
            Step::MergeInto(envelope, maker, item) => {
                self.file = self.scene.merge_into(envelope, maker, &self.file, item, &value).await?;
                let has_entry = self.items[item].has_entry;
                self.items.insert(item, Item { value, envelope, matches: false, has_entry });
            }
            Step::SealForBoth(envelope, item) => {
                self.scene.merge(&mut self.file, envelope, item, &value).await?;
                self.items.insert(item, Item { value, envelope, matches: true, has_entry: true });
            }
        }
        Ok(())
    }

    async fn reseal(&mut self, cluster: usize, how: Reseal) -> Result<()> {
        let by_ours = self.scene.clusters[cluster].maker == Maker::Ours;
        // Upstream's controller makes new envelopes and drops the annotation, which our commands do not take.
        let keeps_entries = by_ours || self.items.values().all(|item| !item.has_entry);
        let succeeds =
            self.opens_all(cluster) && (keeps_entries || how == Reseal::ReEncrypt(Maker::Upstream));
        let resealed = self.scene.reseal(cluster, how, &self.file).await?;
        ensure!(resealed.is_ok() == succeeds, "{how:?}: {resealed:?}");
        let Ok(file) = resealed else { return Ok(()) };
        self.file = file;
        self.is_fresh[cluster] = true;
        if !by_ours {
            for item in self.items.values_mut() {
                (item.matches, item.has_entry) = (false, false);
            }
        }
        Ok(())
    }

    /// Applies the file to both clusters, and compares what they open with the model.
    async fn check(&self) -> Result<()> {
        self.scene.apply(&self.file).await?;
        for (index, cluster) in self.scene.clusters.iter().enumerate() {
            if !self.opens_all(index) {
                let unopened = self.items.iter().filter(|(_, item)| !self.opens(index, item));
                let unopened: Vec<&str> = unopened.map(|(name, _)| *name).collect();
                cluster.refuses(&self.file, &unopened, "").await?;
                continue;
            }
            let values: Vec<_> = self.items.iter().map(|(name, item)| (*name, item.value.as_str())).collect();
            let status = cluster.opens(&self.file, &values).await?;
            if cluster.maker == Maker::Ours && self.is_fresh[index] {
                opened_by_the_newest_key(cluster, &status).await?;
            }
        }
        Ok(())
    }
}
