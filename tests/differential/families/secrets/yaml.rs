//! YAML as users write it: anchors, blocks, tabs, line ends, comments, and text that is almost YAML.

mod bytes;
mod text;

use std::sync::Arc;

use anyhow::Result;

use crate::case::Case;
use crate::family::Family;
use crate::judge::judge;
use crate::stage::Stage;

pub(crate) async fn agree(stage: Arc<Stage>) -> Result<()> {
    let texts = text::TEXTS.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let cases = texts.chain(bytes::texts()).map(|(name, text)| Case::seal(name, text)).collect();
    judge(&stage, Family::Yaml, cases).await
}
