//! Properties of sealing and opening. The RSA of both is aws-lc-rs; what it sealed is also opened with the crate `rsa`, which shares no code
//! with it. Vectors that other programs sealed are in `vectors`.

use aes_gcm::aead::{Aead as _, KeyInit as _};
use aes_gcm::{Aes256Gcm, Key};
use envelope::{Certificate, OpenError, PrivateKey, open, seal};
use proptest::prelude::*;
use rand::rngs::SysRng;
use rsa::oaep::DecryptingKey;
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::traits::Decryptor as _;
use sha2::Sha256;
use std::sync::OnceLock;

fn keys() -> &'static (PrivateKey, Certificate) {
    static KEYS: OnceLock<(PrivateKey, Certificate)> = OnceLock::new();
    KEYS.get_or_init(|| {
        let private = include_str!("../keys/a.pkcs1.pem");
        let certificate = include_str!("../keys/a.crt.pem");
        (PrivateKey::from_pem(private).unwrap(), Certificate::from_pem(certificate).unwrap())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_sealed_opens(value in prop::collection::vec(any::<u8>(), 0..5_000), label in ".{0,80}") {
        let (private, certificate) = keys();
        let envelope = seal(&mut SysRng, certificate.public(), label.as_bytes(), &value).unwrap();
        prop_assert_eq!(envelope.len(), 2 + 256 + value.len() + 16);
        let opened = open(private, label.as_bytes(), &envelope).unwrap();
        prop_assert_eq!(opened.expose(), value);
    }

    #[test]
    fn what_is_sealed_opens_with_another_implementation(
        value in prop::collection::vec(any::<u8>(), 0..500), label in ".{0,80}",
    ) {
        let envelope = seal(&mut SysRng, keys().1.public(), label.as_bytes(), &value).unwrap();
        let (wrapped, sealed) = envelope[2..].split_at(256);
        let private = rsa::PrivateKey::from_pkcs1_pem(include_str!("../keys/a.pkcs1.pem")).unwrap();
        let session_key = DecryptingKey::<Sha256>::new_with_label(private, label.as_bytes()).decrypt(wrapped).unwrap();
        let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::try_from(session_key.as_slice()).unwrap());
        prop_assert_eq!(cipher.decrypt(&[0; 12].into(), sealed).unwrap(), value);
    }

    #[test]
    fn one_changed_bit_and_it_does_not_open(
        value in prop::collection::vec(any::<u8>(), 0..100), at in any::<prop::sample::Index>(), bit in 0..8_u8,
    ) {
        let (private, certificate) = keys();
        let mut envelope = seal(&mut SysRng, certificate.public(), b"ns/name", &value).unwrap();
        let at = at.index(envelope.len());
        envelope[at] ^= 1 << bit;
        prop_assert!(open(private, b"ns/name", &envelope).is_err());
    }

    #[test]
    fn another_label_does_not_open(one in ".{0,40}", other in ".{0,40}") {
        prop_assume!(one != other);
        let (private, certificate) = keys();
        let envelope = seal(&mut SysRng, certificate.public(), one.as_bytes(), b"value").unwrap();
        prop_assert_eq!(open(private, other.as_bytes(), &envelope).unwrap_err(), OpenError::DoesNotOpen);
    }

    #[test]
    fn any_bytes_at_all_are_refused_quietly(envelope in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(open(&keys().0, b"ns/name", &envelope).is_err());
    }
}

#[test]
fn the_same_value_never_seals_to_the_same_bytes() {
    let (_, certificate) = keys();
    let seal = || seal(&mut SysRng, certificate.public(), b"ns/name", b"value").unwrap();
    let (one, other) = (seal(), seal());
    assert_ne!(one[2..258], other[2..258]);
    assert_ne!(one[258..], other[258..]);
}

#[test]
fn a_value_of_a_mebibyte() {
    let (private, certificate) = keys();
    let value = vec![7; 1 << 20];
    let envelope = seal(&mut SysRng, certificate.public(), b"", &value).unwrap();
    assert_eq!(open(private, b"", &envelope).unwrap().expose(), value);
}
