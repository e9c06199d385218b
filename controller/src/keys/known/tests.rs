//! What follows from the Secrets that were found.

use super::*;
use crate::events::About;
use envelope::{KeyPair, KeySize, PrivateKey, issue};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::core::v1::Secret;
use rand::rngs::SysRng;

fn certificate(private: &PrivateKey, since: i64) -> Certificate {
    let since = Timestamp::from_second(since).unwrap();
    issue(&mut SysRng, private, "", since, SignedDuration::from_hours(24)).unwrap()
}

fn found(name: &str, content: Content) -> (String, Found) {
    let mut secret = Secret::default();
    secret.metadata.name = Some(name.into());
    (name.into(), Found { about: About::secret(&secret), content })
}

#[test]
fn a_leaked_key_does_not_come_back_under_another_name_or_certificate() {
    let private = PrivateKey::generate(KeySize::Rsa2048).unwrap();
    let leak = certificate(&private, 1_000);
    let twin = certificate(&private, 2_000);
    let twins = twin.fingerprint();
    let key = Arc::new(SealingKey::new("twin".into(), KeyPair::new(private, twin).unwrap()));
    let other = PrivateKey::generate(KeySize::Rsa2048).unwrap();
    let sound = certificate(&other, 500);
    let sound = Arc::new(SealingKey::new("sound".into(), KeyPair::new(other, sound).unwrap()));
    let all = BTreeMap::from([
        found("leak", Content::Leaked(Arc::new(leak.clone()))),
        found("twin", Content::Key { key: Arc::clone(&key), asked: false }),
        found("sound", Content::Key { key: sound, asked: false }),
    ]);
    let known = Known::new(all, false);
    let names: Vec<_> = known.ring.iter().map(SealingKey::name).collect();
    assert_eq!(names, ["sound"]);
    assert!(known.ring.is_revoked(leak.fingerprint()) && known.ring.is_revoked(twins));
    assert_eq!(known.refusals.len(), 1);
    assert_eq!(known.refusals[0].reason, Reason::Leaked);
    assert!(known.ring.with(key).len() == 1, "not even when it was just stored");
}
