//! Flags as rows of a table.

use std::collections::BTreeSet;

use clap::{Arg, ArgAction};

/// A flag as a person types it, such as `-f`, `--secret-file FILE` or `--raw[=BOOL]`; an argument without a name as its value.
pub(super) fn typed(arg: &Arg) -> String {
    let names: Vec<_> = arg.get_value_names().unwrap_or_default().iter().map(ToString::to_string).collect();
    let value = names.join(" ");
    let Some(long) = arg.get_long() else { return format!("`{value}`") };
    // A boolean may take one, whatever its action.
    let value = if arg.is_require_equals_set() {
        format!("[={value}]")
    } else if matches!(arg.get_action(), ArgAction::Set | ArgAction::Append) {
        format!(" {value}")
    } else {
        String::new()
    };
    let short = arg.get_short().map(|short| format!("`-{short}`, ")).unwrap_or_default();
    format!("{short}`--{long}{value}`")
}

/// What it means, as `--help` says it.
pub(super) fn meaning(arg: &Arg) -> String {
    let help = arg.get_long_help().or(arg.get_help()).map(ToString::to_string).unwrap_or_default();
    sentence(&help)
}

/// The default, where there is one.
pub(super) fn default(arg: &Arg) -> String {
    let values = arg.get_default_values().iter().filter(|value| !value.is_empty());
    let values: Vec<_> = values.map(|value| format!("`{}`", value.to_string_lossy())).collect();
    values.join(", ")
}

/// With a full stop, which clap takes off.
pub(super) fn sentence(text: &str) -> String {
    let end = if text.is_empty() || text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{text}{end}")
}

/// The headings of these flags, in the order of their first flag.
pub(super) fn headings<'a>(flags: &[&'a Arg]) -> Vec<Option<&'a str>> {
    let mut seen = BTreeSet::new();
    flags.iter().map(|flag| flag.get_help_heading()).filter(|heading| seen.insert(*heading)).collect()
}

/// A table with these columns.
pub(super) fn table<const N: usize>(
    columns: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let row = |cells: [String; N]| {
        let cells = cells.map(|cell| cell.replace('\n', " ").replace('|', "\\|"));
        format!("| {} |\n", cells.join(" | "))
    };
    let head = row(columns.map(str::to_owned));
    let rule = format!("|{}\n", "---|".repeat(N));
    rows.into_iter().map(row).fold(head + &rule, |text, row| text + &row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_written_as_they_are_typed() {
        let file =
            Arg::new("f").short('f').long("file").value_name("FILE").default_value("a|b").help("Read it");
        assert_eq!(
            (typed(&file), default(&file), meaning(&file)),
            ("`-f`, `--file FILE`".into(), "`a|b`".into(), "Read it.".into())
        );
        let raw = Arg::new("raw").long("raw").value_name("BOOL").num_args(0..=1).require_equals(true);
        assert_eq!(typed(&raw), "`--raw[=BOOL]`");
        assert_eq!(table(["a"], [["b|c".to_owned()]]), "| a |\n|---|\n| b\\|c |\n");
    }
}
