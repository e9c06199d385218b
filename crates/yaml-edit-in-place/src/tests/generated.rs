//! [`Document`]: a random file with one SealedSecret, in pieces that an edit replaces or leaves alone.

use proptest::prelude::*;
use std::collections::BTreeMap;

/// A stretch of a document that a change either replaces as a whole or does not touch.
#[derive(Debug, Clone)]
pub(super) struct Chunk {
    /// The key of the item that it is.
    pub(super) key: Option<String>,
    pub(super) text: String,
}

#[derive(Debug, Clone)]
pub(super) struct Item {
    key: String,
    value: String,
    key_style: u8,
    value_style: u8,
    comment: bool,
    /// Lines below it.
    below: &'static str,
}

#[derive(Debug, Clone)]
pub(super) struct Document {
    items: Vec<Item>,
    indent: usize,
    pub(super) crlf: bool,
    /// How the items are written: in braces on one line or on several, or without braces.
    pub(super) shape: u8,
    before: &'static str,
    after: &'static str,
}

const FILLERS: [&str; 5] = ["", "", "\n", "# about the next: {\n", "\n# \u{e9}\u{1f600} - a: |\n\n"];
const NEIGHBOURS: [&str; 5] = [
    "",
    "# only a comment\n",
    "{{- if .Values.broken }}: [\n",
    "kind: Secret\nstringData:\n  a: &x |+\n    text\n\n  b: *x\n",
    "{\"kind\": \"ConfigMap\", \"data\": {\"a\":\t1}}\n",
];

pub(super) fn value() -> impl Strategy<Value = String> {
    "Ag[A-Za-z0-9+/]{1,60}={0,2}"
}

fn item() -> impl Strategy<Value = Item> {
    let key = "[a-z]{1,3}[._-]?[a-z0-9]{1,3}|\\.dockerconfigjson|tls\\.crt";
    (key, value(), 0_u8..3, 0_u8..7, any::<bool>(), prop::sample::select(&FILLERS[..])).prop_map(
        |(key, value, key_style, value_style, comment, below)| Item {
            // So that none of them is a word that YAML takes for something else.
            key: format!("{key}x"),
            value,
            key_style,
            value_style,
            comment,
            below,
        },
    )
}

pub(super) fn document() -> impl Strategy<Value = Document> {
    let neighbour = || prop::sample::select(&NEIGHBOURS[..]);
    (prop::collection::vec(item(), 0..6), 1_usize..5, any::<bool>(), 0_u8..4, neighbour(), neighbour())
        .prop_map(|(mut items, indent, crlf, shape, before, after)| {
            let mut seen = std::collections::HashSet::new();
            items.retain(|item| seen.insert(item.key.clone()));
            Document { items, indent, crlf, shape, before, after }
        })
}

impl Item {
    fn key(&self) -> String {
        match self.key_style {
            0 => self.key.clone(),
            1 => format!("'{}'", self.key),
            _ => format!("\"{}\"", self.key),
        }
    }

    /// In a block map.
    fn lines(&self, indent: &str) -> String {
        let Self { value, .. } = self;
        let comment = if self.comment { " # why: \"that\"" } else { "" };
        let (first, rest) = value.split_at(value.len() / 2);
        let written = match self.value_style {
            0 => format!("{value}{comment}"),
            1 => format!("'{value}'{comment}"),
            2 => format!("  \"{value}\"{comment}"),
            3 => format!("|-{comment}\n{indent}   {value}"),
            4 => format!(">{comment}\n{indent} {value}"),
            5 => format!("\"{first}\\\n{indent}  {rest}\"{comment}"),
            _ => format!("&anchor-{} !!str {value}{comment}", self.key),
        };
        format!("{indent}{}: {written}\n", self.key())
    }

    fn expected(&self) -> String {
        if self.value_style == 4 { format!("{}\n", self.value) } else { self.value.clone() }
    }
}

impl Document {
    pub(super) fn chunks(&self) -> Vec<Chunk> {
        let line_end = if self.crlf { "\r\n" } else { "\n" };
        let chunk = |key: Option<&str>, text: &str| Chunk {
            key: key.map(str::to_owned),
            text: text.replace('\n', line_end),
        };
        let step = " ".repeat(self.indent);
        let head = format!(
            "{}---\n# of all\nkind: SealedSecret # \u{e9}\napiVersion: \"bitnami.com/v1alpha1\"\nmetadata:\n{step}name: a\nspec:\n",
            self.before
        );
        let tail = format!("\n# the end\nstatus: {{observedGeneration: 3}}\n---\n{}", self.after);
        let template = format!("{step}template: {{type: 'Opaque'}} # plain\n");
        let mut chunks = vec![chunk(None, &head)];
        match self.shape {
            // Braces in one line, or in several.
            0 | 1 => {
                let (gap, end) = if self.shape == 0 {
                    (" ".to_owned(), String::new())
                } else {
                    (format!("\n{step}   "), format!("\n{step}"))
                };
                chunks.push(chunk(None, &format!("{template}{step}encryptedData: {{")));
                for (index, item) in self.items.iter().enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    let written = if item.value_style % 2 == 0 {
                        item.value.clone()
                    } else {
                        format!("\"{}\"", item.value)
                    };
                    chunks.push(chunk(Some(&item.key), &format!("{comma}{gap}{}: {written}", item.key())));
                }
                chunks.push(chunk(
                    None,
                    &format!("{}}} # behind\n", if self.items.is_empty() { "" } else { &end }),
                ));
            }
            _ => {
                if self.shape == 2 {
                    chunks.push(chunk(None, &template));
                }
                chunks.push(chunk(None, &format!("{step}encryptedData: # items\n")));
                for item in &self.items {
                    chunks.push(chunk(Some(&item.key), &item.lines(&step.repeat(2))));
                    chunks.push(chunk(None, item.below));
                }
                if self.shape == 3 {
                    chunks.push(chunk(None, &template));
                }
            }
        }
        chunks.push(chunk(None, &tail));
        chunks
    }

    pub(super) fn expected(&self) -> BTreeMap<String, String> {
        let is_flow = self.shape < 2;
        self.items
            .iter()
            .map(|item| (item.key.clone(), if is_flow { item.value.clone() } else { item.expected() }))
            .collect()
    }
}

pub(super) fn joined(chunks: &[Chunk]) -> String {
    chunks.iter().map(|chunk| chunk.text.as_str()).collect()
}
