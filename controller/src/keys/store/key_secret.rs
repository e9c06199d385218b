//! [`Found`]: what one Secret turned out to be. Reading it is here; which of them make the ring is in `known`.

use crate::events::about::About;
use crate::keys::renewal_request::annotation::Ask;
use crate::keys::store::rejected::Reason;
use crate::keys::store::write::wipe;
use crate::process::error_chain::chain;
use api::ObservedSecret;
use api::sealing_key::{ACTIVE, CERTIFICATE, COMPROMISED, LABEL};
use envelope::{Certificate, CertificateError};
use k8s_openapi::api::core::v1::Secret;
use sealing::{KeyOrder, SealingKey};
use std::sync::Arc;

/// A Secret that was read, in the version that was read.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub about: About,
    pub content: Content,
    /// Which requests about other keys it says it answers.
    pub answers: Vec<Ask>,
}

/// What it is.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// A sealing key.
    Key {
        /// Both halves.
        key: Arc<SealingKey>,
        /// Its renewal is asked for.
        asked: Option<Ask>,
    },
    /// A key that leaked; its private half was not looked at.
    Leaked(Arc<Certificate>),
    /// A key that was taken out by its label.
    Out,
    /// No key, though it says so.
    Refused(Reason, String),
}

impl Found {
    /// Reads a Secret, and wipes it.
    pub(crate) fn read(mut secret: ObservedSecret, order: KeyOrder) -> Self {
        let about = About::secret(&secret);
        let content = Content::read(&secret, order);
        let answers = Ask::answered_by(&secret.known().metadata);
        wipe(secret.known_mut());
        Self { about, content, answers }
    }

    /// Reads a Secret that has a name we wanted. Without the label it is none of ours, and only takes the name.
    pub(crate) fn taking_a_name(mut secret: ObservedSecret, order: KeyOrder) -> Self {
        if secret.known().metadata.labels.as_ref().is_some_and(|labels| labels.contains_key(LABEL)) {
            return Self::read(secret, order);
        }
        wipe(secret.known_mut());
        Self { about: About::secret(&secret), content: Content::Out, answers: Vec::new() }
    }

    /// A key that was just stored.
    pub(crate) fn stored(about: About, key: SealingKey, answers: Vec<Ask>) -> Self {
        Self { about, content: Content::Key { key: Arc::new(key), asked: None }, answers }
    }
}

impl Content {
    fn read(observed: &ObservedSecret, order: KeyOrder) -> Self {
        let secret = observed.known();
        let label = secret.metadata.labels.as_ref().and_then(|labels| labels.get(LABEL));
        match label.map(String::as_str) {
            // Without a label: a legacy key, found by its name.
            None | Some(ACTIVE) => match SealingKey::from_observed(observed, order) {
                Ok(key) => {
                    let asked = Ask::on(&secret.metadata, key.fingerprint());
                    Self::Key { key: Arc::new(key), asked }
                }
                Err(error) => Self::Refused(error.into(), chain(&error)),
            },
            Some(COMPROMISED) => match certificate(secret) {
                Ok(certificate) => Self::Leaked(Arc::new(certificate)),
                Err(error) => Self::Refused(
                    Reason::Broken,
                    format!(
                        "it is labelled as leaked, but which key it is cannot be read: {}",
                        chain(&error)
                    ),
                ),
            },
            // However it is labelled.
            Some(_) => Self::Out,
        }
    }
}

fn certificate(secret: &Secret) -> Result<Certificate, CertificateError> {
    let bytes = secret.data.as_ref().and_then(|data| data.get(CERTIFICATE));
    let text = bytes.and_then(|bytes| std::str::from_utf8(&bytes.0).ok());
    Certificate::from_pem(text.unwrap_or_default())
}
