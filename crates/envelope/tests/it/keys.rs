//! What counts as a key, a certificate and a pair of them; and that new ones are shaped as upstream's.

use envelope::{
    Certificate, CertificateError, KeyPair, KeyPairError, KeySize, PrivateKey, PrivateKeyError,
    PublicKeyError, issue, open, seal,
};
use jiff::{SignedDuration, Timestamp};
use rand::rngs::SysRng;
use x509_parser::prelude::{FromDer as _, X509Certificate};

const A_PKCS1: &str = include_str!("../keys/a.pkcs1.pem");
const A_PKCS8: &str = include_str!("../keys/a.pkcs8.pem");
const A_CRT: &str = include_str!("../keys/a.crt.pem");
const B_CRT: &str = include_str!("../keys/b.crt.pem");

#[test]
fn both_encodings_are_the_same_key() {
    for text in [A_PKCS1, A_PKCS8] {
        let pair = KeyPair::from_pem(text, A_CRT).unwrap();
        assert_eq!(pair.private().to_pkcs1_pem().unwrap().as_str(), A_PKCS1);
    }
}

#[test]
fn certificates_come_back_as_they_were() {
    assert_eq!(Certificate::from_pem(A_CRT).unwrap().to_pem(), A_CRT);
}

#[test]
fn the_first_of_several_certificates_counts() {
    let both = format!("{B_CRT}{A_CRT}");
    let fingerprint = Certificate::from_pem(&both).unwrap().fingerprint();
    assert_eq!(fingerprint, Certificate::from_pem(B_CRT).unwrap().fingerprint());
}

#[test]
fn private_keys_that_are_none() {
    let cases = [
        ("", PrivateKeyError::NotPem),
        (A_CRT, PrivateKeyError::NotPem),
        (include_str!("../keys/a.encrypted.pem"), PrivateKeyError::Encrypted),
        (include_str!("../keys/small.pkcs8.pem"), PrivateKeyError::Rejected),
        (include_str!("../keys/ec.pkcs8.pem"), PrivateKeyError::Rejected),
    ];
    for (text, expected) in cases {
        assert_eq!(PrivateKey::from_pem(text).unwrap_err(), expected, "{text}");
    }
}

#[test]
fn certificates_that_are_none() {
    let damaged = A_CRT.replacen("MII", "MIJ", 1);
    let cases = [
        ("", CertificateError::NotPem),
        (A_PKCS8, CertificateError::PrivateKey),
        (damaged.as_str(), CertificateError::Malformed),
        (include_str!("../keys/small.crt.pem"), CertificateError::Key(PublicKeyError::TooSmall(1024))),
        (include_str!("../keys/ec.crt.pem"), CertificateError::Key(PublicKeyError::NotRsa)),
    ];
    for (text, expected) in cases {
        assert_eq!(Certificate::from_pem(text).unwrap_err(), expected, "{text}");
    }
}

#[test]
fn halves_of_two_keys_are_no_pair() {
    assert_eq!(KeyPair::from_pem(A_PKCS8, B_CRT).unwrap_err(), KeyPairError::Mismatch);
}

#[test]
fn a_new_key_is_shaped_as_upstreams() {
    let private = PrivateKey::generate(KeySize::Rsa2048).unwrap();
    let start = Timestamp::from_second(1_900_000_000).unwrap();
    let ttl = SignedDuration::from_hours(87_600);
    let certificate = issue(&mut SysRng, &private, "sealer", start, ttl).unwrap();
    assert_eq!((certificate.not_before(), certificate.not_after()), (start, start + ttl));
    assert!(certificate.check_unexpired(start + ttl).is_ok());
    let late = certificate.check_unexpired(start + ttl + SignedDuration::from_secs(1)).unwrap_err();
    assert_eq!(late.to_string(), "the certificate expired on 2040-03-14");

    let der = &envelope::pem::blocks(&certificate.to_pem())[0].der;
    let (_, parsed) = X509Certificate::from_der(der).unwrap();
    assert_eq!(parsed.subject().to_string(), "CN=sealer");
    assert_eq!(parsed.issuer(), parsed.subject());
    assert!(parsed.is_ca());
    assert!(parsed.key_usage().unwrap().unwrap().value.encipher_only());
    assert!(parsed.serial.bits() > 64, "serials are random, 128 bits");
    parsed.verify_signature(None).unwrap();

    let envelope = seal(&mut SysRng, certificate.public(), b"x", b"value").unwrap();
    let reread = PrivateKey::from_pem(&private.to_pkcs1_pem().unwrap()).unwrap();
    assert_eq!(open(&reread, b"x", &envelope).unwrap().expose(), b"value");
}

#[test]
fn no_private_key_is_ever_shown() {
    let pair = KeyPair::from_pem(A_PKCS8, A_CRT).unwrap();
    assert!(format!("{pair:?}").starts_with("KeyPair { private: PrivateKey(2048 bits)"));
}
