//! [`VerifiedTokens`]: the tokens that the API server accepted, for a minute.
//!
//! Decided: only what was granted is remembered. A refusal costs its client one of the strangers' requests each time, so that there are
//! few of them, and no token without the permission takes the place of one that has it.

use k8s_openapi::api::authentication::v1::UserInfo;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

/// How long an answer counts: a permission that is taken away is gone after this time.
const LIFETIME: Duration = Duration::from_mins(1);

/// Maximum number of tokens.
const MAX_TOKENS: usize = 128;

/// Maximum number of namespaces of one token that may not reseal in all of them.
const MAX_NAMESPACES: usize = 256;

/// SHA-256 of a token: the token itself is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TokenDigest([u8; 32]);

impl TokenDigest {
    pub(crate) fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }
}

/// What the API server granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Grant {
    /// In all namespaces.
    Everywhere,
    /// In this one.
    Namespace(String),
}

/// What is known of a token.
struct Verified {
    user: UserInfo,
    everywhere: bool,
    namespaces: BTreeSet<String>,
    until: Instant,
}

#[derive(Default)]
pub(crate) struct VerifiedTokens(HashMap<TokenDigest, Verified>);

impl VerifiedTokens {
    /// Whether the token's user may reseal in the namespace, as far as is known.
    pub(crate) fn grants(&self, token: TokenDigest, namespace: Option<&str>, now: Instant) -> bool {
        let valid = self.0.get(&token).filter(|verified| now < verified.until);
        valid.is_some_and(|verified| {
            verified.everywhere || namespace.is_some_and(|namespace| verified.namespaces.contains(namespace))
        })
    }

    /// The user of the token, if it is known.
    pub(crate) fn user(&self, token: TokenDigest, now: Instant) -> Option<UserInfo> {
        self.0.get(&token).filter(|verified| now < verified.until).map(|verified| verified.user.clone())
    }

    /// Remembers a token to whose user the API server granted something.
    pub(crate) fn add(&mut self, token: TokenDigest, user: UserInfo, grant: Grant, now: Instant) {
        self.0.retain(|_, verified| now < verified.until);
        if self.0.len() >= MAX_TOKENS && !self.0.contains_key(&token) {
            let oldest = self.0.iter().min_by_key(|(_, verified)| verified.until).map(|(token, _)| *token);
            oldest.and_then(|oldest| self.0.remove(&oldest));
        }
        let verified = self.0.entry(token).or_insert_with(|| Verified {
            user,
            everywhere: false,
            namespaces: BTreeSet::new(),
            until: now + LIFETIME,
        });
        match grant {
            Grant::Everywhere => verified.everywhere = true,
            Grant::Namespace(namespace) => {
                if verified.namespaces.len() >= MAX_NAMESPACES {
                    verified.namespaces.pop_first();
                }
                verified.namespaces.insert(namespace);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(tokens: &mut VerifiedTokens, token: &str, grant: Grant, now: Instant) {
        tokens.add(TokenDigest::of(token), UserInfo::default(), grant, now);
    }

    #[test]
    fn what_was_granted_counts_for_a_minute() {
        let (mut tokens, now) = (VerifiedTokens::default(), Instant::now());
        add(&mut tokens, "a", Grant::Everywhere, now);
        add(&mut tokens, "b", Grant::Namespace("shop".into()), now);
        let later = now + LIFETIME;
        for (token, namespace, expected) in [
            ("a", Some("shop"), true),
            ("a", None, true),
            ("b", Some("shop"), true),
            ("b", Some("bank"), false),
            ("b", None, false),
            ("c", Some("shop"), false),
        ] {
            let digest = TokenDigest::of(token);
            assert_eq!(tokens.grants(digest, namespace, now), expected, "{token} {namespace:?}");
            assert!(!tokens.grants(digest, namespace, later), "{token} {namespace:?}");
            assert_eq!(tokens.user(digest, now).is_some(), token != "c");
            assert!(tokens.user(digest, later).is_none());
        }
    }

    /// Another namespace does not prolong what was granted before.
    #[test]
    fn each_question_is_asked_again_after_a_minute() {
        let (mut tokens, now) = (VerifiedTokens::default(), Instant::now());
        add(&mut tokens, "a", Grant::Namespace("shop".into()), now);
        add(&mut tokens, "a", Grant::Namespace("bank".into()), now + LIFETIME / 2);
        assert!(tokens.grants(TokenDigest::of("a"), Some("bank"), now + LIFETIME / 2));
        assert!(!tokens.grants(TokenDigest::of("a"), Some("shop"), now + LIFETIME));
    }

    #[test]
    fn the_memory_is_bounded_and_the_oldest_goes_first() {
        let (mut tokens, now) = (VerifiedTokens::default(), Instant::now());
        for number in 0..=MAX_TOKENS {
            let at = now + Duration::from_millis(u64::try_from(number).unwrap());
            add(&mut tokens, &number.to_string(), Grant::Everywhere, at);
        }
        assert_eq!(tokens.0.len(), MAX_TOKENS);
        assert!(tokens.user(TokenDigest::of("0"), now).is_none());
        assert!(tokens.user(TokenDigest::of("1"), now).is_some());
        for number in 0..=MAX_NAMESPACES {
            add(&mut tokens, "1", Grant::Namespace(number.to_string()), now);
        }
        assert_eq!(tokens.0[&TokenDigest::of("1")].namespaces.len(), MAX_NAMESPACES);
    }
}
