//! The flags of kubeseal-rs: those without a command, then those of each command.

use clap::{Arg, Command};
use std::fmt::Write as _;

use super::table::{headings, meaning, sentence, table, typed};

const INTRODUCTION: &str = "\
# Flags of kubeseal-rs

What `kubeseal-rs --help`, `kubeseal-rs help COMMAND` and the [man pages](../man) print, with the environment variables.

What the command line does not say, the environment says, and then, about the cluster and its controller, the [project
file](clusters.md#commands-for-one-cluster). An empty value counts as none. A boolean flag is given alone, or with `=`, as in
`--raw=false`; any other flag takes its value behind a space or `=`.

Without a command, the flags are those of upstream's `kubeseal`, and some more: [Migrating](migrating.md) lists the differences. The flags
of a command stand before or behind its name; one that the command does not have is refused.
";

pub(super) fn page() -> String {
    let root = ::kubeseal_rs::command();
    let shared = shown(&root);
    let mut page = INTRODUCTION.to_owned();
    section(&mut page, "Without a command", &shared);
    for command in root.get_subcommands() {
        describe(&mut page, command, &shared);
    }
    page
}

/// One command, and the commands below it. Of flags that mean the same without a command, it has the names alone.
fn describe(page: &mut String, command: &Command, shared: &[&Arg]) {
    if command.is_hide_set() {
        return;
    }
    let name = command.get_bin_name().unwrap_or(command.get_name());
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    // Writing to a String cannot fail.
    let _ = write!(page, "\n## `{name}`\n\n{}\n", sentence(&about));
    let below: Vec<_> = command.get_subcommands().filter(|next| !next.is_hide_set()).collect();
    if below.is_empty() {
        let is_shared = |flag: &&&Arg| shared.iter().any(|other| is_same(flag, other));
        let (known, own): (Vec<&Arg>, Vec<&Arg>) = {
            let flags = shown(command);
            flags.iter().partition(is_shared)
        };
        if !own.is_empty() {
            let _ = write!(page, "\n{}", rows(&own));
        }
        let known: Vec<String> =
            known.iter().filter_map(|flag| flag.get_long()).map(|long| format!("`--{long}`")).collect();
        if !known.is_empty() {
            let _ = write!(page, "\nAnd, as without a command: {}.\n", known.join(", "));
        }
    }
    for next in below {
        describe(page, next, shared);
    }
}

fn section(page: &mut String, title: &str, flags: &[&Arg]) {
    let _ = write!(page, "\n## {title}\n");
    for heading in headings(flags) {
        let of_heading: Vec<&Arg> =
            flags.iter().copied().filter(|flag| flag.get_help_heading() == heading).collect();
        let title = heading.map(|heading| format!("\n### {heading}\n")).unwrap_or_default();
        let _ = write!(page, "{title}\n{}", rows(&of_heading));
    }
}

fn rows(flags: &[&Arg]) -> String {
    let variable =
        |flag: &Arg| flag.get_env().map(|name| format!("`{}`", name.to_string_lossy())).unwrap_or_default();
    let row = |flag: &&Arg| [typed(flag), variable(flag), meaning(flag)];
    table(["flag", "environment", "meaning"], flags.iter().map(row))
}

fn shown(command: &Command) -> Vec<&Arg> {
    command.get_arguments().filter(|arg| !arg.is_hide_set() && arg.get_id() != "help").collect()
}

fn is_same(one: &Arg, other: &Arg) -> bool {
    one.get_long().is_some() && one.get_long() == other.get_long() && meaning(one) == meaning(other)
}
