//! `render`: the clusters as a table for people.

use crate::commands::clusters::list::listing::{Line, Listing};
use crate::terminal::escape::shown_text;
use crate::terminal::paint::Paint;
use crate::terminal::program::name;
use std::fmt::Write as _;

/// Position of the column that only `--check` fills.
const CLUSTER: usize = 4;

const HEAD: [&str; 5] = ["NAME", "KEY", "VALID UNTIL", "TRUSTED", "ON THE CLUSTER"];

/// The whole table, in columns as wide as necessary.
pub(crate) fn render(listing: &Listing, paint: Paint) -> String {
    let columns = if listing.is_checked { HEAD.len() } else { CLUSTER };
    let rows: Vec<[String; 5]> = listing.clusters.iter().map(cells).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([HEAD[column].len()]).max().unwrap_or_default()
    };
    let mut text = String::new();
    let mut push = |row: &[String; 5], paint: &dyn Fn(usize, &str) -> String| {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate().take(columns) {
            line.push_str(&paint(column, cell));
            line.push_str(&" ".repeat(width(column) - cell.chars().count() + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    };
    push(&HEAD.map(str::to_owned), &|_, cell| paint.dim(cell));
    for row in &rows {
        push(row, &|column, cell| match (column, cell) {
            (0, _) => paint.bold(cell),
            (3, "yes") | (CLUSTER, "the same") => paint.good(cell),
            (3, _) | (CLUSTER, "?") => paint.bad(cell),
            _ => cell.to_owned(),
        });
    }
    for line in &listing.clusters {
        for problem in &line.problems {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "\n{}: {}", line.name, shown_text(problem));
        }
    }
    let is_new = |line: &Line| !line.trusted && line.problems.is_empty();
    if !listing.rules.trusted || listing.clusters.iter().any(is_new) {
        let rules = if listing.rules.trusted { "" } else { "The rules are not trusted. " };
        let step = if listing.is_by_list {
            format!(
                "What is trusted is in the list of --trusted; where it was accepted, `{} clusters list --trusted-file` prints the list.",
                name()
            )
        } else {
            format!("`{} clusters trust` shows what is new, and asks.", name())
        };
        let _ = writeln!(text, "\n{rules}{step}");
    }
    text
}

fn cells(line: &Line) -> [String; 5] {
    let short = |text: &str| text.chars().take(12).collect::<String>();
    let key = match (&line.fingerprint, &line.recipient) {
        (Some(fingerprint), _) => short(fingerprint),
        (None, Some(recipient)) => short(recipient) + "…",
        (None, None) => "?".into(),
    };
    let until = line.not_after.map(|time| time.strftime("%Y-%m-%d").to_string());
    let on_the_cluster = match (&line.newest, line.reachable) {
        (Some(newest), _) if line.fingerprint.as_ref() == Some(newest) => "the same".into(),
        (Some(newest), _) => short(newest),
        (None, Some(false)) => "?".into(),
        (None, _) => String::new(),
    };
    [
        line.name.clone(),
        key,
        until.unwrap_or_default(),
        if line.trusted { "yes" } else { "no" }.into(),
        on_the_cluster,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::clusters::list::listing::Rules;
    use crate::project::cluster::Connection;

    fn line(name: &str) -> Line {
        Line {
            name: name.into(),
            certificate: None,
            fingerprint: Some("0123456789abcdef".into()),
            recipient: None,
            not_before: None,
            not_after: Some("2036-01-02T00:00:00Z".parse().unwrap()),
            trusted: true,
            connection: Connection::default(),
            reachable: Some(true),
            newest: Some("0123456789abcdef".into()),
            problems: Vec::new(),
        }
    }

    fn listing(is_checked: bool) -> Listing {
        let newer = Line { newest: Some("fedcba9876543210".into()), ..line("prod-us") };
        let gone = Line {
            fingerprint: None,
            not_after: None,
            trusted: false,
            reachable: Some(false),
            newest: None,
            problems: vec!["cannot read it: no such file or directory".into()],
            ..line("dev")
        };
        let safe = Line {
            fingerprint: None,
            recipient: Some("age1ql3z7hjy54pw3hyww5".into()),
            not_after: None,
            reachable: None,
            newest: None,
            ..line("dr")
        };
        Listing {
            root: "/repo".into(),
            rules: Rules { sha256: "0".repeat(64), trusted: false },
            clusters: vec![line("prod-eu"), newer, gone, safe],
            is_checked,
            is_by_list: false,
        }
    }

    #[test]
    fn every_cluster_is_a_row() {
        let text = render(&listing(true), Paint::none());
        let expected = "\
NAME     KEY            VALID UNTIL  TRUSTED  ON THE CLUSTER
prod-eu  0123456789ab   2036-01-02   yes      the same
prod-us  0123456789ab   2036-01-02   yes      fedcba987654
dev      ?                           no       ?
dr       age1ql3z7hjy…               yes

dev: cannot read it: no such file or directory

The rules are not trusted. `kubeseal-rs clusters trust` shows what is new, and asks.
";
        assert_eq!(text, expected);
        assert!(!render(&listing(false), Paint::none()).contains("CLUSTER"));
        // `clusters trust` adds nothing to the list.
        let by_list = render(&Listing { is_by_list: true, ..listing(false) }, Paint::none());
        assert!(by_list.contains("`kubeseal-rs clusters list --trusted-file` prints the list"), "{by_list}");
        assert!(!by_list.contains("clusters trust"), "{by_list}");
    }
}
