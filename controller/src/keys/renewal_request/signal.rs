//! [`Request`]: a renewal that a signal asked for, and what became of it. Pure.
//!
//! A request is about one key, and goes with it: on a Secret that is deleted, or of a key that is retired or revoked before it is
//! renewed, no controller sees it any more. Decided: a user who asked for a new key gets one. The process that was asked looks on until
//! there is an answer, and asks anew, of the key that renewal goes by then. It stays one key, also where the answer was under way
//! already: that is newer than the other key, and answers what is asked of it.

use crate::keys::renewal::observed::Observed;
use crate::keys::renewal::schedule::{ActiveKey, Rules, active, free_name, newest, newest_of_all};
use crate::keys::renewal::successor_name::Predecessor;
use envelope::Fingerprint;
use jiff::Timestamp;

/// One request, as it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    /// Where the key is kept.
    pub secret: String,
    /// The key that is to be renewed.
    pub key: Fingerprint,
    /// The name of the key that will be the answer. There may be others, which answered what was asked before.
    answer: String,
}

/// What became of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nothing yet.
    Open,
    /// The new key is there, or one that is newer came from elsewhere.
    Done,
    /// The key that it is about does not count any more, and there is no answer.
    Lost,
}

impl Request {
    /// To be made now; None where there is no key to ask about.
    pub(crate) fn new(seen: &Observed, rules: &Rules, now: Timestamp) -> Option<Self> {
        let key = renewed_next(seen, rules, now)?;
        let answer = free_name(seen, rules, &Predecessor::Key(key.fingerprint));
        Some(Self { secret: key.name.to_owned(), key: key.fingerprint, answer })
    }

    pub(crate) fn fate(&self, seen: &Observed, rules: &Rules, now: Timestamp) -> Fate {
        if seen.secrets.iter().any(|secret| secret.name == self.answer) {
            return Fate::Done;
        }
        if !active(seen).any(|key| key.fingerprint == self.key) {
            return Fate::Lost;
        }
        let is_next = renewed_next(seen, rules, now).is_some_and(|key| key.fingerprint == self.key);
        if is_next { Fate::Open } else { Fate::Done }
    }
}

fn renewed_next<'a>(seen: &'a Observed, rules: &Rules, now: Timestamp) -> Option<ActiveKey<'a>> {
    newest(seen, rules, now).or_else(|| newest_of_all(seen, now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::keys::Renewal;
    use crate::keys::renewal::key_age::Dates;
    use crate::keys::renewal::observed::{KeySecret, Standing};
    use crate::keys::renewal::plan::{Step, next_step};
    use crate::keys::renewal_request::annotation::Ask;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn rules() -> Rules {
        let renewal = Renewal { period: None, cutoff: None };
        Rules { prefix: "p".into(), origin: String::new(), renewal }
    }

    fn fingerprint(digit: &str) -> Fingerprint {
        digit.repeat(64).parse().unwrap()
    }

    fn key(digit: &str, since: i64) -> KeySecret {
        let dates = Dates { since: at(since), valid_from: at(since) };
        let standing = Standing::Active { fingerprint: fingerprint(digit), dates, asked: None };
        KeySecret { name: digit.into(), standing, answers: Vec::new() }
    }

    fn seen(secrets: &[KeySecret]) -> Observed {
        Observed { secrets: secrets.to_vec(), had_any: true }
    }

    /// The key that is made because the renewal of this one was asked for.
    fn answer(to: &KeySecret, others: &[KeySecret], since: i64) -> KeySecret {
        let all: Vec<_> = others.iter().chain([&asked(to)]).cloned().collect();
        let Step::Make { name, .. } = next_step(&seen(&all), None, &rules(), at(since)) else {
            panic!("no answer");
        };
        KeySecret { name, ..key("a", since) }
    }

    fn asked(key: &KeySecret) -> KeySecret {
        let mut asked = key.clone();
        if let Standing::Active { fingerprint, asked, .. } = &mut asked.standing {
            *asked = Some(Ask::of(*fingerprint, "please"));
        }
        asked
    }

    #[test]
    fn what_is_asked_about_a_key_that_goes_is_lost_unless_it_was_answered() {
        let (old, new) = (key("1", 100), key("2", 200));
        let request = Request::new(&seen(&[old.clone(), new.clone()]), &rules(), at(300)).unwrap();
        assert_eq!((request.secret.as_str(), request.key), ("2", fingerprint("2")));
        let retired = KeySecret { standing: Standing::Out, ..new.clone() };
        let leaked = Standing::Leaked { fingerprint: fingerprint("2"), since: at(200) };
        let leaked = KeySecret { standing: leaked, ..new.clone() };
        let answer = answer(&new, std::slice::from_ref(&old), 300);
        let answer_out = KeySecret { standing: Standing::Out, ..answer.clone() };
        for (what, secrets, expected) in [
            ("nothing happened", vec![&old, &new], Fate::Open),
            ("answered", vec![&old, &new, &answer], Fate::Done),
            ("another that is newer was restored", vec![&old, &new, &key("3", 250)], Fate::Done),
            ("another that is older was", vec![&old, &new, &key("3", 150)], Fate::Open),
            ("deleted", vec![&old], Fate::Lost),
            ("retired", vec![&old, &retired], Fate::Lost),
            ("revoked", vec![&old, &leaked], Fate::Lost),
            ("all are deleted", vec![], Fate::Lost),
            ("answered and retired", vec![&old, &retired, &answer], Fate::Done),
            ("answered, and both are out", vec![&old, &retired, &answer_out], Fate::Done),
        ] {
            let secrets: Vec<_> = secrets.into_iter().cloned().collect();
            assert_eq!(request.fate(&seen(&secrets), &rules(), at(301)), expected, "{what}");
        }
    }

    /// What answered an earlier request, and was taken out, is no answer to this one.
    #[test]
    fn an_answer_to_an_earlier_request_is_none() {
        let old = key("1", 100);
        let earlier = KeySecret { standing: Standing::Out, ..answer(&old, &[], 200) };
        let request = Request::new(&seen(&[old.clone(), earlier.clone()]), &rules(), at(300)).unwrap();
        assert_eq!(request.key, fingerprint("1"));
        assert_eq!(request.fate(&seen(&[old, earlier.clone()]), &rules(), at(300)), Fate::Open);
        assert_eq!(request.fate(&seen(&[earlier]), &rules(), at(300)), Fate::Lost);
    }

    /// The answer was under way when the key went, so that it was asked anew, of the other one.
    #[test]
    fn what_is_asked_anew_makes_no_second_key() {
        let (old, new) = (key("1", 100), key("2", 200));
        let answer = answer(&new, std::slice::from_ref(&old), 300);
        let all = [asked(&old), answer];
        assert_eq!(next_step(&seen(&all), None, &rules(), at(310)), Step::Settled(None));
        // And without it there is one.
        assert!(matches!(next_step(&seen(&all[..1]), None, &rules(), at(310)), Step::Make { .. }));
    }
}
