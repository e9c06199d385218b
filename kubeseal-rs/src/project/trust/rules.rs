//! The rules as trust sees them: their digest, and what changed in them.

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// SHA-256 over the normalised rules, each with a line end.
pub(crate) fn digest(rules: &[String]) -> String {
    let mut hash = Sha256::new();
    for rule in rules {
        hash.update(rule.as_bytes());
        hash.update(b"\n");
    }
    let mut text = String::new();
    for byte in hash.finalize() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The rules with `+` before those that are new, and `-` before those that are gone.
pub(crate) fn differences(before: &[String], after: &[String]) -> Vec<String> {
    // How many rules the rest of both lists have in common, in order.
    let mut common = vec![vec![0_usize; after.len() + 1]; before.len() + 1];
    for (one, old) in before.iter().enumerate().rev() {
        for (other, new) in after.iter().enumerate().rev() {
            common[one][other] = if old == new {
                common[one + 1][other + 1] + 1
            } else {
                common[one + 1][other].max(common[one][other + 1])
            };
        }
    }
    let (mut one, mut other) = (0, 0);
    let mut lines = Vec::new();
    while one < before.len() || other < after.len() {
        if one < before.len() && other < after.len() && before[one] == after[other] {
            lines.push(format!("  {}", after[other]));
            (one, other) = (one + 1, other + 1);
        } else if one < before.len()
            && (other == after.len() || common[one + 1][other] >= common[one][other + 1])
        {
            lines.push(format!("- {}", before[one]));
            one += 1;
        } else {
            lines.push(format!("+ {}", after[other]));
            other += 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_digest_depends_on_the_order_and_on_where_rules_end() {
        let digests = ["a b", "b a", "ab", "a", ""].map(|text| digest(&rules(text)));
        for (index, one) in digests.iter().enumerate() {
            assert!(digests[index + 1..].iter().all(|other| other != one) && one.len() == 64);
        }
        // `printf 'a\nb\n' | sha256sum`
        assert_eq!(digests[0], "911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2");
    }

    #[test]
    fn a_rule_that_was_put_in_front_is_seen() {
        for (before, after, expected) in [
            ("a b", "x a b", "+ x,  a,  b"),
            ("a b c", "a c", "  a,- b,  c"),
            ("a b", "b a", "- a,  b,+ a"),
            ("", "a", "+ a"),
            ("a", "", "- a"),
            ("a b", "a x", "  a,- b,+ x"),
        ] {
            assert_eq!(differences(&rules(before), &rules(after)).join(","), expected, "{before} {after}");
        }
    }
}
