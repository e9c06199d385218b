//! `seal`: whole Secrets into SealedSecrets.

mod in_order;
mod settle;

pub(crate) use settle::SettleError;

use crate::failure::Failure;
use crate::manifest;
use crate::mode::Seal;

pub(super) fn seal(seal: &Seal) -> Result<(), Failure> {
    // Before the Secrets are read, so that nobody types one into a terminal for nothing.
    let certificate = seal.certificate.certificate()?;
    let bytes = seal.secrets.read("Secrets, in YAML or JSON,")?;
    let mut secrets = manifest::read(&seal.secrets, &bytes)?;
    for secret in &mut secrets {
        settle::settle(seal, secret)?;
    }

    let secrets = secrets.into_iter().map(|input| input.secret).collect();
    let written = in_order::seal_in_order(seal.format, &certificate, secrets)?;
    Ok(seal.output.write(&written)?)
}
