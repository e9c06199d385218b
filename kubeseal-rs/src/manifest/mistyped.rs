//! `meant`: the field of a Secret that may have been meant where another name was typed.
//!
//! Decided: only what is close to a name is refused, because upstream ignores unknown fields, and files are about that
//! keep their anchors in some. What is in a mistyped `stringData` would be lost without a word.

use crate::manifest::secret::FIELDS;

/// A field of a `ConfigMap`, whose others are called as those of a Secret.
const OF_CONFIG_MAP: &str = "binaryData";

/// None for a field of its own.
pub(crate) fn meant(name: &str) -> Option<&'static str> {
    if FIELDS.contains(&name) {
        return None;
    }
    if name == OF_CONFIG_MAP {
        return Some("data");
    }
    // A letter in four, so that short names do not catch everything.
    let close = FIELDS.iter().filter(|field| **field != "items").map(|field| (distance(name, field), *field));
    close.filter(|(distance, field)| *distance <= field.len() / 4).min().map(|(_, field)| field)
}

/// How many letters were added, left out or taken for another.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, c) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for j in 0..b.len() {
            let replaced = diagonal + usize::from(b[j] != c);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_close_to_a_name_is_meant_for_it() {
        for (name, field) in [
            ("stringDatas", "stringData"),
            ("strngData", "stringData"),
            ("string_data", "stringData"),
            ("metadat", "metadata"),
            ("datas", "data"),
            ("typ", "type"),
            ("binaryData", "data"),
        ] {
            assert_eq!(meant(name), Some(field), "{name}");
        }
        for name in [
            "stringData",
            "spec",
            "status",
            "x-common",
            "one",
            "two",
            "templateData",
            "sops",
            "item",
            "",
            "a",
        ] {
            assert_eq!(meant(name), None, "{name}");
        }
    }
}
