//! The flags of the controller, and how they differ from upstream's.

use ::controller::cli::Cli;
use clap::{Arg, CommandFactory as _};
use harness::programs::upstream_flags::{DIFFERENCES, ONLY_OURS};

use super::table::{default, headings, meaning, table, typed};

const INTRODUCTION: &str = "\
# Flags of the controller

What `sealed-secrets-controller --help` prints, and how it relates to upstream's controller.

What the command line does not say, the environment says, and then the default. An environment variable has the name of its flag in
upper case, with `SEALED_SECRETS_` before it. A boolean flag takes its value with `=`, as in `--update-status=false`. With the chart,
most flags are [values](../../charts/sealed-secrets/README.md), and `extraArgs` takes the others.

The last column says *only here* of flags that upstream's controller does not have. All others are upstream's, with the same name and,
but for `--kubeclient-qps` (5 there), the same default. It also says why values are refused that upstream's controller takes.
";

pub(super) fn page() -> String {
    let command = Cli::command();
    let all: Vec<&Arg> = command.get_arguments().filter(|arg| arg.get_long().is_some()).collect();
    let (hidden, shown): (Vec<&Arg>, Vec<&Arg>) = all.into_iter().partition(|arg| arg.is_hide_set());
    let mut page = INTRODUCTION.to_owned();
    for heading in headings(&shown) {
        let flags = shown.iter().filter(|flag| flag.get_help_heading() == heading);
        let rows = flags.map(|flag| {
            let long = flag.get_long().unwrap_or_default();
            [typed(flag), format!("`{}`", variable(long)), default(flag), meaning(flag), upstream(flag, long)]
        });
        let columns = ["flag", "environment", "default", "meaning", "upstream"];
        let heading = heading.unwrap_or("Other");
        page = page + "\n## " + heading + "\n\n" + &table(columns, rows);
    }
    let rows = hidden.iter().map(|flag| [typed(flag), meaning(flag)]);
    page + "\n## Accepted, and without effect\n\n" + &table(["flag", "why"], rows)
}

/// The environment variable of a flag.
fn variable(long: &str) -> String {
    format!("SEALED_SECRETS_{}", long.to_uppercase().replace('-', "_"))
}

/// How upstream's flag differs, if it does.
fn upstream(flag: &Arg, long: &str) -> String {
    let only_ours = ONLY_OURS.contains(&long).then(|| "*only here*".to_owned());
    let old_names = flag.get_all_aliases().unwrap_or_default();
    let old_names = old_names.into_iter().map(|name| format!("`--{name}` is its old name"));
    let refused = DIFFERENCES.iter().filter(|difference| difference.flag == long);
    let refused =
        refused.map(|difference| format!("some values are refused at the start: {}", difference.reason));
    only_ours.into_iter().chain(old_names).chain(refused).collect::<Vec<_>>().join("; ")
}
