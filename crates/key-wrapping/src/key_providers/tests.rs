//! Several providers together, each in memory.

use super::*;
use crate::provider::uri::ProviderUri;
use crate::providers::age_recipient::{AgeIdentity, AgeRecipient};
use async_trait::async_trait;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use envelope::{KeySize, issue};
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// A provider in memory, which encrypts under a key of its own.
#[derive(Debug)]
struct InMemory {
    uri: ProviderUri,
    key: [u8; 32],
    /// What it binds of a context.
    binds: fn(&Context) -> Vec<u8>,
    /// How its calls fail, if they do.
    fails: Option<ProviderErrorKind>,
    /// Whether its policy allows to decrypt in a context.
    allows: fn(&Context) -> bool,
}

impl InMemory {
    fn new(name: u8, binds: bool) -> Self {
        let uri = format!("kmsv2:unix:///run/{name}.sock").parse().unwrap();
        let binds = if binds { Context::associated_data } else { |_: &Context| Vec::new() };
        Self { uri, key: [name; 32], binds, fails: None, allows: |_| true }
    }

    fn cipher(&self) -> LessSafeKey {
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &self.key).unwrap())
    }

    fn check(&self) -> Result<(), ProviderError> {
        self.fails.map_or(Ok(()), |kind| Err(ProviderError::new(kind, "it fails")))
    }
}

#[async_trait]
impl KeyWrapper for InMemory {
    fn uri(&self) -> &ProviderUri {
        &self.uri
    }

    fn binds_context(&self) -> bool {
        true
    }

    async fn wrap(&self, data_key: &DataKey, context: &Context) -> Result<Slot, ProviderError> {
        self.check()?;
        let mut wrapped = data_key.bytes().to_vec();
        let nonce = Nonce::assume_unique_for_key([0; 12]);
        self.cipher()
            .seal_in_place_append_tag(nonce, Aad::from((self.binds)(context)), &mut wrapped)
            .unwrap();
        let (uri, annotations) = (self.uri.to_string(), BTreeMap::new());
        Ok(Slot { uri, key_id: format!("key {}", self.key[0]), wrapped, annotations })
    }

    async fn unwrap(&self, slot: &Slot, context: &Context) -> Result<DataKey, ProviderError> {
        self.check()?;
        if !(self.allows)(context) {
            return Err(ProviderError::new(ProviderErrorKind::Denied, "no policy allows it"));
        }
        let mut wrapped = slot.wrapped.clone();
        let nonce = Nonce::assume_unique_for_key([0; 12]);
        let opened = self.cipher().open_in_place(nonce, Aad::from((self.binds)(context)), &mut wrapped);
        let refused = |_| ProviderError::new(ProviderErrorKind::Refused, "it refused the ciphertext");
        Ok(DataKey::take(opened.map_err(refused)?.to_vec()).unwrap())
    }
}

fn providers(cluster: &str, wrapping: Vec<InMemory>) -> KeyProviders {
    let wrapping = wrapping.into_iter().map(|provider| Arc::new(provider) as Arc<dyn KeyWrapper>);
    KeyProviders::new(cluster.parse().unwrap(), wrapping.collect(), Vec::new())
}

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn pair() -> KeyPair {
    let private = PrivateKey::generate(KeySize::Rsa2048).unwrap();
    let certificate =
        issue(&mut rand::rngs::SysRng, &private, "", now(), SignedDuration::from_hours(24)).unwrap();
    KeyPair::new(private, certificate).unwrap()
}

fn certificate(pair: &KeyPair) -> Certificate {
    Certificate::from_pem(&pair.certificate().to_pem()).unwrap()
}

/// The document with other slots, and the MAC of those before.
fn with_slots(key: &WrappedKey, change: impl FnOnce(&mut Vec<serde_json::Value>)) -> WrappedKey {
    let mut json: serde_json::Value = serde_json::from_slice(&key.to_json()).unwrap();
    change(json["slots"].as_array_mut().unwrap());
    WrappedKey::from_json(&serde_json::to_vec(&json).unwrap()).unwrap()
}

#[tokio::test]
async fn any_slot_opens_and_a_slot_that_fails_is_passed_over() {
    let (both, pair) = (providers("prod", vec![InMemory::new(1, true), InMemory::new(2, false)]), pair());
    let key = both.wrap(&pair, now()).await.unwrap();
    let opened = both.unwrap(&key, certificate(&pair)).await.unwrap();
    assert_eq!(opened.opened_by, "kmsv2:unix:///run/1.sock");
    assert_eq!(opened.slots, SlotReport::default());
    assert_eq!(*opened.pair.private().to_pkcs1_pem().unwrap(), *pair.private().to_pkcs1_pem().unwrap());
    for kind in [ProviderErrorKind::Unavailable, ProviderErrorKind::Refused, ProviderErrorKind::Garbage] {
        let failing = InMemory { fails: Some(kind), ..InMemory::new(1, true) };
        let one_fails = providers("prod", vec![failing, InMemory::new(2, false)]);
        let opened = one_fails.unwrap(&key, certificate(&pair)).await.unwrap();
        assert_eq!(opened.opened_by, "kmsv2:unix:///run/2.sock", "{kind:?}");
    }
}

#[tokio::test]
async fn a_key_is_wrapped_by_all_providers_or_not_at_all() {
    let failing = InMemory { fails: Some(ProviderErrorKind::Denied), ..InMemory::new(2, true) };
    let one_fails = providers("prod", vec![InMemory::new(1, true), failing]);
    let error = one_fails.wrap(&pair(), now()).await.unwrap_err().to_string();
    assert_eq!(error, "the provider kmsv2:unix:///run/2.sock did not encrypt");
}

#[tokio::test]
async fn opens_in_no_other_cluster_and_beside_no_other_certificate() {
    for binds in [true, false] {
        let (pair, other) = (pair(), pair());
        let here = providers("prod", vec![InMemory::new(1, binds)]);
        let key = here.wrap(&pair, now()).await.unwrap();
        let elsewhere = providers("test", vec![InMemory::new(1, binds)]);
        let error = elsewhere.unwrap(&key, certificate(&pair)).await.unwrap_err();
        assert!(matches!(error, UnwrapError::OtherCluster { .. }), "{error}");
        let error = here.unwrap(&key, certificate(&other)).await.unwrap_err();
        assert!(matches!(error, UnwrapError::Slots(_)) && !error.is_transient(), "{error}");
        // The name in plain is changed to the one of the cluster.
        let json = String::from_utf8(key.to_json()).unwrap().replace("\"prod\"", "\"test\"");
        let renamed = WrappedKey::from_json(json.as_bytes()).unwrap();
        let error = elsewhere.unwrap(&renamed, certificate(&pair)).await.unwrap_err();
        assert!(matches!(error, UnwrapError::Slots(_)) && !error.is_transient(), "{error}");
    }
}

#[tokio::test]
async fn other_slots_than_its_own_or_those_configured_are_reported() {
    let (one, pair) = (providers("prod", vec![InMemory::new(1, true)]), pair());
    let key = one.wrap(&pair, now()).await.unwrap();
    let two = providers("prod", vec![InMemory::new(1, true), InMemory::new(2, true)]);
    let slots = two.unwrap(&key, certificate(&pair)).await.unwrap().slots;
    assert_eq!(slots.to_string(), "it is not wrapped with the configured kmsv2:unix:///run/2.sock");
    let planted = with_slots(&key, |slots| {
        let mut planted = slots[0].clone();
        planted["uri"] = "openbao+transit://evil.example/transit/k\u{7}".into();
        slots.insert(0, planted);
    });
    let slots = one.unwrap(&planted, certificate(&pair)).await.unwrap().slots;
    let expected = "the list of its slots was changed after it was wrapped; it is wrapped with what is not configured: \
                    openbao+transit://evil.example/transit/k?";
    assert_eq!(slots.to_string(), expected);
    let dropped = with_slots(&two.wrap(&pair, now()).await.unwrap(), |slots| _ = slots.pop());
    let slots = two.unwrap(&dropped, certificate(&pair)).await.unwrap().slots;
    assert!(slots.is_changed && slots.missing.len() == 1, "{slots}");
    let unknown = with_slots(&key, |slots| slots[0]["uri"] = "awskms:x".into());
    let error = one.unwrap(&unknown, certificate(&pair)).await.unwrap_err();
    assert_eq!(error.to_string(), "no configured provider opens it; it is wrapped with awskms:x");
}

#[tokio::test]
async fn a_slot_with_another_data_key_is_passed_over() {
    let (two, pair) = (providers("prod", vec![InMemory::new(1, true), InMemory::new(2, true)]), pair());
    let (key, other) = (two.wrap(&pair, now()).await.unwrap(), two.wrap(&pair, now()).await.unwrap());
    let foreign = serde_json::to_value(&other.slots()[0]).unwrap();
    let key = with_slots(&key, |slots| slots[0] = foreign);
    let opened = two.unwrap(&key, certificate(&pair)).await.unwrap();
    assert_eq!((opened.opened_by.as_str(), opened.slots.is_changed), ("kmsv2:unix:///run/2.sock", true));
}

#[tokio::test]
async fn each_cause_is_named_and_says_whether_to_try_again() {
    let (two, pair) = (providers("prod", vec![InMemory::new(1, true), InMemory::new(2, true)]), pair());
    let key = two.wrap(&pair, now()).await.unwrap();
    let failing = |name, kind| InMemory { fails: Some(kind), ..InMemory::new(name, true) };
    let cases = [
        (ProviderErrorKind::Refused, ProviderErrorKind::Unavailable, true),
        (ProviderErrorKind::Denied, ProviderErrorKind::Refused, true),
        (ProviderErrorKind::Refused, ProviderErrorKind::Refused, false),
    ];
    for (first, second, is_transient) in cases {
        let failing = providers("prod", vec![failing(1, first), failing(2, second)]);
        let error = failing.unwrap(&key, certificate(&pair)).await.unwrap_err();
        let expected =
            "no provider opened it: kmsv2:unix:///run/1.sock: it fails; kmsv2:unix:///run/2.sock: it fails";
        assert_eq!((error.to_string().as_str(), error.is_transient()), (expected, is_transient));
    }
}

#[tokio::test]
async fn a_provider_that_ignores_the_context_is_found_out() {
    static CALLS: AtomicU8 = AtomicU8::new(0);
    static ALLOWED: AtomicU8 = AtomicU8::new(2);
    let allowing = |allows| InMemory { allows, ..InMemory::new(1, true) };
    let binding = |binds| InMemory { binds, ..InMemory::new(1, true) };
    let unavailable = InMemory { fails: Some(ProviderErrorKind::Unavailable), ..InMemory::new(1, true) };
    let cases = [
        (InMemory::new(1, true), Ok(Binding::Bound)),
        (InMemory::new(1, false), Ok(Binding::Unbound)),
        (binding(|context| context.fingerprint.to_string().into()), Ok(Binding::Unbound)),
        (binding(|context| context.cluster_name.to_string().into()), Ok(Binding::Unbound)),
        (
            binding(|context| Context { since: now(), ..context.clone() }.associated_data()),
            Ok(Binding::Bound),
        ),
        (unavailable, Err(ProviderErrorKind::Unavailable)),
        // It refuses in the right context as well.
        (binding(|_| vec![CALLS.fetch_add(1, Relaxed)]), Err(ProviderErrorKind::Refused)),
        // Its policy allows this cluster alone, or one certificate, or nothing any more after the first context.
        (allowing(|context| context.cluster_name.as_str() == "prod"), Ok(Binding::Bound)),
        (
            allowing(|context| context.fingerprint == Fingerprint::from([0; 32])),
            Err(ProviderErrorKind::Denied),
        ),
        (
            allowing(|_| ALLOWED.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_ok()),
            Err(ProviderErrorKind::Denied),
        ),
    ];
    for (number, (provider, expected)) in cases.into_iter().enumerate() {
        let providers = providers("prod", vec![provider]);
        let binding = providers.probe(&*providers.wrapping[0], Timestamp::UNIX_EPOCH).await;
        assert_eq!(binding.map_err(|error| error.kind), expected, "case {number}");
    }
}

/// It has nothing to ask: only what it encrypts shows the name of its key, and whether it may be used.
#[tokio::test]
async fn a_provider_that_does_not_say_its_key_shows_it() {
    let asked = async |provider| {
        let providers = providers("prod", vec![provider]);
        providers.current_key_id(&*providers.wrapping[0]).await.map_err(|error| error.kind)
    };
    let in_memory = || InMemory::new(1, true);
    assert_eq!(asked(in_memory()).await, Ok("key 1".to_owned()));
    for kind in [ProviderErrorKind::Unavailable, ProviderErrorKind::Denied] {
        assert_eq!(asked(InMemory { fails: Some(kind), ..in_memory() }).await, Err(kind));
    }
    let encrypts_only = InMemory { allows: |_| false, ..in_memory() };
    assert_eq!(asked(encrypts_only).await, Err(ProviderErrorKind::Denied));
}

#[test]
fn a_provider_that_wraps_and_unwraps_is_called_once() {
    let of = |names: &[u8]| {
        let provider = |&name: &u8| Arc::new(InMemory::new(name, true)) as Arc<dyn KeyWrapper>;
        names.iter().map(provider).collect::<Vec<_>>()
    };
    let both = KeyProviders::new("prod".parse().unwrap(), of(&[1, 2]), of(&[2, 3]));
    let uris = both.opening().map(|provider| provider.uri().to_string()).collect::<Vec<_>>().join(" ");
    assert_eq!(uris, "kmsv2:unix:///run/1.sock kmsv2:unix:///run/2.sock kmsv2:unix:///run/3.sock");
    // A recipient only wraps.
    let identity = age::x25519::Identity::generate();
    let recipient = AgeRecipient::new(&identity.to_public().to_string()).unwrap();
    let identity: Arc<dyn KeyWrapper> = Arc::new(AgeIdentity::new(identity));
    let escrow = KeyProviders::new("prod".parse().unwrap(), vec![Arc::new(recipient)], vec![identity]);
    assert_eq!(escrow.opening().count(), 1);
}
