//! [`Resealer`]: the items of one SealedSecret for the present certificate, from the controller or with keys at hand.

use crate::commands::reseal::failure::ResealFailure;
use crate::commands::upstream::re_encrypt::answer::Resealed;
use crate::controller::Controller;
use crate::controller::address::ControllerAddress;
use crate::controller::error::ControllerError;
use crate::manifest::sealed_secrets::SealedObject;
use api::annotations::CERTIFICATE_FINGERPRINT;
use envelope::Certificate;
use rand::rngs::SysRng;
use sealing::KeyRing;
use std::cell::Cell;

/// A cluster that failed this often in a row has failed for good, and the run ends.
const PATIENCE: u32 = 3;

/// Seals again.
pub(crate) struct Resealer<'a> {
    certificate: &'a Certificate,
    opener: Opener<'a>,
}

enum Opener<'a> {
    Controller { controller: Box<Controller>, failures: Cell<u32> },
    Keys(&'a KeyRing),
}

impl<'a> Resealer<'a> {
    /// By the controller, whose certificate this is.
    pub(crate) fn asking(
        address: &ControllerAddress,
        certificate: &'a Certificate,
    ) -> Result<Self, ControllerError> {
        let controller = Box::new(Controller::find(address)?);
        Ok(Self { certificate, opener: Opener::Controller { controller, failures: Cell::new(0) } })
    }

    /// With keys at hand.
    pub(crate) fn with(keys: &'a KeyRing, certificate: &'a Certificate) -> Self {
        Self { certificate, opener: Opener::Keys(keys) }
    }

    /// The new items, and the fingerprint of what they are sealed to.
    pub(crate) fn reseal(&self, object: &SealedObject, place: &str) -> Result<Resealed, ResealFailure> {
        let present = self.certificate.fingerprint().to_string();
        match &self.opener {
            Opener::Keys(keys) => {
                let items = sealing::reseal_in_full(
                    &mut SysRng,
                    &object.metadata,
                    &object.spec,
                    keys,
                    self.certificate,
                )?;
                Ok(Resealed { items, hint: Some(present) })
            }
            Opener::Controller { controller, failures } => {
                if failures.get() >= PATIENCE {
                    return Err(ResealFailure::NotTried);
                }
                if object.spec.data.is_some() {
                    return Err(sealing::ResealError::DeprecatedData.into());
                }
                let answer = controller.reseal(&object.object).map_err(ResealFailure::from);
                let is_down = answer.as_ref().is_err_and(ResealFailure::is_of_the_cluster);
                failures.set(if is_down { failures.get() + 1 } else { 0 });
                let mut resealed = Resealed::of(place, answer?, &object.metadata, &object.spec)
                    .ok_or(ResealFailure::DoesNotOpen)??;
                // Upstream's controller passes the old hint on; it seals to the certificate that it serves.
                let annotations = object.metadata.annotations.as_ref();
                let before = annotations.and_then(|annotations| annotations.get(CERTIFICATE_FINGERPRINT));
                if resealed.hint.as_ref() == before {
                    resealed.hint = Some(present);
                }
                Ok(resealed)
            }
        }
    }
}
