//! `refused/`: values that are refused, and what is said about them.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};

use crate::case::Case;
use crate::stage::Stage;

pub(crate) async fn values_that_cannot_be_meant_are_named(stage: Arc<Stage>) -> Result<()> {
    for case in Case::all("refused")? {
        let says = case.expects("says").next().context("the case does not say what is said")?;
        let ran = case.template(&stage.lab).await?;
        ensure!(!ran.succeeded && ran.stderr.contains(says), "refused/{}.yaml: {}", case.name(), ran.stderr);
    }
    Ok(())
}
