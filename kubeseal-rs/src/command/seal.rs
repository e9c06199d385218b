//! `seal`: whole Secrets into SealedSecrets.

mod settle;

pub(crate) use settle::SettleError;

use crate::failure::Failure;
use crate::manifest;
use crate::mode::Seal;
use rand::rngs::SysRng;

pub(super) fn seal(seal: &Seal) -> Result<(), Failure> {
    // Before the Secrets are read, so that nobody types one into a terminal for nothing.
    let certificate = seal.certificate.certificate()?;
    let bytes = seal.secrets.read("Secrets, in YAML or JSON,")?;
    let mut secrets = manifest::read(&seal.secrets, &bytes)?;
    for secret in &mut secrets {
        settle::settle(seal, secret)?;
    }

    let mut written = Vec::new();
    for secret in secrets {
        let sealed = sealing::seal_secret(&mut SysRng, &certificate, secret.secret)?;
        manifest::write(seal.format, &sealed, &mut written)?;
    }
    Ok(seal.output.write(&written)?)
}
