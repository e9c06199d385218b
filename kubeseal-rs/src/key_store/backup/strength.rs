//! `check_strength`: refuses a passphrase for a backup that a laptop guesses.
//!
//! Decided: measured as tries that zxcvbn expects, which knows common passwords, names, dates and keyboard patterns, instead of rules about
//! length and characters, which such passwords fulfil. There is no way around it: a backup holds every key, and --recipient needs no
//! passphrase at all.

use crate::key_store::backup::error::BackupError;
use zxcvbn::feedback::Feedback;
use zxcvbn::zxcvbn;

/// Tries in a second on a laptop: about one for each core, by [`WORK`](super::work_factor::WORK).
const TRIES_A_SECOND: u64 = 10;

/// Fewer tries than this are refused. A laptop needs thirty years for them.
const FEWEST_TRIES: u64 = 10_000_000_000;

/// Words that are guessed first of this program's passphrases.
const LIKELY: [&str; 6] = ["kubeseal", "sealed", "secrets", "sealed-secrets", "backup", "kubernetes"];

/// Refuses a passphrase that is guessed soon.
pub(crate) fn check_strength(passphrase: &str) -> Result<(), BackupError> {
    let estimate = zxcvbn(passphrase, &LIKELY);
    if estimate.guesses() >= FEWEST_TRIES {
        return Ok(());
    }
    // The texts are constants of the crate, and show nothing of the passphrase.
    let why = estimate.feedback().and_then(Feedback::warning).map(|why| why.to_string());
    Err(BackupError::Weak { time: shown(estimate.guesses() / TRIES_A_SECOND), why })
}

/// A number of seconds, roughly.
fn shown(seconds: u64) -> String {
    let units = [(365 * 24 * 3600, "year"), (24 * 3600, "day"), (3600, "hour"), (60, "minute")];
    let unit = units.into_iter().find(|(length, _)| seconds >= *length);
    unit.map_or_else(
        || "less than a minute".to_owned(),
        |(length, name)| match seconds / length {
            1 => format!("about a {name}"),
            count => format!("about {count} {name}s"),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Hint as _;

    #[test]
    fn what_a_laptop_guesses_is_refused_and_not_shown() {
        for weak in ["hunter2", "hunter2 2026", "P@ssw0rd!", "kubeseal-backup", "qwertyuiop", "19840101"] {
            let Err(error) = check_strength(weak) else { panic!("{weak} was taken") };
            let printed = format!("{error} {error:?} {}", error.hint().unwrap_or_default());
            assert!(!printed.contains(weak), "{printed}");
        }
        for strong in ["correct horse battery staple", "x7Kd-93mQ-pw2L-vv8R", "tram ofenrohr zwiebel mofa"] {
            assert!(check_strength(strong).is_ok(), "{strong}");
        }
    }

    #[test]
    fn times_are_rounded_to_their_unit() {
        for (seconds, words) in [
            (0, "less than a minute"),
            (60, "about a minute"),
            (7300, "about 2 hours"),
            (90_000, "about a day"),
            (999_999_999, "about 31 years"),
        ] {
            assert_eq!(shown(seconds), words);
        }
    }
}
