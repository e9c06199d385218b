//! What each test of this suite gets: a lab in which our controller runs as the chart says, and a user of it.

use std::sync::Arc;

use anyhow::{Result, ensure};
use tests::lab::{Lab, Maker};
use tests::pod::Pod;
use tests::test::temp_namespace::with_temp_ns;
use tests::user::person::Person;

/// The namespace of the controller and its keys.
pub(crate) const HOME: &str = "kube-system";

/// A value that no log, event or status may show. Tests use it in parts, so that no test shows it by accident.
pub(crate) const VALUE: &str = "hunter2-5ecret-value";

pub(crate) struct Stage {
    pub lab: Arc<Lab>,
    pub person: Person,
    pub pod: Pod,
}

pub(crate) async fn set(lab: Arc<Lab>) -> Result<Arc<Stage>> {
    let chart = lab.chart(HOME)?.render().await?;
    lab.install(&chart).await?;
    let mut pod = Pod::of(&chart.deployment()?)
        .flag("rate-limit", "1000")
        .flag("rate-limit-burst", "1000")
        .start(&lab)
        .await?;
    pod.wait_ready().await?;
    let person = Person::with(&lab, Maker::Ours)?;
    Ok(Arc::new(Stage { lab, person, pod }))
}

impl Stage {
    /// Runs a test in a namespace of its own, and checks that no log line shows a value.
    pub(crate) async fn play(&self, test: impl AsyncFnOnce(&Person, &str) -> Result<()>) -> Result<()> {
        with_temp_ns(&self.lab, async |namespace| test(&self.person, namespace).await).await?;
        ensure!(!self.pod.logs()?.contains(VALUE), "the controller logged a value");
        Ok(())
    }
}
