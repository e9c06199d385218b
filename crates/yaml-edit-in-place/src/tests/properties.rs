//! Random documents and random changes: what was to change has changed, and every other byte is where it was.

use super::{Sealed, item as set_item, without};
use crate::Change;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// A stretch of a document that a change either replaces as a whole or does not touch.
#[derive(Debug, Clone)]
struct Chunk {
    /// The key of the item that it is.
    key: Option<String>,
    text: String,
}

#[derive(Debug, Clone)]
struct Item {
    key: String,
    value: String,
    key_style: u8,
    value_style: u8,
    comment: bool,
    /// Lines below it.
    below: &'static str,
}

#[derive(Debug, Clone)]
struct Document {
    items: Vec<Item>,
    indent: usize,
    crlf: bool,
    shape: u8,
    before: &'static str,
    after: &'static str,
}

#[derive(Debug, Clone)]
enum Action {
    Set(prop::sample::Index, String),
    Add(String, String),
    Remove(prop::sample::Index),
}

const FILLERS: [&str; 5] = ["", "", "\n", "# about the next: {\n", "\n# \u{e9}\u{1f600} - a: |\n\n"];
const NEIGHBOURS: [&str; 5] = [
    "",
    "# only a comment\n",
    "{{- if .Values.broken }}: [\n",
    "kind: Secret\nstringData:\n  a: &x |+\n    text\n\n  b: *x\n",
    "{\"kind\": \"ConfigMap\", \"data\": {\"a\":\t1}}\n",
];

fn value() -> impl Strategy<Value = String> {
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

fn document() -> impl Strategy<Value = Document> {
    let neighbour = || prop::sample::select(&NEIGHBOURS[..]);
    (prop::collection::vec(item(), 0..6), 1_usize..5, any::<bool>(), 0_u8..4, neighbour(), neighbour())
        .prop_map(|(mut items, indent, crlf, shape, before, after)| {
            let mut seen = std::collections::HashSet::new();
            items.retain(|item| seen.insert(item.key.clone()));
            Document { items, indent, crlf, shape, before, after }
        })
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        3 => (any::<prop::sample::Index>(), value()).prop_map(|(index, value)| Action::Set(index, value)),
        2 => ("[A-Z]{1,4}[._-]?[A-Z]{1,3}Q", value()).prop_map(|(key, value)| Action::Add(key, value)),
        2 => any::<prop::sample::Index>().prop_map(Action::Remove),
    ]
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
    fn chunks(&self) -> Vec<Chunk> {
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

    fn expected(&self) -> BTreeMap<String, String> {
        let is_flow = self.shape < 2;
        self.items
            .iter()
            .map(|item| (item.key.clone(), if is_flow { item.value.clone() } else { item.expected() }))
            .collect()
    }
}

fn joined(chunks: &[Chunk]) -> String {
    chunks.iter().map(|chunk| chunk.text.as_str()).collect()
}

/// The items, read without the crate: the document is cut out by hand and parsed as a plain value.
fn items(text: &str) -> BTreeMap<String, String> {
    let document = text.split("---").find(|document| document.contains("SealedSecret")).unwrap();
    let value: Value = serde_saphyr::from_str(document).unwrap();
    assert_eq!(value["status"]["observedGeneration"], 3);
    assert_eq!(value["spec"]["template"]["type"], "Opaque");
    match &value["spec"]["encryptedData"] {
        Value::Null => BTreeMap::new(),
        map => serde_json::from_value(map.clone()).unwrap(),
    }
}

fn apply(file: &mut Sealed, expected: &mut BTreeMap<String, String>, action: &Action) -> Option<String> {
    let (key, change) = match action {
        Action::Set(index, value) => {
            let key = expected.keys().nth(index.index(expected.len().max(1)))?.clone();
            expected.insert(key.clone(), value.clone());
            let change = set_item(&key, value);
            (key, change)
        }
        Action::Add(key, value) => {
            expected.insert(key.clone(), value.clone());
            (key.clone(), set_item(key, value))
        }
        Action::Remove(index) => {
            let key = expected.keys().nth(index.index(expected.len().max(1)))?.clone();
            expected.remove(&key);
            let change = without(&key);
            (key, change)
        }
    };
    file.edit(0, &[change]).unwrap();
    Some(key)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// One change: what is before the item and what is behind it stays, to the byte.
    #[test]
    fn nothing_else_moves(document in document(), action in action()) {
        let chunks = document.chunks();
        let text = joined(&chunks);
        let mut file = Sealed::read(&text).unwrap();
        prop_assert_eq!(&*file.text(), &text);
        let mut expected = document.expected();
        prop_assert_eq!(&items(&text), &expected);
        let Some(key) = apply(&mut file, &mut expected, &action) else { return Ok(()) };
        let changed = file.text();
        prop_assert_eq!(&items(&changed), &expected, "{}", &*changed);

        let at = chunks.iter().position(|chunk| chunk.key.as_deref() == Some(&key));
        if let Some(at) = at {
            // The last item takes the braces or the map's line with it, the first in braces a comma.
            let is_plain = document.shape >= 2 && !expected.is_empty() || matches!(action, Action::Set(..));
            if is_plain {
                let (before, after) = (joined(&chunks[..at]), joined(&chunks[at + 1..]));
                prop_assert!(changed.starts_with(&before) && changed.ends_with(&after), "{}", &*changed);
                if matches!(action, Action::Remove(_)) {
                    prop_assert_eq!(&*changed, &format!("{before}{after}"));
                }
            }
        }
        // However it went, no line but the item's own is another one.
        let own = |line: &str| line.contains(&key) || line.contains("encryptedData");
        let kept = |text: &str| -> Vec<String> {
            let of_item = chunks.iter().filter(|chunk| chunk.key.as_deref() == Some(&key));
            let own_lines: Vec<&str> = of_item.flat_map(|chunk| chunk.text.lines()).collect();
            text.lines().filter(|line| !own(line) && !own_lines.contains(line)).map(str::to_owned).collect()
        };
        if document.shape != 1 {
            prop_assert_eq!(kept(&changed), kept(&text), "{}", &*changed);
        }
    }

    /// Many changes, one after the other and all at once, mean the same.
    #[test]
    fn many_changes_add_up(document in document(), actions in prop::collection::vec(action(), 1..12)) {
        let text = joined(&document.chunks());
        let mut file = Sealed::read(&text).unwrap();
        let mut expected = document.expected();
        for action in &actions {
            apply(&mut file, &mut expected, action);
            prop_assert_eq!(&items(&file.text()), &expected, "{}", &*file.text());
        }
        let before = document.expected();
        let removed = before.keys().filter(|key| !expected.contains_key(*key));
        let changes: Vec<Change> = removed
            .map(|key| without(key))
            .chain(expected.iter().map(|(key, value)| set_item(key, value)))
            .collect();
        let mut at_once = Sealed::read(&text).unwrap();
        at_once.edit(0, &changes).unwrap();
        prop_assert_eq!(&items(&at_once.text()), &expected);
    }

    /// Line ends stay of one kind, and comments are never lost.
    #[test]
    fn line_ends_and_comments_stay(document in document(), actions in prop::collection::vec(action(), 1..6)) {
        let text = joined(&document.chunks());
        let mut file = Sealed::read(&text).unwrap();
        let mut expected = document.expected();
        let mut gone = Vec::new();
        for action in &actions {
            let key = apply(&mut file, &mut expected, action);
            gone.extend(key.filter(|_| matches!(action, Action::Remove(_))));
        }
        let changed = file.text();
        if document.crlf {
            prop_assert_eq!(changed.matches('\n').count(), changed.matches("\r\n").count());
        } else {
            prop_assert!(!changed.contains('\r'));
        }
        let comments = |text: &str| text.matches("# ").count();
        let of_gone = document
            .chunks()
            .iter()
            .filter(|chunk| chunk.key.as_ref().is_some_and(|key| gone.contains(key)))
            .map(|chunk| comments(&chunk.text))
            .sum::<usize>();
        prop_assert_eq!(comments(&changed), comments(&text) - of_gone, "{}", &*changed);
    }

    /// Text of any kind, even broken, is read without a panic, and written as it was.
    #[test]
    fn any_text_is_survived(text in "(SealedSecret|kind|: |\n|\r\n|---\n|[{}\\[\\],:#&*!|>'\"%@`?-]| {1,3}|\t|é|\u{feff}|bitnami.com/v1alpha1|apiVersion|[a-z]){0,40}") {
        if let Ok(file) = Sealed::read(&text) {
            prop_assert_eq!(&*file.text(), &text);
        }
    }

    /// A file that is cut off or has a stray character somewhere is either refused or changed faithfully.
    #[test]
    fn damaged_files_are_never_made_worse(document in document(), at in any::<prop::sample::Index>(), with in "[{}\\[\\],:#&*!|>'\"\n\t -]{0,2}", cut in any::<bool>()) {
        let text = joined(&document.chunks());
        let boundaries: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let at = boundaries[at.index(boundaries.len())];
        let damaged = if cut { format!("{}{with}", &text[..at]) } else { format!("{}{with}{}", &text[..at], &text[at..]) };
        if let Ok(mut file) = Sealed::read(&damaged) {
            for index in 0..file.len() {
                let before = file.object(index).clone();
                if file.edit(index, &[set_item("NEW", "AgNEW=")]).is_ok() {
                    let mut after = file.object(index).clone();
                    prop_assert_eq!(after["spec"]["encryptedData"].as_object_mut().unwrap().remove("NEW"), Some("AgNEW=".into()));
                    let mut before = before;
                    if before["spec"]["encryptedData"].is_null() {
                        before["spec"]["encryptedData"] = serde_json::json!({});
                    }
                    prop_assert_eq!(after, before);
                } else {
                    prop_assert_eq!(&*file.text(), &damaged);
                }
            }
        }
    }
}
