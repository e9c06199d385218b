//! The sentences for items that do not open. Names and counts only; never a value.

use crate::unseal::{ItemError, ItemFault};
use std::fmt::Write as _;

/// As many names as a person reads at once; a SealedSecret may have thousands.
const NAMES_SHOWN: usize = 10;

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
    let mut text = names[..shown].join(", ");
    if names.len() > shown {
        // Writing to a String cannot fail.
        let _ = write!(text, " and {} more", names.len() - shown);
    }
    text
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
    }
}
