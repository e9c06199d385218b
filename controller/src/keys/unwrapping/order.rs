//! [`Retries::next`]: which wrapped key is tried next, and when. Pure.
//!
//! Decided: one call at a time, and each key has its own backoff. Keys that were never tried, and those that are due again, take turns. Of the former
//! come first: the newest, by the date that it claims,
//! and the one whose Secret is the oldest, take turns. Instead of the newest alone, because a user who may write Secrets may plant a thousand keys
//! that claim to be newer than the real ones; but not older Secrets. Keys as no controller writes them come last.

use crate::keys::store::wrapped_secret::{WrappedId, WrappedSecret};
use crate::process::backoff::Backoff;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

const BACKOFF: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(1));

/// When keys that failed are tried again.
#[derive(Debug, Default)]
pub(crate) struct Retries {
    keys: BTreeMap<WrappedId, Retry>,
    /// The providers that were found not to answer.
    silent: BTreeSet<String>,
    /// How many keys were tried for the first time.
    first_tries: usize,
    /// Whether the last try was a first one.
    was_first: bool,
}

#[derive(Debug)]
struct Retry {
    failures: u32,
    backoff: Backoff,
    due: Instant,
}

/// What to do next.
#[derive(Debug)]
pub(crate) enum Next {
    Try(Arc<WrappedSecret>),
    /// None: until the keys change.
    Wait(Option<Instant>),
}

impl Retries {
    /// Which of the waiting keys, newest first, is next.
    pub(crate) fn next(&mut self, waiting: &[Arc<WrappedSecret>], now: Instant) -> Next {
        let present: BTreeSet<_> = waiting.iter().map(|wrapped| wrapped.id).collect();
        self.keys.retain(|id, _| present.contains(id));
        let first = self.first_try(waiting);
        let retries = waiting.iter().filter_map(|wrapped| Some((wrapped, self.keys.get(&wrapped.id)?)));
        // What has failed least is the least likely to be planted.
        let due = retries
            .clone()
            .filter(|(_, retry)| retry.due <= now)
            .min_by_key(|(wrapped, retry)| (wrapped.is_odd(), retry.failures));
        // Where there are both, they take turns: a stream of new Secrets keeps no key from being tried again.
        self.was_first = first.is_some() && (due.is_none() || !self.was_first);
        self.first_tries += usize::from(self.was_first);
        match (first, due) {
            (Some(wrapped), _) if self.was_first => Next::Try(Arc::clone(wrapped)),
            (_, Some((wrapped, _))) => Next::Try(Arc::clone(wrapped)),
            _ => Next::Wait(retries.map(|(_, retry)| retry.due).min()),
        }
    }

    /// The key to try of those that never were.
    fn first_try<'a>(&self, waiting: &'a [Arc<WrappedSecret>]) -> Option<&'a Arc<WrappedSecret>> {
        let untried = || waiting.iter().filter(|wrapped| !self.keys.contains_key(&wrapped.id));
        let mut usual = untried().filter(|wrapped| !wrapped.is_odd());
        let next = if self.first_tries.is_multiple_of(2) {
            usual.next()
        } else {
            usual.min_by_key(|wrapped| wrapped.created)
        };
        next.or_else(|| untried().next())
    }

    /// Notes that a key failed, and returns the delay before it is tried again.
    pub(crate) fn failed(&mut self, id: WrappedId, now: Instant) -> Duration {
        let retry = self.keys.entry(id).or_insert_with(|| Retry {
            failures: 0,
            backoff: BACKOFF.with_jitter(),
            due: now,
        });
        retry.failures += 1;
        let delay = retry.backoff.next_delay();
        retry.due = now + delay;
        delay
    }

    /// How often a key has failed.
    pub(crate) fn failures(&self, id: WrappedId) -> u32 {
        self.keys.get(&id).map_or(0, |retry| retry.failures)
    }

    /// Notes that providers do not answer.
    pub(crate) fn silent(&mut self, providers: impl IntoIterator<Item = String>) {
        self.silent.extend(providers);
    }

    /// Notes that a provider opened a key. Where it did not answer before, all keys that have a slot of it are due.
    pub(crate) fn answered(&mut self, provider: &str, waiting: &[Arc<WrappedSecret>], now: Instant) {
        if !self.silent.remove(provider) {
            return;
        }
        for wrapped in waiting.iter().filter(|wrapped| wrapped.has_slot_of(provider)) {
            if let Some(retry) = self.keys.get_mut(&wrapped.id) {
                retry.due = now;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::test_wrapped::{RECIPIENT, at, pair, read, wrapped_secret};
    use api::sealing_key::WRAPPED_KEY;
    use k8s_openapi::ByteString;
    use k8s_openapi::api::core::v1::Secret;
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

    fn names(next: &Next) -> Option<&str> {
        match next {
            Next::Try(wrapped) => Some(&wrapped.name),
            Next::Wait(_) => None,
        }
    }

    #[test]
    fn a_new_key_comes_before_those_that_failed_and_each_waits_for_itself() {
        let wrapped = |name: &str, since| read(wrapped_secret(name, &pair(since))).1;
        let (old, new) = (wrapped("old", 1_000), wrapped("new", 2_000));
        let both = [Arc::clone(&new), Arc::clone(&old)];
        let (mut retries, start) = (Retries::default(), Instant::now());
        assert_eq!(names(&retries.next(&both, start)), Some("new"));
        let first = retries.failed(new.id, start);
        assert_eq!(names(&retries.next(&both, start)), Some("old"));
        let second = start + Duration::from_millis(100);
        retries.failed(old.id, second);
        let Next::Wait(Some(due)) = retries.next(&both, second) else { panic!("nothing is due") };
        assert!(due <= start + first, "{due:?}");
        // A key that comes now is tried now.
        let newest = wrapped("newest", 3_000);
        let all = [newest, Arc::clone(&new), Arc::clone(&old)];
        assert_eq!(names(&retries.next(&all, second)), Some("newest"));
        // What is gone is forgotten, and a success brings the others forward.
        retries.answered(RECIPIENT, &both, second);
        assert!(matches!(retries.next(&both, second), Next::Wait(Some(_))), "it was not known to be silent");
        retries.silent([RECIPIENT.to_owned()]);
        retries.answered("awskms:other", &both, second);
        assert!(matches!(retries.next(&both, second), Next::Wait(Some(_))));
        retries.answered(RECIPIENT, &both, second);
        assert!(names(&retries.next(&both, second)).is_some());
        assert!(matches!(retries.next(&[], second), Next::Wait(None)));
        assert!(retries.keys.is_empty());
    }

    #[test]
    fn new_keys_do_not_keep_one_that_failed_from_being_tried_again() {
        let wrapped = |name: &str, since| read(wrapped_secret(name, &pair(since))).1;
        let real = wrapped("real", 1_000);
        let (mut retries, start) = (Retries::default(), Instant::now());
        retries.failed(real.id, start);
        let later = start + Duration::from_mins(2);
        let calls = (0..4).find(|number| {
            let all = [wrapped(&format!("planted-{number}"), 2_000), Arc::clone(&real)];
            let next = retries.next(&all, later);
            names(&next) == Some("real")
        });
        assert!(calls.is_some_and(|calls| calls <= 1), "{calls:?}");
    }

    /// The Secret with the document changed, created at this second.
    fn changed(
        secret: &Secret,
        name: String,
        created: i64,
        change: impl FnOnce(&mut serde_json::Value),
    ) -> Arc<WrappedSecret> {
        let mut secret = secret.clone();
        secret.metadata.name = Some(name);
        secret.metadata.creation_timestamp = Some(Time(at(created)));
        let document = secret.data.as_mut().unwrap().get_mut(WRAPPED_KEY).unwrap();
        let mut json = serde_json::from_slice(&document.0).unwrap();
        change(&mut json);
        *document = ByteString(serde_json::to_vec(&json).unwrap());
        read(secret).1
    }

    /// The planted key of this number.
    type Planted<'a> = &'a dyn Fn(i64) -> Arc<WrappedSecret>;

    /// Each planted key fails. The real one is among the first that are tried, whatever they claim.
    #[test]
    fn a_thousand_planted_keys_do_not_delay_a_real_one() {
        let secret = wrapped_secret("real", &pair(5_000));
        let since =
            |second: i64| move |json: &mut serde_json::Value| json["since"] = at(second).to_string().into();
        let of_eight = |json: &mut serde_json::Value| {
            let slot = json["slots"][0].clone();
            json["slots"] = vec![slot; 8].into();
            json["since"] = at(9_000).to_string().into();
        };
        let planted = |number: i64, created, change: &dyn Fn(&mut serde_json::Value)| {
            changed(&secret, format!("planted-{number}"), created, change)
        };
        let real = |created| changed(&secret, "real".into(), created, |_| ());
        let cases: [(&str, Arc<WrappedSecret>, Planted<'_>); 4] = [
            ("newer, as they say, and newer Secrets", real(5_000), &|n| {
                planted(n, 9_000 + n, &since(9_000 + n))
            }),
            ("dated in the future", real(5_000), &|n| planted(n, 4_000 + n, &since(4_102_444_800 + n))),
            ("with eight slots of one provider", real(5_000), &|n| planted(n, 4_000, &of_eight)),
            ("older Secrets", real(9_000), &|n| planted(n, 1_000 + n, &since(1_000 + n))),
        ];
        for (name, real, planted) in cases {
            let mut waiting: Vec<_> = (0..1_000).map(planted).chain([real]).collect();
            waiting.sort_by_key(|wrapped| std::cmp::Reverse(wrapped.key.since()));
            let (mut retries, now) = (Retries::default(), Instant::now());
            let calls = (1..=1_001).find(|_| {
                let Next::Try(wrapped) = retries.next(&waiting, now) else {
                    panic!("{name}: it was not tried")
                };
                retries.failed(wrapped.id, now);
                wrapped.name == "real"
            });
            assert!(calls.unwrap() <= 2, "{name}: {calls:?}");
        }
    }

    #[test]
    fn delays_grow_for_each_key_up_to_a_minute() {
        let wrapped = read(wrapped_secret("a", &pair(1_000))).1;
        let (mut retries, now) = (Retries::default(), Instant::now());
        let delays: Vec<_> = (0..10).map(|_| retries.failed(wrapped.id, now)).collect();
        assert!(delays[0] <= Duration::from_secs(1) && delays[9] >= Duration::from_secs(30), "{delays:?}");
    }
}
