//! Adds to errors of the command line what to write instead.

use crate::terminal::escape::shown;
use crate::terminal::likeness::like;
use crate::terminal::program::name;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};
use std::ffi::OsString;

/// The hint for a word that is not a command of the program `root`.
pub(crate) fn of_argument(word: &str, root: &Command) -> String {
    if root.get_arguments().any(|flag| flag.get_long() == Some(word)) {
        return format!("it is a flag: write --{word}");
    }
    if let Some(meant) = command_like(word, root) {
        return format!("did you mean `{} {meant}`? See --help", name());
    }
    format!(
        "to seal a file, write --secret-file FILE (or -f FILE); the commands are {}; see --help",
        commands(root)
    )
}

/// The command that was meant: one with a name like this word, or one whose subcommand has this name, as `keys backup`.
fn command_like(word: &str, root: &Command) -> Option<String> {
    let shown = || root.get_subcommands().filter(|command| !command.is_hide_set());
    let names: Vec<&str> = shown().map(Command::get_name).collect();
    let below = shown().find(|command| command.find_subcommand(word).is_some());
    let below = below.map(|command| format!("{} {word}", command.get_name()));
    below.or_else(|| like(word, &names).map(ToOwned::to_owned))
}

/// The commands, as a sentence lists them.
fn commands(root: &Command) -> String {
    let shown = root.get_subcommands().filter(|command| !command.is_hide_set());
    let mut names: Vec<&str> = shown.map(Command::get_name).collect();
    let last = names.pop().unwrap_or_default();
    format!("{} and {last}", names.join(", "))
}

/// Removes from an error the advice to write `-- --flag`: no argument of this program begins with a hyphen.
pub(crate) fn without_escape(mut error: clap::Error) -> clap::Error {
    if let Some(ContextValue::StyledStrs(tips)) = error.remove(ContextKind::Suggested) {
        let tips: Vec<_> =
            tips.into_iter().filter(|tip| !tip.to_string().contains("as a value, use")).collect();
        if !tips.is_empty() {
            error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
        }
    }
    error
}

/// The flags with which kubeseal and kubectl take a file.
const FILE_FLAGS: [&str; 3] = ["-f", "--filename", "--secret-file"];

/// Adds to an error of a command that takes files how they are named.
pub(crate) fn with_file(mut error: clap::Error, root: &Command, typed: &[OsString]) -> clap::Error {
    let Some(ContextValue::String(unknown)) = error.get(ContextKind::InvalidArg) else { return error };
    if error.kind() != ErrorKind::UnknownArgument || !FILE_FLAGS.contains(&unknown.as_str()) {
        return error;
    }
    let (mut command, mut words) = (root, name().to_owned());
    for word in typed {
        let Some(below) = word.to_str().and_then(|word| command.find_subcommand(word)) else { continue };
        words = format!("{words} {}", below.get_name());
        command = below;
    }
    let shown = |positional: &Arg| match positional.get_value_names() {
        Some([shown, ..]) => shown.to_string(),
        _ => positional.get_id().as_str().to_uppercase(),
    };
    if let Some(file) =
        command.get_positionals().map(shown).find(|it| ["FILE", "PATH"].contains(&it.as_str()))
    {
        let tip = StyledStr::from(format!("name it without a flag: `{words} {file}`"));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
    error
}

/// Adds to an error of `help` the command that was meant, as clap does it for a command itself.
pub(crate) fn with_command(mut error: clap::Error, root: &Command) -> clap::Error {
    if error.get(ContextKind::SuggestedSubcommand).is_none()
        && let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidSubcommand)
        && let Some(meant) = command_like(typed, root)
    {
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(vec![meant]));
    }
    error
}

/// Escapes line breaks in the words of the command line that an error shows.
pub(crate) fn on_one_line(mut error: clap::Error) -> clap::Error {
    for kind in [ContextKind::InvalidArg, ContextKind::InvalidValue, ContextKind::InvalidSubcommand] {
        if let Some(ContextValue::String(typed)) = error.get(kind) {
            let typed = ContextValue::String(shown(typed));
            error.insert(kind, typed);
        }
    }
    error
}

/// Adds to an error the environment variable that the wrong value comes from.
pub(crate) fn with_variable(mut error: clap::Error, command: &Command, typed: &[OsString]) -> clap::Error {
    let Some(ContextValue::String(shown)) = error.get(ContextKind::InvalidArg) else { return error };
    let name = shown.trim_start_matches('-').split(['[', ' ', '=']).next().unwrap_or_default();
    let variable = find(command, name).filter(|flag| !typed.iter().any(|word| sets(word, flag)));
    let variable = variable.and_then(Arg::get_env).filter(|variable| std::env::var_os(variable).is_some());
    if let Some(variable) = variable {
        let tip = StyledStr::from(format!("{} in the environment says so", variable.to_string_lossy()));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
    error
}

fn find<'a>(command: &'a Command, name: &str) -> Option<&'a Arg> {
    let own = command.get_arguments().find(|flag| flag.get_long() == Some(name));
    own.or_else(|| command.get_subcommands().find_map(|command| find(command, name)))
}

/// Whether this word of the command line sets the flag.
fn sets(word: &OsString, flag: &Arg) -> bool {
    let word = word.to_string_lossy();
    match word.strip_prefix("--") {
        Some(word) => word.split('=').next() == flag.get_long(),
        None => word
            .strip_prefix('-')
            .is_some_and(|word| flag.get_short().is_some_and(|short| word.contains(short))),
    }
}
