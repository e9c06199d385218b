//! [`KeyForm`]: how a Secret holds a sealing key: in plain, or wrapped. Its type says which, and not its label.

use api::ObservedSecret;
use api::sealing_key::{ACTIVE, CERTIFICATE, ESCROW, LABEL, WRAPPED, WRAPPED_KEY, WRAPPED_TYPE};
use envelope::{Certificate, CertificateError};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use key_wrapping::{FormatError, WrappedKey};
use sealing::{KeyOrder, KeySecretError, SealingKey};
use std::sync::Arc;

/// A key, as its Secret holds it. It has no Debug: it may hold a private key.
#[derive(Clone)]
pub(crate) enum KeyForm {
    /// Both halves in plain.
    Plain(Arc<SealingKey>),
    /// The certificate in plain, and the private half wrapped.
    Wrapped(Arc<WrappedForm>),
}

/// A wrapped key, or an escrow copy of one, which has the same form.
pub(crate) struct WrappedForm {
    pub certificate: Certificate,
    pub document: WrappedKey,
}

/// Why a Secret holds no key. Never shows what is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyFormError {
    #[error(transparent)]
    Secret(#[from] KeySecretError),
    #[error("its {CERTIFICATE} is no certificate")]
    Certificate(#[from] CertificateError),
    #[error("its {WRAPPED_KEY} {0}")]
    Document(FormatError),
}

impl KeyForm {
    /// Reads the Secret of a key, as it came from a list.
    pub(crate) fn from_observed(secret: &ObservedSecret) -> Result<Self, KeyFormError> {
        match secret {
            ObservedSecret::Whole(secret) => Self::from_secret(secret),
            ObservedSecret::Cut(_, too_many) => Err(KeySecretError::from(*too_many).into()),
        }
    }

    /// Reads the Secret of a key.
    pub(crate) fn from_secret(secret: &Secret) -> Result<Self, KeyFormError> {
        if !is_wrapped_type(secret) {
            return Ok(Self::Plain(Arc::new(SealingKey::from_secret(secret, KeyOrder::CertNotBefore)?)));
        }
        let data = secret.data.as_ref();
        let form = WrappedForm::read(|name| data?.get(name).map(|value| value.0.as_slice()))?;
        Ok(Self::Wrapped(Arc::new(form)))
    }

    /// The certificate.
    pub(crate) fn certificate(&self) -> &Certificate {
        match self {
            Self::Plain(key) => key.pair().certificate(),
            Self::Wrapped(key) => &key.certificate,
        }
    }

    /// Both halves, unless the private one is wrapped.
    pub(crate) fn plain(&self) -> Option<&Arc<SealingKey>> {
        match self {
            Self::Plain(key) => Some(key),
            Self::Wrapped(_) => None,
        }
    }

    /// The wrapped key, if it is one.
    pub(crate) fn wrapped(&self) -> Option<&Arc<WrappedForm>> {
        match self {
            Self::Plain(_) => None,
            Self::Wrapped(key) => Some(key),
        }
    }

    /// The date of the key: the one that it was wrapped with, or the start of its certificate's validity; where its Secret is older, then
    /// that of the Secret.
    pub(crate) fn since(&self) -> Timestamp {
        match self {
            Self::Plain(key) => key.since(),
            Self::Wrapped(key) => key.document.since(),
        }
    }

    /// The value of the label on a key of this form that is in use.
    pub(crate) fn label_in_use(&self) -> &'static str {
        match self {
            Self::Plain(_) => ACTIVE,
            Self::Wrapped(_) => WRAPPED,
        }
    }

    /// Whether its label says that it is of the other form.
    pub(crate) fn is_mislabelled(&self, secret: &Secret) -> bool {
        match self {
            Self::Plain(_) => matches!(label(secret), Some(WRAPPED | ESCROW)),
            Self::Wrapped(_) => matches!(label(secret), None | Some(ACTIVE)),
        }
    }
}

impl WrappedForm {
    /// Reads the values of a Secret, which `data` gives by name.
    pub(crate) fn read<'a>(data: impl Fn(&str) -> Option<&'a [u8]>) -> Result<Self, KeyFormError> {
        let bytes = |name: &'static str| data(name).ok_or(KeySecretError::Missing(name));
        let text = std::str::from_utf8(bytes(CERTIFICATE)?);
        let certificate = Certificate::from_pem(text.map_err(|_| KeySecretError::NotText(CERTIFICATE))?)?;
        let document = WrappedKey::from_json(bytes(WRAPPED_KEY)?).map_err(KeyFormError::Document)?;
        Ok(Self { certificate, document })
    }
}

/// Whether the Secret is of the type of wrapped keys.
pub(crate) fn is_wrapped_type(secret: &Secret) -> bool {
    secret.type_.as_deref() == Some(WRAPPED_TYPE)
}

/// The value of the label of sealing keys.
pub(crate) fn label(secret: &Secret) -> Option<&str> {
    secret.metadata.labels.as_ref()?.get(LABEL).map(String::as_str)
}
