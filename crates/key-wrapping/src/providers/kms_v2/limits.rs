//! What a plugin may answer, as the API server limits it. A slot that a plugin gave keeps these limits too.

use std::collections::BTreeMap;

/// The longest ciphertext, and the longest `key_id`, in bytes.
const LONGEST: usize = 1_024;

/// The most bytes of all annotations together, with their names.
const ANNOTATIONS_LONGEST: usize = 32_768;

/// Checks all that Encrypt answers.
pub(super) fn check(
    ciphertext: &[u8],
    key_id: &str,
    annotations: &BTreeMap<String, Vec<u8>>,
) -> Result<(), &'static str> {
    match ciphertext.len() {
        0 => return Err("its ciphertext is empty"),
        1..=LONGEST => {}
        _ => return Err("its ciphertext is longer than 1,024 bytes"),
    }
    check_key_id(key_id)?;
    if annotations.keys().any(|name| !is_domain(name)) {
        return Err("the name of an annotation is not the name of a domain, as key.example");
    }
    let length: usize = annotations.iter().map(|(name, value)| name.len() + value.len()).sum();
    if length > ANNOTATIONS_LONGEST {
        return Err("its annotations are longer than 32,768 bytes");
    }
    Ok(())
}

pub(super) fn check_key_id(key_id: &str) -> Result<(), &'static str> {
    match key_id.len() {
        0 => Err("its key_id is empty"),
        1..=LONGEST => Ok(()),
        _ => Err("its key_id is longer than 1,024 bytes"),
    }
}

/// Whether it is two or more labels of DNS (RFC 1123), in lower case, with or without a dot at the end.
fn is_domain(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name.len() <= 253 && name.contains('.') && name.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=63).contains(&label.len())
        && label.chars().all(allowed)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn annotations(length: usize) -> BTreeMap<String, Vec<u8>> {
        BTreeMap::from([("key.example".to_owned(), vec![0; length - "key.example".len()])])
    }

    #[test]
    fn the_limits_of_the_api_server() {
        let (long, none) = ("x".repeat(1_025), BTreeMap::new());
        assert_eq!(check(&[1; 1_024], &long[..1_024], &annotations(32_768)), Ok(()));
        let cases: [(&[u8], &str, BTreeMap<_, _>, &str); 6] = [
            (&[], "k", none.clone(), "its ciphertext is empty"),
            (&[1; 1_025], "k", none.clone(), "its ciphertext is longer than 1,024 bytes"),
            (&[1], "", none.clone(), "its key_id is empty"),
            (&[1], &long, none, "its key_id is longer than 1,024 bytes"),
            (&[1], "k", annotations(32_769), "its annotations are longer than 32,768 bytes"),
            (
                &[1],
                "k",
                BTreeMap::from([("key".to_owned(), vec![])]),
                "the name of an annotation is not the name of a domain, as key.example",
            ),
        ];
        for (ciphertext, key_id, annotations, problem) in cases {
            assert_eq!(check(ciphertext, key_id, &annotations), Err(problem));
        }
    }

    #[test]
    fn names_of_domains() {
        let label = "a".repeat(63);
        let longest = [label.as_str(); 4].join(".")[..253].to_owned();
        for name in ["a.b", "version.encryption.remote.io", "a.b.", "0-a.b-1", &longest] {
            assert!(is_domain(name), "{name}");
        }
        let long_label = format!("{label}a.b");
        let too_long = format!("{longest}a");
        for name in [
            "",
            ".",
            "a",
            "a.",
            "a..b",
            "A.b",
            "a_b.c",
            "-a.b",
            "a-.b",
            "a.b..",
            "ä.b",
            &long_label,
            &too_long,
        ] {
            assert!(!is_domain(name), "{name}");
        }
    }
}
