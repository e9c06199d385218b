//! `recovery_unseal`: opens SealedSecrets with private keys from files instead of a cluster.

use crate::commands::common::failures::count;
use crate::commands::common::opening_hint::{Identities, opening_hint};
use crate::commands::upstream::task::RecoveryUnseal;
use crate::error::{CommandError, Hint};
use crate::key_store::opening_keys::OpeningKeys;
use crate::manifest::location::Location;
use crate::manifest::{sealed_secrets, write};
use jiff::Timestamp;
use rand::Rng as _;
use sealing::{Accepted, InFull, Outside, UnsealError};

/// A SealedSecret was not opened. The cause names every detail, because the user has the private keys.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the SealedSecret in {location}")]
pub(crate) struct NotOpened {
    location: Location,
    /// What to do about it, if no key opens it.
    keys_hint: Option<String>,
    #[source]
    source: Box<InFull<UnsealError>>,
}

pub(crate) fn recovery_unseal(recovery: &RecoveryUnseal) -> Result<(), CommandError> {
    let keys = OpeningKeys::load(&recovery.keys)?;
    let bytes = recovery.sealed.read_text("SealedSecrets, in YAML or JSON,")?;
    let has_identities = !recovery.keys.unlock.identities.is_empty();
    let identities = if has_identities { Identities::Given } else { Identities::NoneGiven };
    let (mut written, mut secrets) = (Vec::new(), 0);
    for mut sealed in sealed_secrets::read(&recovery.sealed, &bytes)? {
        sealed.default_namespace(recovery.namespace.as_deref());
        let mut random = |bytes: &mut [u8]| rand::rng().fill_bytes(bytes);
        let outside = Outside { now: Timestamp::now(), random: &mut random };
        let accepted = Accepted { deprecated_data: true };
        let secret = keys
            .with(|keys| sealing::unseal_in_full(&sealed.metadata, &sealed.spec, keys, accepted, outside))
            .map_err(|source| NotOpened {
                location: sealed.location,
                keys_hint: opening_hint(&source, &sealed.metadata, identities),
                source: Box::new(InFull(source)),
            })?;
        write::write_secret(recovery.format, secret, &mut written)?;
        secrets += 1;
    }
    recovery.output.write_private(&written)?;
    recovery.output.wrote(format_args!("{}, in plaintext", count(secrets, "Secret")));
    Ok(())
}

impl Hint for NotOpened {
    fn hint(&self) -> Option<String> {
        match &self.source.0 {
            _ if self.keys_hint.is_some() => self.keys_hint.clone(),
            UnsealError::Templates { .. } => Some(
                "correct the template; or open the values themselves, from a copy without spec.template.data"
                    .into(),
            ),
            _ => None,
        }
    }
}
