//! The environment: every flag also has a variable, which is read where the flag is not on the command line.

use crate::cli::go_value::is_boolean;
use clap::builder::{OsStr, ValueRange};
use clap::{Arg, Command};
use std::ffi::OsString;

/// A variable whose value its flag does not accept.
///
/// Upstream's controller reads such a variable as zero: false, or a key that is never renewed, and logs nothing. Decided: a boolean
/// is false here too, because `""` and `no` mean that; a number or duration counts as not set, because an unreadable text does not
/// ask for zero. The controller starts in both cases, and logs a warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub variable: String,
    pub counts_as: CountsAs,
}

/// What an unreadable variable counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CountsAs {
    False,
    Unset,
}

/// Makes each flag's variable its default.
pub(crate) fn behind(
    command: Command,
    variable: impl Fn(&str) -> Option<OsString>,
) -> (Command, Vec<Unreadable>) {
    let trial = command.clone();
    let mut unreadable = Vec::new();
    let command = command.mut_args(|arg| match value_of(&arg, &trial, &variable, &mut unreadable) {
        Some(value) => arg.default_value(OsStr::from(value)),
        None => arg,
    });
    (command, unreadable)
}

/// The value of a flag in the environment. The variable of an old name comes before that of the flag itself, as with upstream's
/// controller.
fn value_of(
    arg: &Arg,
    trial: &Command,
    variable: impl Fn(&str) -> Option<OsString>,
    unreadable: &mut Vec<Unreadable>,
) -> Option<OsString> {
    let flag = arg.get_long()?;
    let old_names = arg.get_all_aliases().unwrap_or_default();
    for name in old_names.into_iter().chain([flag]).map(name) {
        let Some(value) = variable(&name) else { continue };
        if takes(trial, flag, &value) {
            return Some(value);
        }
        let counts_as = counts_as(arg);
        unreadable.push(Unreadable { variable: name, counts_as });
        if counts_as == CountsAs::False {
            return Some("false".into());
        }
    }
    None
}

/// The variable of a flag.
pub(crate) fn name(flag: &str) -> String {
    format!("SEALED_SECRETS_{}", flag.to_uppercase().replace('-', "_"))
}

fn takes(trial: &Command, flag: &str, value: &std::ffi::OsStr) -> bool {
    let mut argument = OsString::from(format!("--{flag}="));
    argument.push(value);
    trial.clone().try_get_matches_from([OsString::new(), argument]).is_ok()
}

/// A boolean flag without a default is neither true nor false where it is not given.
fn counts_as(arg: &Arg) -> CountsAs {
    if is_boolean(arg) && !arg.get_default_values().is_empty() { CountsAs::False } else { CountsAs::Unset }
}

/// Lets a flag take the next argument even where it begins with `-`, as in `--kubeclient-qps -1`.
pub(crate) fn any_next_argument(command: Command) -> Command {
    command.mut_args(|arg| {
        let takes_one = arg.get_num_args().is_none_or(|count| count == ValueRange::SINGLE);
        let takes_one = takes_one && arg.get_action().takes_values() && !arg.is_positional();
        if takes_one { arg.allow_hyphen_values(true) } else { arg }
    })
}
