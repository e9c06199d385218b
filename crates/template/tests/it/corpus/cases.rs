//! Reads the cases of the corpus, as the Go program in tests/programs/sprig does; see README.md.

use std::collections::BTreeMap;

pub(crate) type Given = BTreeMap<String, Vec<u8>>;

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) values: Given,
}

/// The cases of a file.
pub(crate) fn parse(content: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut values = BTreeMap::new();
    let mut open: Option<(String, Vec<&str>, Given)> = None;
    for line in content.lines() {
        let is_mark = line == "@" || ["=== ", ": ", "@ "].iter().any(|mark| line.starts_with(mark));
        if is_mark && let Some((name, body, values)) = open.take() {
            cases.push(Case { name, text: body.join("\n"), values });
        }
        if let Some(name) = line.strip_prefix("=== ") {
            open = Some((name.to_owned(), Vec::new(), values.clone()));
        } else if let Some(text) = line.strip_prefix(": ") {
            cases.push(Case { name: text.to_owned(), text: text.to_owned(), values: values.clone() });
        } else if line == "@" {
            values.clear();
        } else if let Some(pair) = line.strip_prefix("@ ") {
            let (key, value) = pair.split_once(" = ").unwrap();
            values.insert(key.to_owned(), unescape(value));
        } else if let Some((_, body, _)) = &mut open {
            body.push(line);
        } else {
            assert!(line.is_empty() || line.starts_with('#'), "not a mark, and in no case: {line}");
        }
    }
    if let Some((name, body, values)) = open {
        cases.push(Case { name, text: body.join("\n"), values });
    }
    cases
}

fn unescape(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'\\' => match rest.next() {
                Some(b'n') => out.push(b'\n'),
                Some(b'x') => {
                    let digits = [rest.next().unwrap(), rest.next().unwrap()];
                    out.push(u8::from_str_radix(str::from_utf8(&digits).unwrap(), 16).unwrap());
                }
                other => out.push(other.unwrap()),
            },
            other => out.push(other),
        }
    }
    out
}
