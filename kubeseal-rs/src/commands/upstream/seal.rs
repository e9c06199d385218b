//! `seal`: seals whole Secrets, as a stream: `pipeline` splits it into documents and writes the results in order, `document`
//! seals the Secrets of one document, `commands::common::settle` decides name, namespace and scope of each.

pub(crate) mod document;
pub(crate) mod pipeline;

use crate::commands::upstream::seal::pipeline::Pipeline;
use crate::commands::upstream::task::Seal;
use crate::error::CommandError;

pub(crate) fn seal(seal: &Seal) -> Result<(), CommandError> {
    // First, so that the user types no Secret into a terminal in vain.
    let certificate = seal.certificate.certificate()?;
    let secrets = seal.secrets.open_text("Secrets, in YAML or JSON,")?;
    let (output, written) = Pipeline::new(seal, &certificate).run(secrets)?;
    output.finish()?;
    seal.output.wrote(written);
    Ok(())
}
