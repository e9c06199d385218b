//! `render`: the keys as a table for people.

use crate::commands::keys::error::ObjectList;
use crate::commands::keys::list::keeping::{Keeping, Wrapped};
use crate::commands::keys::list::listing::{Line, Listing};
use crate::terminal::escape::shown;
use crate::terminal::paint::Paint;
use crate::terminal::program::name;
use jiff::Timestamp;
use std::fmt::Write as _;

/// Number of columns.
const COLUMNS: usize = 13;

/// Position of the column that is hidden where no files were given.
const FILES: usize = 8;

/// Position of the columns after those that are always shown.
const WIDE: usize = 10;

const HEAD: [&str; COLUMNS] = [
    "FINGERPRINT",
    "STATE",
    "KEPT",
    "CREATED",
    "VALID FROM",
    "VALID UNTIL",
    "BACKED UP",
    "CLUSTER",
    "FILES",
    "SECRET",
    "WRAPPED FOR",
    "SINCE",
    "PROVIDERS",
];

/// The whole table, in columns as wide as necessary; a wide one has those about wrapped keys.
pub(crate) fn render(listing: &Listing, is_wide: bool, paint: Paint) -> String {
    let Listing { server, namespace, keys, unknown, with_files, .. } = listing;
    if keys.is_empty() {
        return format!(
            "There is no sealing key in namespace {namespace} of {}.\nThe controller makes the first one when it starts; `{} keys \
             restore FILE` restores a backup. Is it in another namespace (--controller-namespace), or on another cluster (--context)?\n",
            shown(server),
            name()
        );
    }
    let is_shown = |column: usize| (column != FILES || *with_files) && (column < WIDE || is_wide);
    let rows: Vec<[String; COLUMNS]> = keys.iter().map(cells).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([HEAD[column].len()]).max().unwrap_or_default()
    };
    let mut text = String::new();
    let mut push = |row: &[String], paint: &dyn Fn(usize, &str) -> String| {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate().filter(|(column, _)| is_shown(*column)) {
            let padding = " ".repeat(width(column) - cell.chars().count() + 2);
            line.push_str(&paint(column, cell));
            line.push_str(&padding);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    };
    push(&HEAD.map(str::to_owned), &|_, cell| paint.dim(cell));
    for (row, key) in rows.iter().zip(keys) {
        push(row, &|column, cell| match (column, key.state) {
            (0, _) => paint.bold(cell),
            (1, "active") => paint.good(cell),
            (1, "compromised" | "unusable") => paint.bad(cell),
            _ => cell.to_owned(),
        });
    }
    for key in keys {
        if let (Some(problem), "unusable") = (&key.problem, key.state) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "\nSecret {namespace}/{} is unusable: {problem}", shown(&key.secret));
        }
    }
    if !unknown.is_empty() {
        let count = unknown.len();
        let noun = if count == 1 { "SealedSecret does" } else { "SealedSecrets do" };
        let _ = writeln!(
            text,
            "\n{count} {noun} not say which key opened it, and may need any of these:{}",
            ObjectList(unknown.iter().map(|location| shown(location)).collect())
        );
    }
    text
}

fn cells(key: &Line) -> [String; COLUMNS] {
    let fingerprint = key.fingerprint.as_deref().map(|text| text.chars().take(12).collect());
    let state = if key.newest { format!("{}, newest", key.state) } else { key.state.to_owned() };
    let wrapped = key.kept.as_ref().and_then(|kept| kept.wrapped.as_ref());
    let of_wrapped = |text: &dyn Fn(&Wrapped) -> String| wrapped.map_or_else(|| "-".to_owned(), text);
    let count = |count: Option<usize>| count.map_or_else(|| "?".to_owned(), |count| count.to_string());
    [
        fingerprint.unwrap_or_else(|| "?".into()),
        state,
        key.kept.as_ref().map_or_else(|| "?".into(), Keeping::cell),
        date(key.created),
        date(key.not_before),
        date(key.not_after),
        key.backed_up.map_or_else(|| "no".to_owned(), |time| date(Some(time))),
        count(key.cluster),
        count(key.files),
        shown(&key.secret),
        of_wrapped(&|wrapped| wrapped.cluster_name.clone()),
        of_wrapped(&|wrapped| wrapped.since.to_string()),
        of_wrapped(&Wrapped::uris),
    ]
}

fn date(time: Option<Timestamp>) -> String {
    time.map_or_else(|| "?".to_owned(), |time| time.strftime("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests;
