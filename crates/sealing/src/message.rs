//! The sentences for items that do not open and templates that do not render. Names and counts; never a value.

use crate::templates::BadTemplate;
use crate::unseal::{ItemError, ItemFault};
use std::fmt::Write as _;

/// As many names as a person reads at once; a SealedSecret may have thousands.
const NAMES_SHOWN: usize = 10;

/// As much of a name as a person needs; the API server lets a SealedSecret have keys of any length.
const NAME_LENGTH: usize = 64;

/// All faulty items in one sentence per kind of fault.
pub(crate) fn faulty_items(errors: &[ItemError]) -> String {
    let mut faults: Vec<ItemFault> = Vec::new();
    for error in errors {
        if !faults.contains(&error.fault) {
            faults.push(error.fault);
        }
    }
    let sentences: Vec<String> = faults
        .into_iter()
        .map(|fault| {
            let names: Vec<&str> =
                errors.iter().filter(|error| error.fault == fault).map(|error| error.key.as_str()).collect();
            format!("{}: {fault}", list(&names))
        })
        .collect();
    sentences.join("; ")
}

/// As much of what is wrong with one template as a person needs; it may quote the template, which is as long as it likes.
const TEMPLATE_LENGTH: usize = 300;

/// The items that do not open, then a sentence for each faulty template.
pub(crate) fn faulty_templates(items: &[ItemError], templates: &[BadTemplate]) -> String {
    let mut sentences = Vec::new();
    if !items.is_empty() {
        sentences.push(faulty_items(items));
    }
    let mut not_rendered = Vec::new();
    let mut faulty = 0_usize;
    for template in templates {
        match template {
            BadTemplate::NotRendered(name) => not_rendered.push(name.as_str()),
            BadTemplate::Faulty(error) => {
                faulty += 1;
                if faulty <= NAMES_SHOWN {
                    let name = cut(&error.template, NAME_LENGTH);
                    let fault = cut(&error.fault.to_string(), TEMPLATE_LENGTH);
                    sentences.push(format!("template {name:?}, line {}: {fault}", error.line));
                }
            }
        }
    }
    if faulty > NAMES_SHOWN {
        sentences.push(format!("{} more templates do not render", faulty - NAMES_SHOWN));
    }
    if !not_rendered.is_empty() {
        let names = list(&not_rendered);
        sentences.push(format!(
            "{names}: not rendered, because those before have spent what all may cost together"
        ));
    }
    sentences.join("; ")
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

    fn error(key: &str, fault: ItemFault) -> ItemError {
        ItemError { key: key.into(), fault }
    }

    #[test]
    fn groups_by_fault() {
        let errors = [
            error("a", ItemFault::NotBase64),
            error("b", ItemFault::Truncated),
            error("c", ItemFault::NotBase64),
        ];
        assert_eq!(
            faulty_items(&errors),
            format!("a, c: {}; b: {}", ItemFault::NotBase64, ItemFault::Truncated)
        );
    }

    #[test]
    fn stays_readable_with_many_items() {
        let errors: Vec<_> = (0..300).map(|n| error(&format!("k{n}"), ItemFault::NotBase64)).collect();
        let text = faulty_items(&errors);
        assert!(text.contains("k9 and 290 more"), "{text}");
        assert!(text.len() < 300, "{text}");
        let long = faulty_items(&[error(&"k".repeat(600_000), ItemFault::NotBase64)]);
        assert!(long.len() < 300, "{}", long.len());
    }
}
