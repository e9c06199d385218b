//! The sentences for items that do not open. Names and counts only; never a value.

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

fn list(names: &[&str]) -> String {
    let shown = names.len().min(NAMES_SHOWN);
    let shown_names: Vec<String> = names[..shown].iter().map(|name| cut(name)).collect();
    let mut text = shown_names.join(", ");
    if names.len() > shown {
        // Writing to a String cannot fail.
        let _ = write!(text, " and {} more", names.len() - shown);
    }
    text
}

fn cut(name: &str) -> String {
    match name.char_indices().nth(NAME_LENGTH) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
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
