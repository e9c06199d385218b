//! [`StoredKey`]: a sealing key's Secret in the cluster; [`active_keys`]: which of them are in use.

use crate::key_store::key_form::{KeyForm, KeyFormError, WrappedForm, is_wrapped_type, label};
use api::ObservedSecret;
use api::sealing_key::{
    ACTIVE, CERTIFICATE, COMPROMISED, ESCROW, RETIRED, UNBOUND, WRAPPED, WRAPPED_KEY, label_command,
};
use envelope::{Certificate, Fingerprint};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::ResourceExt as _;
use sealing::SealingKey;
use std::cmp::Reverse;
use std::sync::Arc;

/// A Secret with the label of sealing keys, or with the name of a legacy key. It has no Debug: it holds a private key.
pub(crate) struct StoredKey {
    secret: Secret,
    form: Result<KeyForm, KeyFormError>,
    certificate: Option<Certificate>,
}

/// Whether a key is in use, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It opens values.
    Active,
    /// It is a copy of a key in plain, wrapped for age recipients. No controller opens it.
    Escrow,
    /// No SealedSecret needs it any more.
    Retired,
    /// It leaked.
    Compromised,
    /// Its label has another value, so that it is not in use.
    Inactive,
    /// It is labelled as a key, and holds no valid one, or one of another form than its label says.
    Unusable,
}

impl State {
    /// The state in one word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Escrow => "escrow",
            Self::Retired => "retired",
            Self::Compromised => "compromised",
            Self::Inactive => "inactive",
            Self::Unusable => "unusable",
        }
    }
}

impl StoredKey {
    /// Takes a Secret.
    pub(crate) fn read(secret: ObservedSecret) -> Self {
        let form = KeyForm::from_observed(&secret);
        let secret = secret.into_known();
        let text = || std::str::from_utf8(&secret.data.as_ref()?.get(CERTIFICATE)?.0).ok();
        let certificate = match &form {
            Ok(form) => Some(form.certificate().clone()),
            Err(_) => text().and_then(|text| Certificate::from_pem(text).ok()),
        };
        Self { secret, form, certificate }
    }

    pub(crate) fn name(&self) -> String {
        self.secret.name_any()
    }

    pub(crate) fn namespace(&self) -> String {
        self.secret.namespace().unwrap_or_default()
    }

    pub(crate) fn uid(&self) -> Option<String> {
        self.secret.uid()
    }

    pub(crate) fn resource_version(&self) -> Option<String> {
        self.secret.resource_version()
    }

    /// When the Secret was created, which for a restored key is later than the key.
    pub(crate) fn created(&self) -> Option<Timestamp> {
        self.secret.creation_timestamp().map(|time| time.0)
    }

    /// An annotation of its Secret.
    pub(crate) fn annotation(&self, name: &str) -> Option<&str> {
        self.secret.annotations().get(name).map(String::as_str)
    }

    /// How it holds the key, or why it holds none.
    pub(crate) fn form(&self) -> Result<&KeyForm, &KeyFormError> {
        self.form.as_ref()
    }

    /// Both halves, if they are there in plain.
    pub(crate) fn plain(&self) -> Option<&Arc<SealingKey>> {
        self.form.as_ref().ok()?.plain()
    }

    /// The wrapped key, or the escrow copy of one.
    pub(crate) fn wrapped(&self) -> Option<&Arc<WrappedForm>> {
        self.form.as_ref().ok()?.wrapped()
    }

    /// The text of its wrapped document, valid or not.
    pub(crate) fn document(&self) -> Option<&[u8]> {
        Some(&self.secret.data.as_ref()?.get(WRAPPED_KEY)?.0)
    }

    /// The providers that decrypt what they encrypted in any context, as the controller found them. None if it did not say.
    pub(crate) fn unbound_providers(&self) -> Option<impl Iterator<Item = &str>> {
        Some(self.annotation(UNBOUND)?.split_whitespace())
    }

    /// Why it cannot be used; for a label that is not that of its type with the command that mends it.
    pub(crate) fn problem(&self) -> Option<String> {
        match &self.form {
            Err(error) => Some(error.to_string()),
            Ok(form) if form.is_mislabelled(&self.secret) => {
                let kept = if form.wrapped().is_some() { "wrapped" } else { "in plain" };
                let command = label_command(&self.namespace(), &[self.name()], form.label_in_use());
                Some(format!(
                    "its type says that the key is {kept}, and its label says otherwise; what counts is the type: `{command}`"
                ))
            }
            Ok(_) => None,
        }
    }

    /// The certificate, if it can be read.
    pub(crate) fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// The certificate's fingerprint.
    pub(crate) fn fingerprint(&self) -> Option<Fingerprint> {
        self.certificate().map(Certificate::fingerprint)
    }

    /// The state of the key.
    pub(crate) fn state(&self) -> State {
        let is_usable = self.form.as_ref().is_ok_and(|form| !form.is_mislabelled(&self.secret));
        match label(&self.secret) {
            Some(COMPROMISED) => State::Compromised,
            Some(RETIRED) => State::Retired,
            Some(ESCROW) if is_usable => State::Escrow,
            // Without a label: a legacy key.
            None | Some(ACTIVE | WRAPPED) if is_usable => State::Active,
            None | Some(ACTIVE | WRAPPED | ESCROW) => State::Unusable,
            Some(_) => State::Inactive,
        }
    }

    /// The value of the label with which the key is in use.
    pub(crate) fn label_in_use(&self) -> &'static str {
        if is_wrapped_type(&self.secret) { WRAPPED } else { ACTIVE }
    }

    /// Its age for the controller. A wrapped key has the date that it was wrapped with. For one in plain, a certificate that begins later
    /// than its Secret was created has the date of a wrong clock. None without a certificate.
    pub(crate) fn since(&self) -> Option<Timestamp> {
        if let Some(wrapped) = self.wrapped() {
            return Some(wrapped.document.since());
        }
        let not_before = self.certificate().map(Certificate::not_before)?;
        Some(self.created().map_or(not_before, |created| created.min(not_before)))
    }

    /// Its age for a controller that orders keys by the creation of their Secrets. That of a wrapped key is the same under both orders.
    pub(crate) fn since_by_creation(&self) -> Option<Timestamp> {
        if self.wrapped().is_some() { self.since() } else { self.created() }
    }

    /// Whether it is the same private key, whatever certificates were made for it.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let certificates = (self.certificate(), other.certificate());
        matches!(certificates, (Some(this), Some(other)) if this.public() == other.public())
    }

    /// Sorts by age, newest first, as the controller does; Secrets without a certificate come last.
    pub(crate) fn order(&self) -> (Reverse<Option<Timestamp>>, Option<Fingerprint>, String) {
        (Reverse(self.since()), self.fingerprint(), self.name())
    }

    /// The Secret for a backup, without fields that only this cluster uses. It copies the values.
    pub(crate) fn to_back_up(&self, is_left_out: impl Fn(&str) -> bool) -> Secret {
        let metadata = &self.secret.metadata;
        let mut annotations = metadata.annotations.clone().unwrap_or_default();
        annotations.retain(|name, _| !is_left_out(name));
        Secret {
            metadata: ObjectMeta {
                name: metadata.name.clone(),
                namespace: metadata.namespace.clone(),
                labels: metadata.labels.clone(),
                annotations: (!annotations.is_empty()).then_some(annotations),
                creation_timestamp: metadata.creation_timestamp.clone(),
                ..ObjectMeta::default()
            },
            type_: self.secret.type_.clone(),
            immutable: self.secret.immutable,
            data: self.secret.data.clone(),
            ..Secret::default()
        }
    }
}

/// The keys in use, newest first: active, and not marked as leaked by another Secret. Of a key in plain that is there wrapped as well, only the
/// latter.
pub(crate) fn active_keys(keys: &[StoredKey]) -> impl Iterator<Item = &StoredKey> {
    let has_leaked =
        |key: &StoredKey| keys.iter().any(|it| it.state() == State::Compromised && it.is_same(key));
    keys.iter()
        .filter(move |key| key.state() == State::Active && !has_leaked(key) && !is_superseded(keys, key))
}

/// Whether the key is in plain, and in use wrapped as well: then the wrapped one counts.
pub(crate) fn is_superseded(keys: &[StoredKey], key: &StoredKey) -> bool {
    let is_it = |other: &StoredKey| {
        other.wrapped().is_some()
            && other.state() == State::Active
            && other.fingerprint() == key.fingerprint()
    };
    key.plain().is_some() && keys.iter().any(is_it)
}

/// Whether it is the escrow copy of a key that is there as well: no key of its own.
pub(crate) fn is_escrow_copy(keys: &[StoredKey], key: &StoredKey) -> bool {
    let is_its_key = |other: &StoredKey| {
        other.form().is_ok() && other.state() != State::Escrow && other.fingerprint() == key.fingerprint()
    };
    key.state() == State::Escrow && keys.iter().any(is_its_key)
}

#[cfg(test)]
mod tests;
