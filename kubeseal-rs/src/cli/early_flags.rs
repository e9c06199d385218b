//! `moved`: flags may stand before the command that they belong to: `--context prod keys list` is `keys list --context prod`.
//!
//! Decided: the words are moved behind the command before clap reads them, instead of flags that clap calls global, because each command would
//! then take all of them: `--context`, ignored, would make it work on another cluster than the user meant. A flag that the command does not have
//! is refused.

use crate::terminal::program::name;
use clap::error::ErrorKind;
use clap::{Arg, Command};
use std::ffi::OsString;

/// A flag that was typed before a command.
struct Early<'a> {
    /// What was typed, without its value.
    typed: String,
    flag: &'a Arg,
    /// The flag, and its value if that is a word of its own.
    words: &'a [OsString],
}

/// The command line with every flag behind the command that it belongs to. `typed` begins with the program's name.
pub(crate) fn moved(root: &mut Command, typed: &[OsString]) -> Result<Vec<OsString>, clap::Error> {
    match split(root, typed) {
        Err(words) => Err(root.error(ErrorKind::ArgumentConflict, words)),
        Ok(words) => Ok(words),
    }
}

fn split(root: &Command, typed: &[OsString]) -> Result<Vec<OsString>, String> {
    let (program, mut rest) = typed.split_at(typed.len().min(1));
    let (mut command, mut verbs) = (root, Vec::new());
    // The flags before the last verb, and those after it, which belong before the next one, if there is one.
    let (mut early, mut pending) = (Vec::new(), Vec::new());
    while let Some(word) = rest.first() {
        if let Some(next) = word.to_str().and_then(|name| command.find_subcommand(name)) {
            command = next;
            verbs.push(word.clone());
            early.append(&mut pending);
            rest = &rest[1..];
            if !command.has_subcommands() {
                break;
            }
        } else if let Some(flag) = flag(command, root, rest) {
            rest = &rest[flag.words.len()..];
            pending.push(flag);
        } else {
            break;
        }
    }
    let line = |flags: Vec<Early<'_>>| {
        let flags = flags.into_iter().flat_map(|flag| flag.words).cloned();
        program
            .iter()
            .cloned()
            .chain(verbs.iter().cloned())
            .chain(flags)
            .chain(rest.iter().cloned())
            .collect()
    };
    if command.is_subcommand_required_set() {
        // clap says which commands there are; what is wrong is not a flag.
        return Ok(line(Vec::new()));
    }
    if early.is_empty() {
        return Ok(typed.to_vec());
    }
    let is_its_own = |early: &&Early<'_>| has(command, early.flag);
    if let Some(Early { typed, .. }) =
        early.iter().find(|early| !is_its_own(early) && !early.flag.is_global_set())
    {
        let verb = verbs.iter().map(|verb| verb.to_string_lossy()).collect::<Vec<_>>().join(" ");
        return Err(format!(
            "{typed} is before the command, and `{verb}` has no such flag; `{} help {verb}` shows those that it has",
            name()
        ));
    }
    early.append(&mut pending);
    Ok(line(early))
}

/// A flag, as typed.
#[derive(Clone, Copy)]
enum Name<'a> {
    Long(&'a str),
    Short(char),
}

impl Name<'_> {
    fn is_of(self, flag: &Arg) -> bool {
        match self {
            Self::Long(name) => flag.get_long() == Some(name),
            Self::Short(letter) => flag.get_short() == Some(letter),
        }
    }
}

/// The flag at the begin of `words`. None for a word that is no flag, or an unknown one: clap says what is wrong with it.
fn flag<'a>(command: &'a Command, root: &'a Command, words: &'a [OsString]) -> Option<Early<'a>> {
    let text = words.first()?.to_string_lossy();
    let (name, has_value) = if let Some(long) = text.strip_prefix("--") {
        let (name, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
        (Name::Long(name), value.is_some())
    } else {
        let mut letters = text.strip_prefix('-')?.chars();
        (Name::Short(letters.next()?), letters.next().is_some())
    };
    let flag = find(command, name).or_else(|| find(root, name))?;
    let takes_next = !has_value && flag.get_action().takes_values() && !flag.is_require_equals_set();
    let typed = match name {
        Name::Long(name) => format!("--{name}"),
        Name::Short(letter) => format!("-{letter}"),
    };
    Some(Early { typed, flag, words: words.get(..if takes_next { 2 } else { 1 })? })
}

/// The flag of the command, or of one below it.
fn find<'a>(command: &'a Command, name: Name<'_>) -> Option<&'a Arg> {
    let own = command.get_arguments().find(|flag| name.is_of(flag));
    own.or_else(|| command.get_subcommands().find_map(|command| find(command, name)))
}

/// Whether the command has this flag, under the same names, and reads it in the same way.
fn has(command: &Command, early: &Arg) -> bool {
    let is_same = |flag: &Arg| {
        flag.get_long() == early.get_long()
            && flag.get_short() == early.get_short()
            && flag.is_require_equals_set() == early.is_require_equals_set()
    };
    command.get_arguments().any(is_same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use std::ffi::OsStr;

    fn moved_text(words: &str) -> Result<String, String> {
        let words: Vec<OsString> = words.split(' ').map(OsString::from).collect();
        let moved = moved(&mut Cli::definition(), &words).map_err(|error| error.to_string())?;
        Ok(moved.join(OsStr::new(" ")).into_string().unwrap())
    }

    #[test]
    fn flags_move_behind_their_command() {
        for (typed, expected) in [
            ("k --context prod keys list", "k keys list --context prod"),
            ("k --context=prod keys -n shop list -o json", "k keys list --context=prod -n shop -o json"),
            ("k keys --as-group a --as-group -b list .", "k keys list --as-group a --as-group -b ."),
            ("k -nshop -f keys seal", "k seal -nshop -f keys"),
            ("k --for prod --quiet inspect a.yaml", "k inspect --for prod --quiet a.yaml"),
            ("k --quiet guard --staged", "k guard --quiet --staged"),
            // What stays: no command, a word that is none, unknown flags, the end of flags.
            ("k --context prod --raw", "k --context prod --raw"),
            ("k --context prod nothing list", "k --context prod nothing list"),
            ("k --no-such-flag keys list", "k --no-such-flag keys list"),
            ("k --context prod -- keys list", "k --context prod -- keys list"),
            ("k --help keys", "k --help keys"),
            ("k keys list --context", "k keys list --context"),
            // Nothing that could be run.
            ("k --context prod keys -n shop lsit", "k keys lsit"),
        ] {
            assert_eq!(moved_text(typed).as_deref(), Ok(expected), "{typed}");
        }
    }

    #[test]
    fn a_flag_that_the_command_does_not_have_is_refused() {
        for (typed, flag, verb) in [
            ("k --context prod guard", "--context", "guard"),
            ("k --raw seal", "--raw", "seal"),
            // The same letter is another flag there.
            ("k -o yaml keys backup", "-o", "keys backup"),
            ("k --version keys list", "--version", "keys list"),
        ] {
            let error = moved_text(typed).unwrap_err();
            assert!(
                error.contains(&format!("{flag} is before the command, and `{verb}` has no such flag")),
                "{error}"
            );
        }
    }
}
