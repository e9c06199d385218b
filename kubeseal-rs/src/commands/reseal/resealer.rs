//! [`Resealer`]: seals the items of one SealedSecret to the present certificate, by the controller or with private
//! keys.

use crate::commands::common::seal_for::annotation;
use crate::commands::reseal::failure::ResealFailure;
use crate::commands::upstream::re_encrypt::rotated_object::Resealed;
use crate::controller::Controller;
use crate::controller::address::ControllerAddress;
use crate::controller::error::ControllerError;
use crate::manifest::sealed_secrets::SealedObject;
use api::annotations::CERTIFICATE_FINGERPRINT;
use envelope::Certificate;
use rand::rngs::SysRng;
use recipients::Recipients;
use sealing::{KeyRing, ResealError};
use std::cell::Cell;

/// After this many failures of the cluster in a row the run ends.
const MAX_FAILURES: u32 = 3;

/// Seals SealedSecrets again.
pub(crate) struct Resealer<'a> {
    certificate: &'a Certificate,
    opener: Opener<'a>,
}

enum Opener<'a> {
    Controller { controller: Box<Controller>, failures: Cell<u32> },
    Keys(&'a KeyRing),
}

impl<'a> Resealer<'a> {
    /// Reseals by the controller, which serves this certificate.
    pub(crate) fn by_controller(
        address: &ControllerAddress,
        certificate: &'a Certificate,
    ) -> Result<Self, ControllerError> {
        let controller = Box::new(Controller::find(address)?);
        Ok(Self { certificate, opener: Opener::Controller { controller, failures: Cell::new(0) } })
    }

    /// Reseals with these private keys.
    pub(crate) fn with(keys: &'a KeyRing, certificate: &'a Certificate) -> Self {
        Self { certificate, opener: Opener::Keys(keys) }
    }

    /// The new items, and the fingerprint of the certificate that they are sealed to.
    pub(crate) fn reseal(&self, object: &SealedObject, location: &str) -> Result<Resealed, ResealFailure> {
        let present = self.certificate.fingerprint().to_string();
        match &self.opener {
            Opener::Keys(keys) => {
                let resealed = sealing::reseal_in_full(
                    &mut SysRng,
                    &object.metadata,
                    &object.spec,
                    keys,
                    self.certificate,
                )?;
                let annotations = object.metadata.annotations.as_ref();
                let before = annotations.and_then(|annotations| annotations.get(CERTIFICATE_FINGERPRINT));
                let hint = if resealed.seals_all { Some(present) } else { before.cloned() };
                Ok(Resealed { items: resealed.encrypted_data, hint, recipients: resealed.recipients })
            }
            Opener::Controller { controller, failures } => {
                if failures.get() >= MAX_FAILURES {
                    return Err(ResealFailure::NotTried);
                }
                if object.spec.data.is_some() {
                    return Err(ResealError::DeprecatedData.into());
                }
                // The controller would answer that it does not open, and not why.
                if let Some(Err(error)) = annotation::text(object).map(Recipients::from_text) {
                    return Err(ResealError::BadRecipients(error).into());
                }
                let answer = controller.reseal(&object.object).map_err(ResealFailure::from);
                let is_down = answer.as_ref().is_err_and(ResealFailure::is_of_the_cluster);
                failures.set(if is_down { failures.get() + 1 } else { 0 });
                let mut resealed = Resealed::of(location, answer?, &object.metadata, &object.spec)
                    .ok_or(ResealFailure::DoesNotOpen)??;
                // Upstream's controller knows no fingerprint; it seals everything to the certificate that it serves. Items that stay are
                // sealed for another cluster.
                let sealed_before =
                    |(name, item): (&String, &String)| object.spec.encrypted_data.get(name) == Some(item);
                let annotations = object.metadata.annotations.as_ref();
                let before = annotations.and_then(|annotations| annotations.get(CERTIFICATE_FINGERPRINT));
                if resealed.hint.as_ref() == before && !resealed.items.iter().any(sealed_before) {
                    resealed.hint = Some(present);
                }
                Ok(resealed)
            }
        }
    }
}
