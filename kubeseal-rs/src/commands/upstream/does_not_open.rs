//! [`DoesNotOpen`]: SealedSecrets that the controller cannot open: which, and why, as far as it is known.

use crate::commands::common::reason::Reason;
use crate::error::Hint;
use sealing::Diagnosis;

/// The controller cannot open some of the SealedSecrets.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DoesNotOpen {
    #[error("the SealedSecret in {location} does not open on {server}")]
    One {
        server: String,
        location: String,
        /// Why, as far as it is known.
        #[source]
        reason: Option<Reason>,
    },
    #[error("{} of {number} SealedSecrets do not open on {server}:{}", .unopened.len(), lines(.unopened))]
    Several { server: String, number: usize, unopened: Vec<Unopened> },
}

/// A SealedSecret that does not open.
#[derive(Debug)]
pub(crate) struct Unopened {
    pub location: String,
    /// Why, as far as it is known.
    pub reason: Option<Reason>,
}

impl DoesNotOpen {
    /// The error if any of `number` SealedSecrets does not open.
    pub(crate) fn of(server: &str, mut unopened: Vec<Unopened>, number: usize) -> Option<Self> {
        let server = server.to_owned();
        match (unopened.len(), unopened.pop()?) {
            (1, Unopened { location, reason }) => Some(Self::One { server, location, reason }),
            (_, last) => {
                unopened.push(last);
                Some(Self::Several { server, number, unopened })
            }
        }
    }
}

fn lines(unopened: &[Unopened]) -> String {
    let line = |it: &Unopened| match &it.reason {
        Some(reason) => format!("\n  {}: {reason}", it.location),
        None => format!("\n  {}: it does not open", it.location),
    };
    unopened.iter().map(line).collect()
}

fn hint_of(reason: Option<&Reason>) -> String {
    let unknown = "it was sealed for another cluster (choose one with --context), or renamed, moved to another namespace or given \
                   another scope since, or its key is gone; `kubectl describe sealedsecret` tells more of one that is applied; \
                   else seal the Secret again";
    reason.map_or_else(|| unknown.into(), Reason::hint)
}

impl Hint for DoesNotOpen {
    /// One that fits all of them; or else each, with what it is for.
    fn hint(&self) -> Option<String> {
        let unopened = match self {
            Self::One { reason, .. } => return Some(hint_of(reason.as_ref())),
            Self::Several { unopened, .. } => unopened,
        };
        // Of a leaked key, the values are to be changed, whatever else is wrong.
        let is_revoked = |it: &&Unopened| it.reason == Some(Reason::Diagnosed(Diagnosis::Revoked));
        let (revoked, others): (Vec<&Unopened>, Vec<&Unopened>) = unopened.iter().partition(is_revoked);
        let mut hints: Vec<(String, &str, usize)> = Vec::new();
        for it in revoked.into_iter().chain(others) {
            let hint = hint_of(it.reason.as_ref());
            match hints.iter_mut().find(|(known, ..)| *known == hint) {
                Some((.., more)) => *more += 1,
                None => hints.push((hint, &it.location, 0)),
            }
        }
        if let [(hint, ..)] = hints.as_slice() {
            return Some(hint.clone());
        }
        let line = |(hint, location, more): &(String, &str, usize)| match more {
            0 => format!("{location}: {hint}"),
            more => format!("{location} and {more} more: {hint}"),
        };
        Some(hints.iter().map(line).collect::<Vec<_>>().join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_hint_is_said_once_and_says_of_what() {
        let unopened = |location: &str, reason| Unopened { location: location.into(), reason };
        let leaked = || Some(Reason::Diagnosed(Diagnosis::Revoked));
        let of = |all: Vec<Unopened>| DoesNotOpen::of("here", all, 5);
        assert!(of(Vec::new()).is_none());
        let one = of(vec![unopened("a", leaked())]).unwrap();
        assert_eq!(one.to_string(), "the SealedSecret in a does not open on here");
        let all = vec![unopened("a", None), unopened("b", leaked()), unopened("c", None)];
        let several = of(all).unwrap();
        assert!(std::error::Error::source(&several).is_none());
        let text = several.to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..2], ["3 of 5 SealedSecrets do not open on here:", "  a: it does not open"]);
        assert!(
            lines.len() == 4 && lines[2].starts_with("  b: it does not open: sealed with a key that leaked"),
            "{text}"
        );
        let hint = several.hint().unwrap();
        let hints: Vec<&str> = hint.lines().collect();
        assert!(
            hints.len() == 2 && hints[0].starts_with("b: it was sealed with a key that leaked"),
            "{hint}"
        );
        assert!(hints[1].starts_with("a and 1 more: it was sealed for another cluster"), "{hint}");
        let alike = of(vec![unopened("a", None), unopened("c", None)]).unwrap();
        assert!(alike.hint().unwrap().starts_with("it was sealed for another cluster"));
    }
}
