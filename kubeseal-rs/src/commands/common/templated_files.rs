//! Files that do not parse because they are templates, as the files of a chart. `note` makes a line about them, `hint`
//! says what to do with those that hold SealedSecrets.

use crate::manifest::unparsed::text_scan::names_kind;
use crate::terminal::program::name;
use std::path::Path;
use yaml_edit_in_place::split::documents;

/// Number of names in a message.
const NAMES_SHOWN: usize = 3;

/// The line about these files: their names, and `so`, what that means. None if there are no files.
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

/// What to do with a template that holds sealed values.
pub(crate) fn hint() -> String {
    format!(
        "a template is not resealed where it is: seal its values anew with `{0} --raw`, or render it (`helm template CHART > \
         rendered.yaml`), `{0} reseal rendered.yaml`, and copy the items into it",
        name()
    )
}

/// Whether the document of this line looks like a template.
pub(crate) fn is_template(text: &str, line: usize) -> bool {
    let document = documents(text).into_iter().rfind(|document| document.first_line <= line);
    document.is_some_and(|document| document.text.contains("{{"))
}

/// Whether the file is a template of a Helm chart: below `templates`, beside a `Chart.yaml`.
pub(crate) fn is_of_a_chart(file: &Path) -> bool {
    let mut folders = file.ancestors().skip(1);
    folders.any(|folder| folder.ends_with("templates") && folder.with_file_name("Chart.yaml").is_file())
}

/// Whether a text that does not parse seems to hold sealed values.
pub(crate) fn seals(text: &str) -> bool {
    names_kind(text, &["SealedSecret", "SealedSecretList"])
}
