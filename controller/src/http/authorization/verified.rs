//! [`VerifiedTokens`]: the tokens that the API server accepted, and what it granted to their users.
//!
//! An answer counts for [`FRESH`] as it is. Then it is asked for again, and counts on while that takes, for [`LIFETIME`] at most: no client
//! with a good token waits for a slow API server, or because strangers make it work.
//!
//! Decided: only what was granted is remembered. A refusal costs its client one of the strangers' questions each time, so that there are
//! few of them, and no token without the permission takes the place of one that has it.

use api::reseal_token::SECONDS;
use k8s_openapi::api::authentication::v1::UserInfo;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

/// How long an answer counts before it is asked for again.
const FRESH: Duration = Duration::from_secs(30);

/// How long an answer counts at most: a permission that is taken away is gone after this time, even if the API server answers nothing.
const LIFETIME: Duration = Duration::from_mins(2);

/// How long a token is known after the API server accepted it: as long as it is valid. What it was granted may be asked for again, apart
/// from strangers' questions.
const KNOWN: Duration = Duration::from_secs(SECONDS as u64);

/// Time between two questions about the same grant, if the first had no answer.
const RETRY: Duration = Duration::from_secs(10);

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

/// When the API server granted something.
struct Answer {
    at: Instant,
    /// When it is asked for again.
    due: Instant,
}

/// What is known of a token.
struct Verified {
    user: UserInfo,
    /// When the API server accepted the token.
    at: Instant,
    everywhere: Option<Answer>,
    namespaces: BTreeMap<String, Answer>,
}

impl Verified {
    fn answer(&mut self, grant: &Grant) -> Option<&mut Answer> {
        match grant {
            Grant::Everywhere => self.everywhere.as_mut(),
            Grant::Namespace(namespace) => self.namespaces.get_mut(namespace),
        }
    }
}

#[derive(Default)]
pub(crate) struct VerifiedTokens(HashMap<TokenDigest, Verified>);

impl VerifiedTokens {
    /// Whether the API server accepted the token while it may be valid.
    pub(crate) fn knows(&self, token: TokenDigest, now: Instant) -> bool {
        self.0.get(&token).is_some_and(|verified| now < verified.at + KNOWN)
    }

    /// None if it is not granted, as far as is known. Else whether it is to be asked for again: true once, until [`RETRY`] is over.
    pub(crate) fn grants(&mut self, token: TokenDigest, grant: &Grant, now: Instant) -> Option<bool> {
        let answer = self.0.get_mut(&token)?.answer(grant)?;
        if now >= answer.at + LIFETIME {
            return None;
        }
        let is_due = now >= answer.due;
        if is_due {
            answer.due = now + RETRY;
        }
        Some(is_due)
    }

    /// The user of the token, and when the API server said so, unless that is to be asked for again.
    pub(crate) fn user(&self, token: TokenDigest, now: Instant) -> Option<(UserInfo, Instant)> {
        let verified = self.0.get(&token).filter(|verified| now < verified.at + FRESH)?;
        Some((verified.user.clone(), verified.at))
    }

    /// Whether the user may reseal in some namespaces only.
    pub(crate) fn is_of_namespaces(&self, token: TokenDigest) -> bool {
        self.0.get(&token).is_some_and(|verified| verified.everywhere.is_none())
    }

    /// Remembers a token that the API server accepted at this time, and to whose user it granted something.
    pub(crate) fn add(&mut self, token: TokenDigest, user: UserInfo, at: Instant, grant: Grant) {
        self.0.retain(|_, verified| at < verified.at + KNOWN);
        if self.0.len() >= MAX_TOKENS && !self.0.contains_key(&token) {
            let oldest = self.0.iter().min_by_key(|(_, verified)| verified.at).map(|(token, _)| *token);
            oldest.and_then(|oldest| self.0.remove(&oldest));
        }
        let new =
            || Verified { user: UserInfo::default(), at, everywhere: None, namespaces: BTreeMap::new() };
        let verified = self.0.entry(token).or_insert_with(new);
        (verified.user, verified.at) = (user, at);
        let answer = Answer { at, due: at + FRESH };
        match grant {
            Grant::Everywhere => verified.everywhere = Some(answer),
            Grant::Namespace(namespace) => {
                if verified.namespaces.len() >= MAX_NAMESPACES {
                    verified.namespaces.pop_first();
                }
                verified.namespaces.insert(namespace, answer);
            }
        }
    }

    /// The API server does not accept the token any more.
    pub(crate) fn forget(&mut self, token: TokenDigest) {
        self.0.remove(&token);
    }

    /// The API server does not grant it any more.
    pub(crate) fn revoke(&mut self, token: TokenDigest, grant: &Grant) {
        let Some(verified) = self.0.get_mut(&token) else { return };
        match grant {
            Grant::Everywhere => verified.everywhere = None,
            Grant::Namespace(namespace) => drop(verified.namespaces.remove(namespace)),
        }
        if verified.everywhere.is_none() && verified.namespaces.is_empty() {
            self.forget(token);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(tokens: &mut VerifiedTokens, token: &str, grant: Grant, at: Instant) {
        tokens.add(TokenDigest::of(token), UserInfo::default(), at, grant);
    }

    fn shop() -> Grant {
        Grant::Namespace("shop".into())
    }

    fn bank() -> Grant {
        Grant::Namespace("bank".into())
    }

    #[test]
    fn what_was_granted_counts_for_two_minutes_and_is_known_for_ten() {
        let (mut tokens, now) = (VerifiedTokens::default(), Instant::now());
        add(&mut tokens, "a", Grant::Everywhere, now);
        add(&mut tokens, "b", shop(), now);
        for (token, grant, expected) in [
            ("a", Grant::Everywhere, true),
            ("b", shop(), true),
            ("b", bank(), false),
            ("b", Grant::Everywhere, false),
            ("c", Grant::Everywhere, false),
        ] {
            let digest = TokenDigest::of(token);
            assert_eq!(tokens.grants(digest, &grant, now), expected.then_some(false), "{token} {grant:?}");
            assert!(tokens.grants(digest, &grant, now + LIFETIME).is_none(), "{token} {grant:?}");
            for (after, is_known) in [(Duration::ZERO, true), (LIFETIME, true), (KNOWN, false)] {
                assert_eq!(tokens.knows(digest, now + after), is_known && token != "c", "{token} {after:?}");
            }
        }
    }

    #[test]
    fn an_answer_is_asked_for_again_while_it_counts() {
        let (mut tokens, now) = (VerifiedTokens::default(), Instant::now());
        add(&mut tokens, "a", Grant::Everywhere, now);
        let token = TokenDigest::of("a");
        let after = |tokens: &mut VerifiedTokens, time| tokens.grants(token, &Grant::Everywhere, now + time);
        assert_eq!(after(&mut tokens, FRESH * 9 / 10), Some(false));
        // Once, and again if there was no answer.
        assert_eq!(after(&mut tokens, FRESH), Some(true));
        assert_eq!(after(&mut tokens, FRESH), Some(false));
        assert_eq!(after(&mut tokens, FRESH + RETRY), Some(true));
        add(&mut tokens, "a", Grant::Everywhere, now + FRESH + RETRY);
        assert_eq!(after(&mut tokens, FRESH * 3 / 2), Some(false));
        assert!(after(&mut tokens, LIFETIME).is_some());
    }

    #[test]
    fn what_is_not_granted_any_more_is_gone_at_once() {
        let (mut tokens, now) = (VerifiedTokens::default(), Instant::now());
        let token = TokenDigest::of("a");
        add(&mut tokens, "a", shop(), now);
        add(&mut tokens, "a", bank(), now);
        tokens.revoke(token, &shop());
        assert!(tokens.grants(token, &shop(), now).is_none());
        assert!(tokens.grants(token, &bank(), now).is_some() && tokens.knows(token, now));
        // A token without any grant is a stranger's.
        tokens.revoke(token, &bank());
        assert!(!tokens.knows(token, now));
        add(&mut tokens, "a", Grant::Everywhere, now);
        tokens.forget(token);
        assert!(tokens.grants(token, &Grant::Everywhere, now).is_none() && !tokens.knows(token, now));
    }

    /// Another namespace does not prolong what was granted before.
    #[test]
    fn each_grant_has_its_own_time() {
        let (mut tokens, now) = (VerifiedTokens::default(), Instant::now());
        let token = TokenDigest::of("a");
        add(&mut tokens, "a", shop(), now);
        add(&mut tokens, "a", bank(), now + LIFETIME / 2);
        assert!(tokens.grants(token, &bank(), now + LIFETIME).is_some());
        assert!(tokens.grants(token, &shop(), now + LIFETIME).is_none());
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
