//! `check`: flags of a command must follow it.
//!
//! Decided: refused, instead of merged into the command's own, because most of upstream's flags mean nothing to a
//! command, and a flag that is ignored, such as `--context`, would make it work on another cluster than the user meant.

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

/// Refuses a flag that was typed before a command. Values from the environment count for every command.
pub(crate) fn check(command: &mut Command, matches: &ArgMatches) -> Result<(), clap::Error> {
    let Some(verb) = matches.subcommand_name() else {
        return Ok(());
    };
    let is_typed = |id: &str| {
        matches!(matches.try_contains_id(id), Ok(true))
            && matches.value_source(id) == Some(ValueSource::CommandLine)
    };
    let misplaced = command
        .get_arguments()
        .filter(|argument| !argument.is_global_set() && is_typed(argument.get_id().as_str()))
        .find_map(|argument| argument.get_long().map(str::to_owned));
    match misplaced {
        None => Ok(()),
        Some(flag) => {
            let words =
                format!("--{flag} is before the command; flags of a command follow it: {verb} --{flag} ...");
            Err(command.error(ErrorKind::ArgumentConflict, words))
        }
    }
}
