//! [`PlainSecret`]: the Secret in plain of a wrapped key, in the shape of the controller's, which upstream's controller reads too.

use crate::key_store::stored_key::{State, StoredKey};
use crate::manifest::names::is_object_name;
use api::annotations::repeats_object;
use api::sealing_key::{ACTIVE, CERTIFICATE, LABEL, OF_FORM, PRIVATE_KEY, SECRET_TYPE};
use envelope::{KeyPair, PrivateKeyError};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use std::collections::BTreeMap;

/// Ends of the names of Secrets that hold a key in another form, as the controller gives them.
const FORMS: [&str; 2] = ["-wrapped", "-escrow"];

/// The end of the name of a Secret in plain.
const PLAIN: &str = "-plain";

/// A Secret that is not stored yet.
pub(crate) struct PlainSecret(Secret);

impl PlainSecret {
    /// The Secret of the key that was opened, with the labels and annotations of the wrapped one, but for those about its form.
    pub(crate) fn of(wrapped: &StoredKey, pair: &KeyPair, namespace: &str) -> Result<Self, PrivateKeyError> {
        let is_of_form = |name: &str| OF_FORM.contains(&name) || repeats_object(name);
        let mut secret = wrapped.to_back_up(is_of_form);
        let name = name(&wrapped.name());
        secret.metadata.name = is_object_name(&name).then_some(name);
        secret.metadata.namespace = Some(namespace.to_owned());
        secret.metadata.creation_timestamp = None;
        if state_in_plain(wrapped) == State::Active {
            secret.metadata.labels.get_or_insert_default().insert(LABEL.into(), ACTIVE.into());
        }
        secret.type_ = Some(SECRET_TYPE.into());
        secret.immutable = Some(true);
        let private = pair.private().to_pkcs1_pem()?;
        secret.data = Some(BTreeMap::from([
            (PRIVATE_KEY.into(), ByteString(private.as_bytes().to_vec())),
            (CERTIFICATE.into(), ByteString(pair.certificate().to_pem().into_bytes())),
        ]));
        Ok(Self(secret))
    }

    /// Under its own name, or under one that the API server generates from this prefix.
    pub(crate) fn named(&self) -> Option<&Secret> {
        self.0.metadata.name.is_some().then_some(&self.0)
    }

    /// Its name.
    pub(crate) fn name(&self) -> Option<&str> {
        self.0.metadata.name.as_deref()
    }

    /// The same Secret, whose name the API server generates from this prefix.
    pub(crate) fn generated(&self, prefix: &str) -> Secret {
        let mut secret = self.0.clone();
        secret.metadata.name = None;
        secret.metadata.generate_name = Some(prefix.to_owned());
        secret
    }
}

/// The state of the key once it is in plain. One that its label takes out of use stays so.
pub(crate) fn state_in_plain(wrapped: &StoredKey) -> State {
    match wrapped.state() {
        // It has the label of another form.
        State::Active | State::Escrow | State::Unusable => State::Active,
        other => other,
    }
}

fn name(wrapped: &str) -> String {
    let stem = FORMS.iter().find_map(|form| wrapped.strip_suffix(form)).unwrap_or(wrapped);
    format!("{stem}{PLAIN}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_form_at_its_end() {
        for (wrapped, plain) in
            [("key", "key-plain"), ("key-wrapped", "key-plain"), ("key-escrow", "key-plain")]
        {
            assert_eq!(name(wrapped), plain);
        }
    }
}
