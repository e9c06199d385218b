//! [`Resealer`]: seals the items of one SealedSecret to the present certificate, by the controller or with private
//! keys.

use crate::commands::common::known_keys::KnownKeys;
use crate::commands::common::opening_hint::{Identities, opening_hint};
use crate::commands::common::reason::Reason;
use crate::commands::common::seal_for::annotation;
use crate::commands::reseal::failure::ResealFailure;
use crate::commands::upstream::re_encrypt::rotated_object::Resealed;
use crate::controller::Controller;
use crate::controller::address::ControllerAddress;
use crate::controller::error::ControllerError;
use crate::manifest::sealed_secrets::{SealedObject, lacks_namespace};
use api::annotations::CERTIFICATE_FINGERPRINT;
use envelope::Certificate;
use rand::rngs::SysRng;
use recipients::Recipients;
use sealing::{KeyRing, Keys, ResealError, why_not};
use serde_json::Value;
use std::cell::Cell;
use std::ops::ControlFlow;

/// After this many failures of the cluster in a row the run ends.
const MAX_FAILURES: u32 = 3;

/// Seals SealedSecrets again.
pub(crate) struct Resealer<'a> {
    certificate: &'a Certificate,
    opener: Opener<'a>,
}

enum Opener<'a> {
    Controller { controller: Box<Controller>, known: Box<KnownKeys>, failures: Cell<u32> },
    Keys(&'a KeyRing),
}

impl<'a> Resealer<'a> {
    /// Reseals by the controller, which serves this certificate.
    pub(crate) fn by_controller(
        address: &ControllerAddress,
        certificate: &'a Certificate,
    ) -> Result<Self, ControllerError> {
        let controller = Box::new(Controller::find(address)?);
        let opener = Opener::Controller { controller, known: Box::default(), failures: Cell::new(0) };
        Ok(Self { certificate, opener })
    }

    /// Reseals with these private keys.
    pub(crate) fn with(keys: &'a KeyRing, certificate: &'a Certificate) -> Self {
        Self { certificate, opener: Opener::Keys(keys) }
    }

    /// Whether many SealedSecrets are worth collecting, because they are resealed at the same time.
    pub(crate) fn is_fast(&self) -> bool {
        match &self.opener {
            Opener::Keys(_) => false,
            Opener::Controller { controller, failures, .. } => {
                failures.get() < MAX_FAILURES && controller.is_fast()
            }
        }
    }

    /// Reseals each of them, and calls `each` in their order with the new items and the fingerprint of the certificate that they are sealed
    /// to.
    pub(crate) fn reseal_each(
        &self,
        objects: &[SealedObject],
        mut each: impl FnMut(Result<Resealed, ResealFailure>),
    ) {
        match &self.opener {
            Opener::Keys(keys) => objects.iter().for_each(|object| {
                each(self.with_keys(keys, object).map_err(|failure| with_items(failure, keys, object)));
            }),
            Opener::Controller { controller, known, failures } => {
                let unfit: Vec<_> = objects.iter().map(unfit).collect();
                let fit = objects.iter().zip(&unfit).filter(|(_, unfit)| unfit.is_none());
                let bodies: Vec<_> = fit.map(|(object, _)| &object.object).collect();
                let mut rest = objects.iter().zip(unfit);
                if failures.get() < MAX_FAILURES {
                    let _ = controller.reseal_each(&bodies, |answer| {
                        let sent = loop {
                            match rest.next() {
                                Some((_, Some(failure))) => each(Err(failure)),
                                Some((object, None)) => break object,
                                None => return ControlFlow::Break(()),
                            }
                        };
                        let answer = answer.map_err(ResealFailure::from);
                        let is_down = answer.as_ref().is_err_and(ResealFailure::is_of_the_cluster);
                        failures.set(if is_down { failures.get() + 1 } else { 0 });
                        each(
                            answer
                                .and_then(|answer| self.answered(sent, answer))
                                .map_err(|failure| failure.with_reason(|| reason(known, controller, sent))),
                        );
                        if failures.get() < MAX_FAILURES {
                            ControlFlow::Continue(())
                        } else {
                            ControlFlow::Break(())
                        }
                    });
                }
                rest.for_each(|(_, unfit)| each(Err(unfit.unwrap_or(ResealFailure::NotTried))));
            }
        }
    }

    fn with_keys(&self, keys: &KeyRing, object: &SealedObject) -> Result<Resealed, ResealFailure> {
        let (metadata, spec) = (&object.metadata, &object.spec);
        let resealed = sealing::reseal_in_full(&mut SysRng, metadata, spec, keys, self.certificate)?;
        let certificates =
            resealed.certificates(metadata.annotations.as_ref(), self.certificate.fingerprint());
        let [(_, hint), (_, item_certificates)] = certificates.annotations();
        Ok(Resealed {
            items: resealed.encrypted_data,
            hint,
            item_certificates,
            recipients: resealed.recipients,
        })
    }

    fn answered(&self, object: &SealedObject, answer: Option<Value>) -> Result<Resealed, ResealFailure> {
        let location = object.location.to_string();
        let mut resealed = Resealed::of(&location, answer, &object.metadata, &object.spec)
            .ok_or(ResealFailure::DoesNotOpen)??;
        // Upstream's controller knows no fingerprint; it seals everything to the certificate that it serves. Items that stay are
        // sealed for another cluster.
        let sealed_before =
            |(name, item): (&String, &String)| object.spec.encrypted_data.get(name) == Some(item);
        if resealed.hint.as_ref() == text_of(object, CERTIFICATE_FINGERPRINT)
            && !resealed.items.iter().any(sealed_before)
        {
            resealed.hint = Some(self.certificate.fingerprint().to_string());
        }
        Ok(resealed)
    }
}

/// Why there is no use in sending it: the controller would answer that it does not open, and not why.
fn unfit(object: &SealedObject) -> Option<ResealFailure> {
    if object.spec.data.is_some() {
        return Some(ResealError::DeprecatedData.into());
    }
    let read = annotation::text(object).map(Recipients::from_text)?;
    read.err().map(|error| ResealError::BadRecipients(error).into())
}

/// Why the controller does not open it, as far as it can be found out.
fn reason(known: &KnownKeys, controller: &Controller, object: &SealedObject) -> Option<Reason> {
    Reason::of(object, |key| known.state_of(controller, key))
}

/// The failure, with the items that these keys do not open, if that is the reason.
fn with_items(failure: ResealFailure, ring: &KeyRing, object: &SealedObject) -> ResealFailure {
    let (metadata, spec) = (&object.metadata, &object.spec);
    match failure {
        ResealFailure::Reseal(ResealError::DoesNotOpen) if lacks_namespace(metadata) => {
            ResealFailure::Reason(Reason::NoNamespace)
        }
        ResealFailure::Reseal(ResealError::DoesNotOpen) => why_not(metadata, spec, Keys { ring, age: None })
            .map_or(failure, |error| ResealFailure::Items {
                hint: opening_hint(&error, metadata, Identities::NotTaken),
                error,
            }),
        other => other,
    }
}

/// The text of an annotation.
fn text_of<'o>(object: &'o SealedObject, name: &str) -> Option<&'o String> {
    object.metadata.annotations.as_ref()?.get(name)
}
