//! `seal`: whole Secrets into SealedSecrets, as a stream: `pipeline` takes it apart and puts it together, `document`
//! does what there is to do for each.

pub(crate) mod document;
pub(crate) mod pipeline;
pub(crate) mod settle;

use crate::commands::upstream::seal::pipeline::Pipeline;
use crate::commands::upstream::task::Seal;
use crate::error::CommandError;

pub(crate) fn seal(seal: &Seal) -> Result<(), CommandError> {
    // Before the Secrets are read, so that none is typed into a terminal for nothing.
    let certificate = seal.certificate.certificate()?;
    let secrets = seal.secrets.open_text("Secrets, in YAML or JSON,")?;
    let written = Pipeline::new(seal, &certificate).run(secrets)?;
    Ok(written.finish()?)
}
