//! The sentences for items that do not open and templates that do not render. Names and counts; never a value.

use crate::item_error::{BadTemplate, ItemError, ItemErrorKind};
use api::annotations::RECIPIENTS;
use std::fmt::Write as _;
use template::{Shown, TemplateError};

/// The most names that a message lists. A SealedSecret may have thousands.
const NAMES_SHOWN: usize = 10;

/// The most characters of a name that a message shows. The keys of a SealedSecret may have any length.
const NAME_LENGTH: usize = 64;

/// One sentence for each kind of error, with the names of its items.
pub(crate) fn faulty_items(errors: &[ItemError]) -> String {
    let mut kinds: Vec<&ItemErrorKind> = Vec::new();
    for error in errors {
        if !kinds.contains(&&error.kind) {
            kinds.push(&error.kind);
        }
    }
    let sentences: Vec<String> = kinds
        .into_iter()
        .map(|kind| {
            let names: Vec<&str> =
                errors.iter().filter(|error| error.kind == *kind).map(|error| error.key.as_str()).collect();
            faulty(kind, &list(&names))
        })
        .collect();
    sentences.join("; ")
}

/// Upstream's words for an item that does not open.
const NO_KEY: &str = "no key could decrypt secret";

/// What is wrong with these items: upstream's words and the items, by which logs and alerts are searched, then the likely cause.
pub(crate) fn faulty(kind: &ItemErrorKind, names: &str) -> String {
    match kind {
        ItemErrorKind::NotBase64 => {
            format!("illegal base64 data ({names}): kubeseal writes base64, and this is something else")
        }
        ItemErrorKind::Truncated => {
            format!("{NO_KEY} ({names}): cut off; a part of what kubeseal wrote is missing")
        }
        ItemErrorKind::NotTried => format!(
            "not tried ({names}): too many before it do not open, or open only with keys that are tried late"
        ),
        ItemErrorKind::NoKeyOpens(diagnosis) => format!("{NO_KEY} ({names}): {diagnosis}"),
        ItemErrorKind::EntryOutdated { sealed_to } => {
            let key = sealed_to.map_or_else(|| "unknown".into(), |key| key.short());
            format!(
                "{NO_KEY} ({names}): changed by a program that does not know the annotation {RECIPIENTS}, so that it is sealed to one \
                 certificate only ({key}); seal it again for all its clusters"
            )
        }
        ItemErrorKind::NotCommitted => format!(
            "{NO_KEY} ({names}): it opens with another session key than the annotation {RECIPIENTS} commits to, as if it was made to \
             have another value in each cluster; seal it again"
        ),
        ItemErrorKind::EntriesNotTried => format!(
            "{NO_KEY} ({names}): the annotation {RECIPIENTS} names keys of this cluster so often that not all were tried; seal it again"
        ),
        ItemErrorKind::BadRecipients(error) => format!(
            "{NO_KEY} ({names}): the annotation {RECIPIENTS} cannot be read, because {}; seal it again for all its clusters",
            cut(&error.to_string(), TEMPLATE_LENGTH)
        ),
    }
}

/// The most characters of one template's error in a message. The error may show the template, which may have any
/// length.
const TEMPLATE_LENGTH: usize = 300;

/// The message if templates do not render with the values: one sentence for all of them. Which of many templates
/// failed, and how, would reveal as many bits of the values as there are templates.
pub const DO_NOT_RENDER: &str = "the templates in spec.template.data do not give a Secret with these values, or not within \
                                        their bounds; the controller's log says which, and why";

/// The items that do not open, then the faulty templates, as a status may show them: a sentence for each text that cannot be read, and
/// one for all that were read and do not render. [`TemplateError`] says why.
pub(crate) fn faulty_templates(items: &[ItemError], templates: &[BadTemplate]) -> String {
    if depend_on_values(templates) {
        return DO_NOT_RENDER.into();
    }
    faulty_templates_in_full(items, templates)
}

/// Whether these were read, and failed while they were rendered. Templates are only rendered once all of them were read, and
/// every item opened.
pub(crate) fn depend_on_values(templates: &[BadTemplate]) -> bool {
    templates.iter().any(
        |template| matches!(template, BadTemplate::Faulty(error) if error.shown() == Shown::DoesNotRender),
    )
}

/// The items that do not open, then the faulty templates, with the line and cause of each: for the controller's log, and for users who
/// have the private keys.
pub(crate) fn faulty_templates_in_full(items: &[ItemError], templates: &[BadTemplate]) -> String {
    let mut sentences = Vec::new();
    if !items.is_empty() {
        sentences.push(faulty_items(items));
    }
    let faulty = templates.iter().filter_map(|template| match template {
        BadTemplate::Faulty(error) => Some(error),
        BadTemplate::NotRendered(_) => None,
    });
    sentences.extend(faulty.clone().take(NAMES_SHOWN).map(described));
    if let more @ 1.. = faulty.count().saturating_sub(NAMES_SHOWN) {
        sentences.push(format!("{more} more templates do not render"));
    }
    let names: Vec<&str> = templates
        .iter()
        .filter_map(|template| match template {
            BadTemplate::NotRendered(name) => Some(name.as_str()),
            BadTemplate::Faulty(_) => None,
        })
        .collect();
    if !names.is_empty() {
        sentences.push(format!(
            "{}: not rendered, because those before have spent what all may cost together",
            list(&names)
        ));
    }
    sentences.join("; ")
}

fn described(error: &TemplateError) -> String {
    let detail = error.detail();
    let (name, cause) = (cut(error.template(), NAME_LENGTH), cut(&detail.cause.to_string(), TEMPLATE_LENGTH));
    format!("template {name:?}, line {}: {cause}", detail.line)
}

fn list(names: &[&str]) -> String {
    let shown = names.len().min(NAMES_SHOWN);
    let shown_names: Vec<String> = names[..shown].iter().map(|name| cut(name, NAME_LENGTH)).collect();
    let mut text = shown_names.join(", ");
    if names.len() > shown {
        // Writing to a String cannot fail.
        let _ = write!(text, " and {} more", names.len() - shown);
    }
    text
}

fn cut(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item_error::diagnosis::Diagnosis;
    use crate::item_error::scope_change::ScopeChange;
    use template::{Limits, Outside, Renderer, Values};

    /// What a template gives that sees the value `v`.
    fn faulty(name: &str, text: &str) -> BadTemplate {
        let mut values = Values::new();
        values.insert("v", b"value".to_vec().into());
        let mut fill = |bytes: &mut [u8]| bytes.fill(7);
        let outside = Outside { now: "2026-02-03T04:05:06Z".parse().unwrap(), random: &mut fill };
        BadTemplate::Faulty(
            Renderer::new(&values, Limits::default()).render(name, text, outside).unwrap_err(),
        )
    }

    /// The message does not depend on how many templates fail, or how: each failure would answer a question of the
    /// template's author about the values.
    #[test]
    fn templates_that_do_not_render_have_a_short_and_a_full_message() {
        let failing = [faulty("a", "\n{{ fail \"no\" }}"), faulty("d", "{{ fail .v }}")];
        let endless = [faulty("c", "{{ range 9999999 }}{{ end }}"), BadTemplate::NotRendered("e".into())];
        for templates in [&failing[..1], &failing[..], &endless[..1], &endless[..]] {
            assert_eq!(faulty_templates(&[], templates), DO_NOT_RENDER);
        }
        let full = faulty_templates_in_full(&[], &failing);
        assert!(full.starts_with("template \"a\", line 2: fail: no; template \"d\", line 1: fail"), "{full}");
        let full = faulty_templates_in_full(&[], &endless);
        assert!(full.contains("\"c\", line 1: limit reached: the templates take more than"), "{full}");
        assert!(full.contains("; e: not rendered, because those before have spent"), "{full}");
    }

    #[test]
    fn syntax_errors_of_templates_are_reported_beside_the_items() {
        let items = [error("i", ItemErrorKind::NotBase64)];
        assert_eq!(
            faulty_templates(&items, &[faulty("b", "{{ .v")]),
            "illegal base64 data (i): kubeseal writes base64, and this is something else; template \"b\", line 1: unclosed action"
        );
    }

    #[test]
    fn stays_readable_with_many_templates() {
        let failing: Vec<_> = (0..300).map(|n| faulty(&format!("t{n}"), "{{ fail .v }}")).collect();
        let full = faulty_templates_in_full(&[], &failing);
        assert!(full.contains("290 more templates do not render") && full.len() < 2000, "{full}");
    }

    fn error(key: &str, kind: ItemErrorKind) -> ItemError {
        ItemError { key: key.into(), kind }
    }

    /// Upstream's own words and form, `WORDS (ITEMS)`, which scripts match.
    #[test]
    fn every_sentence_begins_with_upstreams_words() {
        let change = ScopeChange { add: None, remove: vec!["x"] };
        let scope = Diagnosis::OtherScope { sealed: api::Scope::ClusterWide, change };
        for diagnosis in [Diagnosis::Unclear(None), Diagnosis::Revoked, scope] {
            let kind = ItemErrorKind::NoKeyOpens(diagnosis);
            let text = faulty_items(&[error("b", kind.clone()), error("a", kind)]);
            assert!(text.starts_with("no key could decrypt secret (b, a): sealed "), "{text}");
        }
        let kind = ItemErrorKind::NoKeyOpens(Diagnosis::Unclear(None));
        let whole = crate::UnsealError::DeprecatedItem(kind).to_string();
        assert!(whole.starts_with("no key could decrypt secret (spec.data): "), "{whole}");
    }

    #[test]
    fn groups_by_fault() {
        let errors = [
            error("a", ItemErrorKind::NotBase64),
            error("b", ItemErrorKind::Truncated),
            error("c", ItemErrorKind::NotBase64),
        ];
        assert_eq!(
            faulty_items(&errors),
            "illegal base64 data (a, c): kubeseal writes base64, and this is something else; no key could decrypt secret (b): cut \
             off; a part of what kubeseal wrote is missing"
        );
    }

    #[test]
    fn stays_readable_with_many_items() {
        let errors: Vec<_> = (0..300).map(|n| error(&format!("k{n}"), ItemErrorKind::NotBase64)).collect();
        let text = faulty_items(&errors);
        assert!(text.contains("k9 and 290 more"), "{text}");
        assert!(text.len() < 300, "{text}");
        let long = faulty_items(&[error(&"k".repeat(600_000), ItemErrorKind::NotBase64)]);
        assert!(long.len() < 300, "{}", long.len());
    }
}
