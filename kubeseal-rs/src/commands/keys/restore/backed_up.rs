//! [`BackedUp`]: a sealing key in a backup.

use crate::key_store::key_form::{KeyForm, KeyFormError, label};
use api::sealing_key::{COMPROMISED, ESCROW, LABEL, RENEW, REWRAP, WRAP};
use envelope::{Certificate, Fingerprint};
use jiff::Timestamp;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::SecretToSeal;

/// A Secret that is a sealing key, or an escrow copy of one.
pub(crate) struct BackedUp {
    secret: Secret,
    form: KeyForm,
    /// Whether it is known to have leaked: by its own label, another Secret's of the same private key, or a
    /// SealedSecret that it opened.
    leaked: bool,
}

impl BackedUp {
    /// Takes a Secret, if it is a key. What counts is its type: a label that says otherwise is mended when it is stored.
    pub(crate) fn read(read: SecretToSeal) -> Result<Self, KeyFormError> {
        let data = read.data.into_iter();
        let secret = Secret {
            metadata: read.metadata,
            type_: read.type_,
            immutable: read.immutable,
            // Moved, not copied.
            data: Some(
                data.map(|(key, value)| (key, ByteString(std::mem::take(&mut *value.into_inner()))))
                    .collect(),
            ),
            ..Secret::default()
        };
        let form = KeyForm::from_secret(&secret)?;
        let leaked = label(&secret) == Some(COMPROMISED);
        Ok(Self { secret, form, leaked })
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        self.certificate().fingerprint()
    }

    /// How it holds the key.
    pub(crate) fn form(&self) -> &KeyForm {
        &self.form
    }

    /// Whether it is an escrow copy: no controller opens it.
    pub(crate) fn is_escrow(&self) -> bool {
        self.form.wrapped().is_some() && label(&self.secret) == Some(ESCROW)
    }

    /// The date of the key.
    pub(crate) fn since(&self) -> Timestamp {
        self.form.since()
    }

    pub(crate) fn name(&self) -> Option<&str> {
        self.secret.metadata.name.as_deref()
    }

    /// The certificate.
    pub(crate) fn certificate(&self) -> &Certificate {
        self.form.certificate()
    }

    /// Whether it is known that it leaked.
    pub(crate) fn has_leaked(&self) -> bool {
        self.leaked
    }

    /// Marks it as leaked. It is stored as compromised, whatever its own label says.
    pub(crate) fn note_leak(&mut self) {
        self.leaked = true;
    }

    /// Whether the key will be in use once it is restored.
    pub(crate) fn counts(&self) -> bool {
        let in_use = self.form.label_in_use();
        let is_in_use = label(&self.secret).is_none_or(|label| label == in_use);
        !self.leaked && (is_in_use || self.form.is_mislabelled(&self.secret))
    }

    /// The Secret to be stored, under this name or one that the API server generates.
    pub(crate) fn to_store(&self, namespace: &str, prefix: &str, name: Option<&str>) -> Secret {
        let mut labels = self.secret.metadata.labels.clone().unwrap_or_default();
        if self.leaked {
            labels.insert(LABEL.into(), COMPROMISED.into());
        }
        let in_use = self.form.label_in_use();
        // A key from before there were labels is found by its name.
        let is_legacy = name == Some(prefix) && self.form.plain().is_some();
        if self.form.is_mislabelled(&self.secret) && !self.leaked {
            labels.insert(LABEL.into(), in_use.into());
        } else if !is_legacy {
            labels.entry(LABEL.into()).or_insert_with(|| in_use.into());
        }
        let mut annotations = self.secret.metadata.annotations.clone().unwrap_or_default();
        annotations.retain(|name, _| ![RENEW, WRAP, REWRAP].contains(&name.as_str()));
        Secret {
            metadata: ObjectMeta {
                namespace: Some(namespace.into()),
                name: name.map(Into::into),
                generate_name: name.is_none().then(|| prefix.into()),
                labels: Some(labels),
                annotations: (!annotations.is_empty()).then_some(annotations),
                ..ObjectMeta::default()
            },
            type_: self.secret.type_.clone(),
            immutable: self.secret.immutable,
            data: self.secret.data.clone(),
            ..Secret::default()
        }
    }
}
