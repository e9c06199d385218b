//! Age recipients (<https://age-encryption.org>): [`AgeRecipient`] encrypts without any service, for an identity that is kept in a safe;
//! [`AgeIdentity`] is that identity, as a user's command line has it.
//!
//! Decided: native recipients alone, of which the text is the whole recipient, and of which age needs no program.

use crate::format::context::Context;
use crate::format::data_key::DataKey;
use crate::format::slot::Slot;
use crate::provider::error::{ProviderError, ProviderErrorKind};
use crate::provider::key_wrapper::KeyWrapper;
use crate::provider::uri::ProviderUri;
use age::x25519::{Identity, Recipient};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::fmt;

/// A recipient. It cannot decrypt.
#[derive(Debug)]
pub(crate) struct AgeRecipient {
    uri: ProviderUri,
    recipient: Recipient,
}

/// An identity, which decrypts the slots of its recipient.
pub struct AgeIdentity {
    to: AgeRecipient,
    identity: Identity,
}

impl AgeRecipient {
    /// None if the text is no recipient.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let recipient: Recipient = text.parse().ok()?;
        Some(Self { uri: ProviderUri::Age { recipient: recipient.to_string() }, recipient })
    }
}

#[async_trait]
impl KeyWrapper for AgeRecipient {
    fn uri(&self) -> &ProviderUri {
        &self.uri
    }

    fn can_unwrap(&self) -> bool {
        false
    }

    fn binds_context(&self) -> bool {
        false
    }

    async fn wrap(&self, data_key: &DataKey, _: &Context) -> Result<Slot, ProviderError> {
        let failed = |_| ProviderError::new(ProviderErrorKind::Unavailable, "age could not encrypt");
        let wrapped = age::encrypt(&self.recipient, data_key.bytes()).map_err(failed)?;
        Ok(Slot { uri: self.uri.to_string(), key_id: String::new(), wrapped, annotations: BTreeMap::new() })
    }

    async fn unwrap(&self, _: &Slot, _: &Context) -> Result<DataKey, ProviderError> {
        let message = "only the identity of this recipient opens it";
        Err(ProviderError::new(ProviderErrorKind::Refused, message))
    }
}

impl AgeIdentity {
    /// A provider that opens what was wrapped for this identity's recipient.
    #[must_use]
    pub fn new(identity: Identity) -> Self {
        let recipient = identity.to_public();
        let uri = ProviderUri::Age { recipient: recipient.to_string() };
        Self { to: AgeRecipient { uri, recipient }, identity }
    }
}

#[async_trait]
impl KeyWrapper for AgeIdentity {
    fn uri(&self) -> &ProviderUri {
        &self.to.uri
    }

    fn binds_context(&self) -> bool {
        false
    }

    async fn wrap(&self, data_key: &DataKey, context: &Context) -> Result<Slot, ProviderError> {
        self.to.wrap(data_key, context).await
    }

    async fn unwrap(&self, slot: &Slot, _: &Context) -> Result<DataKey, ProviderError> {
        let refused = |message| ProviderError::new(ProviderErrorKind::Refused, message);
        let opened = age::decrypt(&self.identity, &slot.wrapped)
            .map_err(|_| refused("the age identity does not open it"))?;
        DataKey::take(opened).ok_or_else(|| refused("what the age identity opened is no data key"))
    }
}

impl fmt::Debug for AgeIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AgeIdentity({})", self.to.uri)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> Context {
        Context {
            fingerprint: "ab".repeat(32).parse().unwrap(),
            cluster_name: "prod".parse().unwrap(),
            since: "2026-01-02T03:04:05Z".parse().unwrap(),
        }
    }

    #[tokio::test]
    async fn the_identity_opens_and_the_recipient_does_not() {
        let identity = Identity::generate();
        let recipient = AgeRecipient::new(&identity.to_public().to_string()).unwrap();
        let data_key = DataKey::take(vec![7; 32]).unwrap();
        let slot = recipient.wrap(&data_key, &context()).await.unwrap();
        assert_eq!(slot.uri, identity.to_public().to_string());
        assert!(recipient.unwrap(&slot, &context()).await.is_err() && !recipient.can_unwrap());
        let opened = AgeIdentity::new(identity).unwrap(&slot, &context()).await.unwrap();
        assert_eq!(opened.bytes(), [7; 32]);
        let error = AgeIdentity::new(Identity::generate()).unwrap(&slot, &context()).await.unwrap_err();
        assert_eq!(
            (error.kind, error.to_string().as_str()),
            (ProviderErrorKind::Refused, "the age identity does not open it")
        );
    }

    #[test]
    fn a_recipient_with_a_wrong_checksum_is_none() {
        let text = Identity::generate().to_public().to_string();
        let last = if text.ends_with('q') { "p" } else { "q" };
        assert!(AgeRecipient::new(&format!("{}{last}", &text[..61])).is_none());
    }
}
