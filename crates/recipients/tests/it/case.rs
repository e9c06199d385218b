//! [`Case`]: a file of `vectors`, as the README beside that folder explains it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::collections::BTreeMap;
use std::path::Path;

/// Fewer would mean that the folder was not found.
const AT_LEAST: usize = 90;

/// What must come out of a SealedSecret.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) is_refused: bool,
    pub(crate) annotation: String,
    pub(crate) envelopes: BTreeMap<String, Vec<u8>>,
    pub(crate) outcomes: Vec<Outcome>,
}

/// How a reader opens an item.
pub(crate) struct Outcome {
    pub(crate) reader: String,
    pub(crate) item: String,
    pub(crate) opened: Opened,
}

/// What opens an item, and its value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    ByEntry(Vec<u8>),
    ByEnvelope(Vec<u8>),
    Not,
}

/// All cases, in the order of their names.
pub(crate) fn all() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../recipients/tests/vectors");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= AT_LEAST, "vectors are missing");
    paths.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Case {
    let text = std::fs::read_to_string(path).unwrap();
    let mut paragraphs = text.splitn(3, "\n\n");
    let header = pairs(paragraphs.next().unwrap());
    let mut annotation = paragraphs.next().unwrap().to_owned();
    let envelopes = pairs(paragraphs.next().unwrap());
    if let Some(length) = header.get("length") {
        let missing = length.parse::<usize>().unwrap() - annotation.len();
        annotation.push_str(&" ".repeat(missing));
    }
    let outcomes = header.iter().filter_map(|(name, outcome)| {
        let (reader, item) = name.split_once(' ')?;
        Some(Outcome { reader: reader.to_owned(), item: item.to_owned(), opened: opened(outcome) })
    });
    Case {
        name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
        label: header["label"].to_owned(),
        is_refused: header["annotation"] == "refused",
        annotation,
        outcomes: outcomes.collect(),
        envelopes: envelopes.iter().map(|(name, envelope)| ((*name).to_owned(), decode(envelope))).collect(),
    }
}

fn pairs(lines: &str) -> BTreeMap<&str, &str> {
    let pairs = lines.lines().map(|line| line.split_once(':').unwrap());
    pairs.map(|(name, value)| (name, value.trim())).collect()
}

fn opened(outcome: &str) -> Opened {
    match outcome.split_once(' ').unwrap_or((outcome, "")) {
        ("entry", value) => Opened::ByEntry(decode(value)),
        ("envelope", value) => Opened::ByEnvelope(decode(value)),
        (outcome, _) => {
            assert_eq!(outcome, "none");
            Opened::Not
        }
    }
}

fn decode(text: &str) -> Vec<u8> {
    BASE64_STANDARD.decode(text).unwrap()
}
