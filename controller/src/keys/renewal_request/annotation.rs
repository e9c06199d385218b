//! [`Ask`]: one request for renewal, as the annotation [`RENEW`] makes it; and which of them are [`pending`] on keys from the
//! future. Pure.
//!
//! A newer key answers what is asked of a key. A key from the future gets none for as long as it is one; but a list shows it as
//! the newest, so it is asked. Decided: the key that is made then says in an annotation which requests it answers, instead of
//! the request being taken off, for which there may be no right, and which may be cut off: one request would be one key after
//! another. So a second request of such a key counts if it is in other words; this program's and kubeseal-rs's are the time.

use crate::keys::renewal::observed::{KeySecret, Observed, Standing};
use crate::keys::renewal::schedule::{Rules, active, has_newer_successor};
use api::sealing_key::RENEW;
use envelope::Fingerprint;
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// On a key that was made because others were asked to be renewed: those requests, with spaces in between.
pub(crate) const ANSWERS: &str = "sealedsecrets.bitnami.com/answers";

/// What was asked of which key, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ask(u64);

impl Ask {
    /// The request that this value of [`RENEW`] makes of this key.
    pub(crate) fn of(key: Fingerprint, value: &str) -> Self {
        let digest = Sha256::digest(format!("{key} {value}"));
        Self(digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// What is asked of this key on its Secret.
    pub(crate) fn on(metadata: &ObjectMeta, key: Fingerprint) -> Option<Self> {
        metadata.annotations.as_ref()?.get(RENEW).map(|value| Self::of(key, value))
    }

    /// What a Secret says it answers.
    pub(crate) fn answered_by(metadata: &ObjectMeta) -> Vec<Self> {
        let text = metadata.annotations.as_ref().and_then(|all| all.get(ANSWERS));
        let words = text.map(String::as_str).unwrap_or_default().split_whitespace();
        words.filter_map(|word| u64::from_str_radix(word, 16).ok()).map(Self).collect()
    }

    /// The same, to be written.
    pub(crate) fn written(asks: &[Self]) -> Option<String> {
        let words: Vec<String> = asks.iter().map(Self::to_string).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// What is asked of keys from the future, and not done.
pub(crate) fn pending(seen: &Observed, rules: &Rules, now: Timestamp) -> Vec<Ask> {
    let future = active(seen).filter(|key| key.dates.is_future(now));
    let open =
        future.filter_map(|key| key.asked.filter(|ask| !is_answered(seen, *ask)).map(|ask| (key, ask)));
    let mut asks: Vec<_> =
        open.filter(|(key, _)| !has_newer_successor(seen, rules, key, now)).map(|(_, ask)| ask).collect();
    asks.sort_unstable();
    asks.dedup();
    asks
}

/// Whether some Secret says that it answers this, whatever became of it.
pub(crate) fn is_answered(seen: &Observed, ask: Ask) -> bool {
    seen.secrets.iter().any(|secret| secret.answers.contains(&ask))
}

/// Whether a key that counts says so. Of the key that renewal goes by: what was made for it may have leaked since, and then
/// the same words ask for another.
pub(crate) fn is_answered_by_a_key(seen: &Observed, ask: Ask) -> bool {
    let counts = |secret: &&KeySecret| matches!(secret.standing, Standing::Active { .. });
    seen.secrets.iter().filter(counts).any(|secret| secret.answers.contains(&ask))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let [one, two] = ["0", "1"].map(|digit| digit.repeat(64).parse().unwrap());
        let asks = [Ask::of(one, "please"), Ask::of(one, "again"), Ask::of(two, "please")];
        assert!(asks[0] != asks[1] && asks[0] != asks[2]);
        // Written down, because another version of this program must read it.
        assert_eq!(asks[0].to_string(), "5d0f3bd54c35989c");
        let annotations = [(ANSWERS.to_owned(), Ask::written(&asks).unwrap())];
        let metadata = ObjectMeta { annotations: Some(annotations.into()), ..ObjectMeta::default() };
        assert_eq!(Ask::answered_by(&metadata), asks);
        assert_eq!(Ask::written(&[]), None);
        assert_eq!(Ask::answered_by(&ObjectMeta::default()), []);
    }
}
