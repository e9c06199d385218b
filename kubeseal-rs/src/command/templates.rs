//! `note`: the one line about files that do not parse, because they are templates: a chart has many.

/// As many names as a person reads at once.
const NAMES_SHOWN: usize = 3;

/// Names them, and says what that means; none where there is none.
pub(super) fn note(files: &[String], so: &str) -> Option<String> {
    let shown = files.len().min(NAMES_SHOWN);
    let names = files[..shown].join(", ");
    let more = match files.len() - shown {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let does = if files.len() == 1 { "does" } else { "do" };
    (shown > 0).then(|| format!("{names}{more} {does} not parse, as templates may; {so}"))
}
