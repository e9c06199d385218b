//! Files that do not parse because they are templates, as the files of a chart are. `note` makes one line about them, `hint` says what
//! to do with those that hold SealedSecrets.

use crate::manifest::text_scan::names_kind;
use crate::terminal::program::name;
use yaml_edit_in_place::split::documents;

/// As many names as a person reads at once.
const NAMES_SHOWN: usize = 3;

/// Names them, and says what that means; none where there is none.
pub(crate) fn note(files: &[String], so: &str) -> Option<String> {
    let shown = files.len().min(NAMES_SHOWN);
    let names = files[..shown].join(", ");
    let more = match files.len() - shown {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let does = if files.len() == 1 { "does" } else { "do" };
    (shown > 0).then(|| format!("{names}{more} {does} not parse, as templates may; {so}"))
}

/// What to do with a template in which something is sealed.
pub(crate) fn hint() -> String {
    format!(
        "a template is not resealed where it is: seal its values anew with `{0} --raw`, or render it (`helm template CHART > \
         rendered.yaml`), `{0} reseal rendered.yaml`, and copy the items into it",
        name()
    )
}

/// Whether the document that this line is in looks like a template.
pub(crate) fn is_template(text: &str, line: usize) -> bool {
    let document = documents(text).into_iter().rfind(|document| document.first_line <= line);
    document.is_some_and(|document| document.text.contains("{{"))
}

/// Whether something is sealed in a text that does not parse, as far as can be told.
pub(crate) fn seals(text: &str) -> bool {
    names_kind(text, &["SealedSecret", "SealedSecretList"])
}
