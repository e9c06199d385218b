//! Keys, SealedSecrets sealed with them, and each verb of the crate as a test calls it.

use api::SealedSecret;
use envelope::{Certificate, KeyPair, Plaintext};
use jiff::Timestamp;
use rand::rngs::SysRng;
use sealing::{
    Accepted, KeyRing, Outside, ResealError, Resealed, SealingKey, SecretToSeal, UnsealError, UnsealedSecret,
    Verdict, reseal, seal_secret, unseal, verify,
};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

pub(super) const A: (&str, &str) = (
    include_str!("../../../envelope/tests/keys/a.pkcs1.pem"),
    include_str!("../../../envelope/tests/keys/a.crt.pem"),
);

pub(super) const B: (&str, &str) = (
    include_str!("../../../envelope/tests/keys/b.pkcs8.pem"),
    include_str!("../../../envelope/tests/keys/b.crt.pem"),
);

pub(super) const ALL: Accepted = Accepted { deprecated_data: true };

pub(super) fn key((private, certificate): (&str, &str)) -> Arc<SealingKey> {
    Arc::new(SealingKey::new("key".into(), KeyPair::from_pem(private, certificate).unwrap()))
}

pub(super) fn ring() -> &'static KeyRing {
    static RING: OnceLock<KeyRing> = OnceLock::new();
    RING.get_or_init(|| KeyRing::new([key(B), key(A)]))
}

pub(super) fn seal(metadata: serde_json::Value, data: BTreeMap<String, Vec<u8>>) -> SealedSecret {
    let secret = SecretToSeal {
        metadata: serde_json::from_value(metadata).unwrap(),
        type_: Some("kubernetes.io/basic-auth".into()),
        immutable: Some(true),
        data: data.into_iter().map(|(key, value)| (key, Plaintext::new(value))).collect(),
    };
    seal_secret(&mut SysRng, &Certificate::from_pem(A.1).unwrap(), &secret).unwrap()
}

pub(super) fn reseal_to_newest(sealed: &SealedSecret, ring: &KeyRing) -> Result<Resealed, ResealError> {
    let newest = ring.newest().unwrap().pair().certificate();
    reseal(&mut SysRng, &sealed.metadata, &sealed.spec, ring, newest, &|| ())
}

pub(super) fn opens(sealed: &SealedSecret, ring: &KeyRing) -> Verdict {
    verify(&sealed.metadata, &sealed.spec, ring, ALL, &|| ())
}

pub(super) fn open(sealed: &SealedSecret) -> Result<UnsealedSecret, UnsealError> {
    unseal_with(sealed, ring(), ALL)
}

pub(super) fn unseal_with(
    sealed: &SealedSecret,
    ring: &KeyRing,
    accepted: Accepted,
) -> Result<UnsealedSecret, UnsealError> {
    let mut random = |bytes: &mut [u8]| bytes.fill(7);
    let outside = Outside { now: Timestamp::UNIX_EPOCH, random: &mut random };
    unseal(&sealed.metadata, &sealed.spec, ring, &[], accepted, outside)
}

pub(super) fn one_item() -> BTreeMap<String, Vec<u8>> {
    BTreeMap::from([("password".to_owned(), b"hunter2".to_vec())])
}
