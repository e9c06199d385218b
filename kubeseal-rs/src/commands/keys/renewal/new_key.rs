//! [`NewKeys`]: which of the Secrets that appeared during a renewal holds the controller's new key.
//!
//! A Secret of a wrapped key proves nothing: who may write Secrets, and not encrypt, can store one with a certificate of their own. Decided: where keys
//! are wrapped, a key is new only once the controller serves its certificate, or, as with --key-publish-delay, opens what is sealed to it.

use crate::controller::Controller;
use crate::controller::address::ControllerAddress;
use crate::controller::error::ControllerError;
use crate::key_store::stored_key::{State, StoredKey, active_keys};
use envelope::{Certificate, Fingerprint, Plaintext};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use rand::rngs::SysRng;
use sealing::{SecretToSeal, seal_secret};
use std::cell::Cell;
use std::ops::ControlFlow;

/// The keys of before the renewal, and the controller that makes the new one.
pub(crate) struct NewKeys<'a> {
    address: &'a ControllerAddress,
    before: &'a [StoredKey],
    /// Number of searches so far.
    searches: Cell<usize>,
}

/// What a search found.
pub(crate) enum Search {
    /// The controller's new key.
    Found(Box<StoredKey>),
    /// No Secret with another key.
    Nothing,
    /// Secrets with other keys, of which the controller confirmed none.
    Unconfirmed(Unconfirmed),
}

/// A key that is there, and that the controller did not confirm.
#[derive(Debug)]
pub(crate) struct Unconfirmed {
    pub key: Fingerprint,
    /// The name of its Secret.
    pub secret: String,
    /// Why the controller could not be asked.
    pub source: Option<Box<ControllerError>>,
}

impl<'a> NewKeys<'a> {
    pub(crate) fn since(before: &'a [StoredKey], address: &'a ControllerAddress) -> Self {
        Self { address, before, searches: Cell::new(0) }
    }

    /// Finds the new key among the keys of now.
    pub(crate) fn search(&self, now: Vec<StoredKey>) -> Search {
        let mut new: Vec<StoredKey> = now.into_iter().filter(|key| self.is_new(key)).collect();
        let is_wrapped = |key: &StoredKey| key.wrapped().is_some();
        if !active_keys(self.before).any(is_wrapped)
            && let Some(plain) = new.iter().position(|key| !is_wrapped(key))
        {
            return Search::Found(Box::new(new.swap_remove(plain)));
        }
        let Some((key, secret)) = new.first().and_then(|first| Some((first.fingerprint()?, first.name())))
        else {
            return Search::Nothing;
        };
        match self.confirmed(&new) {
            Ok(Some(confirmed)) => Search::Found(Box::new(new.swap_remove(confirmed))),
            Ok(None) => Search::Unconfirmed(Unconfirmed { key, secret, source: None }),
            Err(error) => Search::Unconfirmed(Unconfirmed { key, secret, source: Some(Box::new(error)) }),
        }
    }

    /// Whether it is a key in use that was not there before. One that is restored under another name was.
    fn is_new(&self, key: &StoredKey) -> bool {
        key.state() == State::Active
            && !self.before.iter().any(|there| there.name() == key.name() || there.is_same(key))
    }

    /// The index of the one that the controller confirms. Only one is sealed to in each search: there may be many Secrets, and few requests are answered.
    fn confirmed(&self, new: &[StoredKey]) -> Result<Option<usize>, ControllerError> {
        let controller = Controller::find(self.address)?;
        let served = Certificate::from_pem(&controller.certificate()?).ok();
        let served = served.map(|certificate| certificate.fingerprint());
        let is_served = |key: &StoredKey| served.is_some() && key.fingerprint() == served;
        if let Some(index) = new.iter().position(is_served) {
            return Ok(Some(index));
        }
        let turn = self.searches.replace(self.searches.get() + 1);
        let wrapped = || new.iter().enumerate().filter(|(_, key)| key.wrapped().is_some());
        let Some((index, key)) = wrapped().nth(turn % wrapped().count().max(1)) else { return Ok(None) };
        Ok(opens(&controller, key)?.then_some(index))
    }
}

/// Whether the controller has the private half: it opens a value that is sealed to the certificate.
fn opens(controller: &Controller, key: &StoredKey) -> Result<bool, ControllerError> {
    let Some(certificate) = key.certificate() else { return Ok(false) };
    let secret = SecretToSeal {
        metadata: ObjectMeta {
            namespace: Some(controller.address().namespace.clone()),
            name: Some(key.name()),
            ..ObjectMeta::default()
        },
        type_: None,
        immutable: None,
        data: [("probe".to_owned(), Plaintext::new(b"probe".to_vec()))].into(),
    };
    let sealed = seal_secret(&mut SysRng, certificate, &secret).ok();
    let Some(Ok(sealed)) = sealed.map(serde_json::to_value) else { return Ok(false) };
    let mut opened = Ok(false);
    let _ = controller.verify_each(&[&sealed], |answer| {
        opened = answer;
        ControlFlow::Continue(())
    });
    opened
}
