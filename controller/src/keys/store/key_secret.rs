//! [`KeySecret`]: one key Secret, as read. Which of them count together is decided in `ring_state`.

pub(crate) mod escrow_copy;

use crate::events::about::About;
use crate::keys::renewal_request::RenewalRequest;
use crate::keys::store::findings::FindingReason;
use crate::keys::store::key_secret::escrow_copy::EscrowCopy;
use crate::keys::store::wipe::wipe;
use crate::keys::store::wrapped_secret::WrappedSecret;
use crate::process::error_chain::chain;
use api::ObservedSecret;
use api::sealing_key::{
    ACTIVE, BACKED_UP, CERTIFICATE, COMPROMISED, ESCROW, LABEL, REWRAP, SECRET_TYPE, WRAP, WRAPPED,
    WRAPPED_TYPE, label_command,
};
use envelope::{Certificate, CertificateError};
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::{KeyOrder, SealingKey};
use std::sync::Arc;

/// One version of a Secret.
#[derive(Debug, Clone)]
pub(crate) struct KeySecret {
    pub about: About,
    pub content: KeyContent,
    /// Whether it says that there is a backup of it.
    pub is_backed_up: bool,
    /// Whether it requests that the key is stored in another form: wrapped, or wrapped anew.
    pub wants_conversion: bool,
    /// Whether it is being deleted, and has finalizers.
    pub is_terminating: bool,
    /// The requests to renew other keys that it says it fulfils.
    pub fulfils: Vec<RenewalRequest>,
}

/// What a Secret holds.
#[derive(Debug, Clone)]
pub(crate) enum KeyContent {
    Key {
        key: Arc<SealingKey>,
        /// The request on this Secret to renew the key.
        request: Option<RenewalRequest>,
    },
    /// A wrapped key. `ring_state` looks up what has become of unwrapping it.
    Wrapped {
        wrapped: Arc<WrappedSecret>,
        /// The request on this Secret to renew the key.
        request: Option<RenewalRequest>,
    },
    /// A copy of a key in plain, wrapped for age recipients. It is never opened here.
    Escrow(Arc<EscrowCopy>),
    /// A key that is labelled as leaked; its private key is not read.
    Leaked(Arc<Certificate>),
    /// A key that its label takes out of use; its private key is not read.
    Retired(Arc<Certificate>),
    /// No key Secret, or one that its label takes out of use and that has no certificate.
    Unused,
    /// Labelled as a sealing key, and not usable as one; with a message.
    Rejected(FindingReason, String),
}

impl KeySecret {
    /// Reads a Secret, and zeroizes it.
    pub(crate) fn read(mut secret: ObservedSecret, order: KeyOrder) -> Self {
        let about = About::secret(&secret);
        let content = KeyContent::read(&secret, order);
        let metadata = &secret.known().metadata;
        let fulfils = RenewalRequest::fulfilled_by(metadata);
        let has = |name| metadata.annotations.as_ref().is_some_and(|all| all.contains_key(name));
        let is_backed_up = has(BACKED_UP);
        let is_terminating = metadata.deletion_timestamp.is_some();
        let wants_conversion = match &content {
            KeyContent::Key { .. } => has(WRAP),
            KeyContent::Wrapped { .. } => has(REWRAP),
            _ => false,
        };
        wipe(secret.known_mut());
        Self { about, content, is_backed_up, wants_conversion, is_terminating, fulfils }
    }

    /// Reads the Secret that has the name of a new key. Without the label it is no key Secret, and only takes the name.
    pub(crate) fn read_by_name(mut secret: ObservedSecret, order: KeyOrder) -> Self {
        if secret.known().metadata.labels.as_ref().is_some_and(|labels| labels.contains_key(LABEL)) {
            return Self::read(secret, order);
        }
        wipe(secret.known_mut());
        Self {
            about: About::secret(&secret),
            content: KeyContent::Unused,
            is_backed_up: false,
            wants_conversion: false,
            is_terminating: secret.known().metadata.deletion_timestamp.is_some(),
            fulfils: Vec::new(),
        }
    }
}

impl KeyContent {
    fn read(observed: &ObservedSecret, order: KeyOrder) -> Self {
        let secret = observed.known();
        let label = secret.metadata.labels.as_ref().and_then(|labels| labels.get(LABEL));
        let label = label.map(String::as_str);
        if let (None | Some(ACTIVE | WRAPPED | ESCROW), Some(WRAPPED_TYPE)) = (label, secret.type_.as_deref())
        {
            return Self::read_wrapped(observed, label);
        }
        match label {
            Some(WRAPPED | ESCROW) if secret.type_.as_deref() == Some(SECRET_TYPE) => {
                Self::mislabelled(secret, ACTIVE, "in plain")
            }
            Some(WRAPPED | ESCROW) => Self::Rejected(
                FindingReason::Type,
                format!(
                    "its label says that the key in it is wrapped, and its type is not {WRAPPED_TYPE}: restore it with `kubeseal-rs keys restore`"
                ),
            ),
            // Without the label: a legacy key, which is found by its name.
            None | Some(ACTIVE) => match SealingKey::from_observed(observed, order) {
                Ok(key) => {
                    let request = RenewalRequest::on(&secret.metadata, key.fingerprint());
                    Self::Key { key: Arc::new(key), request }
                }
                Err(error) => Self::Rejected(error.into(), chain(&error)),
            },
            Some(COMPROMISED) => match certificate(secret) {
                Ok(certificate) => Self::Leaked(Arc::new(certificate)),
                Err(error) => {
                    let error = chain(&error);
                    let message =
                        format!("it is labelled as leaked, but which key it is cannot be read: {error}");
                    Self::Rejected(FindingReason::Broken, message)
                }
            },
            // Any other value of the label takes the key out of use.
            Some(_) => certificate(secret).map_or(Self::Unused, |it| Self::Retired(Arc::new(it))),
        }
    }

    fn read_wrapped(observed: &ObservedSecret, label: Option<&str>) -> Self {
        let secret = observed.known();
        if let ObservedSecret::Cut(_, too_many) = observed {
            return Self::Rejected(FindingReason::TooManyEntries, too_many.to_string());
        }
        let wrapped = match WrappedSecret::read(secret) {
            Ok(wrapped) => wrapped,
            Err(error) => return Self::Rejected(FindingReason::Broken, chain(&error)),
        };
        match label {
            Some(WRAPPED) => {
                let request = RenewalRequest::on(&secret.metadata, wrapped.certificate.fingerprint());
                Self::Wrapped { wrapped: Arc::new(wrapped), request }
            }
            Some(ESCROW) => Self::Escrow(Arc::new(EscrowCopy::new(secret, wrapped))),
            _ => Self::mislabelled(secret, WRAPPED, "wrapped"),
        }
    }

    /// The type says what a key is. Under the label of another type, a controller that does not know this one would take it for a key.
    fn mislabelled(secret: &Secret, label: &str, kept: &str) -> Self {
        let ObjectMeta { name, namespace, .. } = &secret.metadata;
        let names = [name.clone().unwrap_or_default()];
        let command = label_command(namespace.as_deref().unwrap_or_default(), &names, label);
        Self::Rejected(
            FindingReason::Label,
            format!("its type says that the key is {kept}, and its label that it is not: {command}"),
        )
    }
}

fn certificate(secret: &Secret) -> Result<Certificate, CertificateError> {
    let bytes = secret.data.as_ref().and_then(|data| data.get(CERTIFICATE));
    let text = bytes.and_then(|bytes| std::str::from_utf8(&bytes.0).ok());
    Certificate::from_pem(text.unwrap_or_default())
}

#[cfg(test)]
mod tests;
