//! Wrapped keys for tests: of a real key pair, wrapped for an age recipient, which needs no service.

use crate::events::about::About;
use crate::keys::store::key_secret::{KeyContent, KeySecret};
use crate::keys::store::wrapped_secret::{Unwrapping, WrappedSecret};
use api::sealing_key::{CERTIFICATE, LABEL, WRAPPED, WRAPPED_KEY, WRAPPED_TYPE};
use envelope::{KeyPair, KeySize, PrivateKey, issue};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use key_wrapping::{KeyProviders, KeyWrapper, ProviderEnvironment, SlotReport};
use rand::rngs::SysRng;
use sealing::SealingKey;
use std::sync::Arc;

/// The age recipient.
pub(crate) const RECIPIENT: &str = "age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm";

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// A new key pair.
pub(crate) fn pair(since: i64) -> KeyPair {
    let private = PrivateKey::generate(KeySize::Rsa2048).unwrap();
    let certificate = issue(&mut SysRng, &private, "", at(since), SignedDuration::from_hours(24)).unwrap();
    KeyPair::new(private, certificate).unwrap()
}

/// Its Secret in wrapped form.
pub(crate) fn wrapped_secret(name: &str, pair: &KeyPair) -> Secret {
    let spec = RECIPIENT.parse().unwrap();
    let recipient = key_wrapping::connect(&spec, &ProviderEnvironment::default()).unwrap();
    wrapped_secret_by(name, pair, recipient)
}

/// The same, wrapped by this provider.
pub(crate) fn wrapped_secret_by(name: &str, pair: &KeyPair, provider: Arc<dyn KeyWrapper>) -> Secret {
    let providers = KeyProviders::new("prod".parse().unwrap(), vec![provider], Vec::new());
    let since = pair.certificate().not_before();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let wrapped = runtime.block_on(providers.wrap(pair, since)).unwrap();
    let mut secret = Secret { type_: Some(WRAPPED_TYPE.into()), ..Secret::default() };
    secret.metadata.name = Some(name.into());
    secret.metadata.namespace = Some("kube-system".into());
    secret.metadata.labels = Some([(LABEL.to_owned(), WRAPPED.to_owned())].into());
    let data = [(CERTIFICATE, pair.certificate().to_pem().into_bytes()), (WRAPPED_KEY, wrapped.to_json())];
    secret.data = Some(data.map(|(name, value)| (name.to_owned(), ByteString(value))).into());
    secret
}

/// The Secret of a plain key.
pub(crate) fn plain(name: &str, key: Arc<SealingKey>) -> KeySecret {
    let mut secret = Secret::default();
    secret.metadata.name = Some(name.into());
    KeySecret {
        about: About::secret(&secret),
        content: KeyContent::Key { key, request: None },
        is_backed_up: false,
        wants_conversion: false,
        is_terminating: false,
        fulfils: Vec::new(),
    }
}

/// The key in a Secret, as it was read.
pub(crate) fn read(secret: Secret) -> (KeySecret, Arc<WrappedSecret>) {
    let read = KeySecret::read(secret.into(), sealing::KeyOrder::default());
    let KeyContent::Wrapped { wrapped, .. } = &read.content else {
        panic!("not wrapped: {:?}", read.content)
    };
    let wrapped = Arc::clone(wrapped);
    (read, wrapped)
}

/// A key that was unwrapped.
pub(crate) fn unwrapped(wrapped: &WrappedSecret, pair: KeyPair) -> Unwrapping {
    let key = SealingKey::new(wrapped.name.clone(), pair).dated(wrapped.key.since());
    Unwrapping::Unwrapped { key: Arc::new(key), slots: SlotReport::default() }
}
