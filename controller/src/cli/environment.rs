//! The environment: every flag also has a variable, which counts where the command line says nothing.

use clap::builder::{OsStr, ValueRange};
use clap::{Arg, Command};
use std::any::TypeId;
use std::ffi::OsString;

/// A variable whose text its flag cannot take.
///
/// Upstream's controller takes such a variable for zero: false, or a key that is never renewed, without a word. Decided: a
/// boolean is false here too, because `""` and `no` mean that; a number or duration counts as not set, because an
/// unreadable text is no wish for zero. Neither stops the controller, and both are told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its name.
    pub variable: String,
    /// What it counts as.
    pub counts_as: CountsAs,
}

/// What an unreadable variable counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountsAs {
    /// `false`.
    False,
    /// Not set.
    Unset,
}

/// Makes each flag's variable its default.
pub(crate) fn behind(
    command: Command,
    variable: impl Fn(&str) -> Option<OsString>,
) -> (Command, Vec<Unreadable>) {
    let trial = command.clone();
    let mut unreadable = Vec::new();
    let command = command.mut_args(|arg| match said(&arg, &trial, &variable, &mut unreadable) {
        Some(value) => arg.default_value(OsStr::from(value)),
        None => arg,
    });
    (command, unreadable)
}

/// What the variables of a flag say: that of an old name before that of the flag itself, as with upstream's controller.
fn said(
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

/// A flag without a default is neither on nor off as long as it is not given.
fn counts_as(arg: &Arg) -> CountsAs {
    let is_boolean = arg.get_value_parser().type_id() == TypeId::of::<bool>();
    if is_boolean && !arg.get_default_values().is_empty() { CountsAs::False } else { CountsAs::Unset }
}

/// Lets a flag take the next argument whatever it begins with, as in `--kubeclient-qps -1`.
pub(crate) fn any_next_argument(command: Command) -> Command {
    command.mut_args(|arg| {
        let takes_one = arg.get_num_args().is_none_or(|count| count == ValueRange::SINGLE);
        let takes_one = takes_one && arg.get_action().takes_values() && !arg.is_positional();
        if takes_one { arg.allow_hyphen_values(true) } else { arg }
    })
}
