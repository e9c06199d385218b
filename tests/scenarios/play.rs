//! Runs the whole list against one controller; the error names every scenario with another end state.

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use api::sealing_key::{ACTIVE, WRAPPED};
use futures::StreamExt as _;
use kube::Client;
use tests::kms::kms_plugin::KmsPlugin;
use tests::lab::{Lab, Maker};
use tests::pod::Pod;
use tests::process::cli::Cli;
use tests::test::eventually::eventually;
use tests::test::temp_namespace::with_temp_ns;
use tests::user::person::Person;
use tokio::time::sleep;

use crate::list;
use crate::outcome::Outcome;
use crate::scenario::Scenario;
use crate::sentinel::{BY_THE_CLOCK, Sentinel};
use crate::snapshot::Snapshot;
use crate::stage::{self, Stage};
use crate::steps::SOON;

/// Number of scenarios at the same time, each in a namespace of its own. They mostly wait.
const AT_ONCE: usize = 16;

/// Runs scenarios: a user of one controller.
pub(crate) struct Player {
    pub client: Client,
    pub person: Person,
    pub kubeseal: Cli,
    pub sentinel: Sentinel,
    /// How often the controller tries, with an event each time, before it gives up.
    pub tries: i64,
    maker: Maker,
}

pub(crate) async fn upstream_reaches_every_end_state(stage: Arc<Stage>) -> Result<()> {
    let _turn = stage.turn.lock().await;
    play_all(&stage, stage.start(Maker::Upstream).await?, Maker::Upstream).await
}

pub(crate) async fn ours_reaches_every_end_state(stage: Arc<Stage>) -> Result<()> {
    let _turn = stage.turn.lock().await;
    play_all(&stage, stage.start(Maker::Ours).await?, Maker::Ours).await
}

/// With a key that a service wraps, and none in plain.
pub(crate) async fn ours_reaches_every_end_state_with_wrapped_keys(stage: Arc<Stage>) -> Result<()> {
    let _turn = stage.turn.lock().await;
    let plugin = KmsPlugin::start_new().await?;
    let played = async {
        play_all(&stage, stage.start_wrapping(&plugin).await?, Maker::Ours).await?;
        let keys = (stage.count_keys(WRAPPED).await?, stage.count_keys(ACTIVE).await?);
        ensure!(keys == (1, 0), "there are {} wrapped keys, and {} in plain", keys.0, keys.1);
        Ok(())
    };
    let outcome = played.await;
    stage.without_keys().await?;
    outcome
}

async fn play_all(stage: &Stage, pod: Pod, maker: Maker) -> Result<()> {
    let lab = &stage.lab;
    let person = Person::with(lab, Maker::Upstream)?;
    let sentinel = Sentinel::seal(&person).await?;
    let kubeseal = lab.kubeseal(Maker::Upstream)?;
    let tries = if maker == Maker::Upstream { 1 + stage::RETRIES } else { 1 };
    let player = &Player { client: lab.client(), person, kubeseal, sentinel, tries, maker };
    let (last, first): (Vec<_>, Vec<_>) = list::all()?.into_iter().partition(|scenario| scenario.poison);
    let mut outcomes = Vec::new();
    for (scenarios, at_once) in [(first, AT_ONCE), (last, 1)] {
        let played = futures::stream::iter(scenarios)
            .map(|scenario| async { (scenario.name.clone(), player.play(lab, scenario).await) })
            .buffer_unordered(at_once);
        outcomes.extend(played.collect::<Vec<(String, Result<()>)>>().await);
    }
    pod.stop().await?;
    let mut failures = String::new();
    for (name, outcome) in &outcomes {
        if let Err(error) = outcome {
            writeln!(failures, "\n{name}: {error:#}")?;
        }
    }
    ensure!(failures.is_empty(), "with {maker:?}'s controller:\n{failures}");
    Ok(())
}

impl Player {
    async fn play(&self, lab: &Lab, scenario: Scenario) -> Result<()> {
        let Scenario { object, steps, expect, ours, poison, .. } = scenario;
        let expect = ours.filter(|_| self.maker == Maker::Ours).map_or(expect, |better| better.expect);
        with_temp_ns(lab, async |namespace| {
            for (number, step) in steps.iter().enumerate() {
                let taken = self.take(namespace, &object, step).await;
                taken.with_context(|| format!("step {}", number + 1))?;
            }
            let look = async || self.sees(&expect, namespace, &object).await;
            eventually(SOON, "it ends as expected", look).await?;
            if poison && self.maker == Maker::Upstream {
                sleep(BY_THE_CLOCK).await;
            } else {
                self.sentinel.pass(&self.person, namespace).await.context("the sentinel")?;
            }
            look().await.context("it did not stay so")
        })
        .await
    }

    async fn sees(&self, expect: &Outcome, namespace: &str, object: &str) -> Result<()> {
        expect.check(&Snapshot::look(&self.client, &self.person, namespace, object).await?)
    }
}
