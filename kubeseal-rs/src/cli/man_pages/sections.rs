//! The sections of a page that `clap_mangen` does not render.

use crate::cli::man_pages::places::{FILES, Place, VARIABLES};
use clap::{Arg, Command};
use clap_mangen::roff::{Roff, bold, italic, roman};

/// The exit codes of every command, but for `DIFFERENT`.
const EXIT_STATUS: [(&str, &str); 6] = [
    ("0", "Done."),
    ("1", "It failed, or a check found what it looks for. Standard error says what."),
    ("2", "The command line is wrong."),
    ("130", "Interrupted, as with Ctrl-C (SIGINT)."),
    ("141", "The reader of standard output closed it, as if by SIGPIPE."),
    ("143", "Ended by SIGTERM."),
];

/// What two of them say of `diff`.
const DIFFERENT: [(&str, &str); 2] =
    [("1", "Something is different."), ("2", "The files cannot be compared, or the command line is wrong.")];

pub(crate) fn exit_status(roff: &mut Roff, command: &Command) {
    roff.control("SH", ["EXIT STATUS"]);
    let own = if command.get_name().ends_with("diff") { &DIFFERENT[..] } else { &[] };
    for (code, meaning) in EXIT_STATUS {
        let own = own.iter().find(|(own, _)| *own == code);
        item(roff, code, own.map_or(meaning, |(_, meaning)| meaning));
    }
}

/// The variables of the flags, then the others.
pub(crate) fn environment(roff: &mut Roff, command: &Command) {
    roff.control("SH", ["ENVIRONMENT"]);
    roff.text([roman(
        "A flag on the command line comes before its variable; an empty variable counts as none.",
    )]);
    for flag in command.get_arguments().filter(|flag| !flag.is_hide_set()) {
        if let (Some(variable), Some(long)) = (flag.get_env(), flag.get_long()) {
            let value = if Arg::is_require_equals_set(flag) { " (true or false)" } else { "" };
            item(roff, &variable.to_string_lossy(), &format!("The value of --{long}{value}."));
        }
    }
    used(roff, &VARIABLES, command);
}

/// The files that the command uses without being told to.
pub(crate) fn files(roff: &mut Roff, command: &Command) {
    if FILES.iter().any(|file| file.is_used_by(command)) {
        roff.control("SH", ["FILES"]);
        used(roff, &FILES, command);
    }
}

fn used(roff: &mut Roff, places: &[Place], command: &Command) {
    for place in places.iter().filter(|place| place.is_used_by(command)) {
        item(roff, place.name, place.meaning);
    }
}

fn item(roff: &mut Roff, name: &str, meaning: &str) {
    roff.control("TP", []);
    roff.text([bold(name)]);
    roff.text([roman(meaning)]);
}

/// The examples of the command's help, and the text after them. Indented lines are commands, to be shown as they are.
pub(crate) fn examples(roff: &mut Roff, command: &Command) {
    let help = command.get_after_long_help().or(command.get_after_help());
    let Some(help) = help.map(ToString::to_string) else { return };
    roff.control("SH", ["EXAMPLES"]);
    let mut is_literal = false;
    let mut begins = false;
    for line in help.trim().lines().filter(|line| line.trim() != "Examples:") {
        let indented = line.starts_with(' ');
        if line.trim().is_empty() {
            begins = true;
            continue;
        }
        if is_literal && !indented {
            roff.control("fi", []).control("RE", []);
        }
        if begins && !(is_literal && indented) {
            roff.control("PP", []);
        }
        if indented && !is_literal {
            roff.control("RS", ["4"]).control("nf", []);
        } else if indented && begins {
            roff.control("sp", []);
        }
        roff.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
        (is_literal, begins) = (indented, false);
    }
    if is_literal {
        roff.control("fi", []).control("RE", []);
    }
}

pub(crate) fn see_also<'a>(roff: &mut Roff, pages: impl Iterator<Item = &'a str>) {
    roff.control("SH", ["SEE ALSO"]);
    let pages: Vec<&str> = pages.collect();
    for (index, page) in pages.iter().enumerate() {
        let end = if index + 1 < pages.len() { "(1)," } else { "(1)" };
        roff.text([italic(*page), roman(end)]);
    }
}
