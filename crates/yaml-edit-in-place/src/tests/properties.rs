//! Random changes of generated documents: what was to change has changed, and every other byte is where it was.

use super::generated::{document, joined, value};
use super::{Sealed, item as set_item, without};
use crate::Change;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
enum Action {
    Set(prop::sample::Index, String),
    Add(String, String),
    Remove(prop::sample::Index),
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        3 => (any::<prop::sample::Index>(), value()).prop_map(|(index, value)| Action::Set(index, value)),
        2 => ("[A-Z]{1,4}[._-]?[A-Z]{1,3}Q", value()).prop_map(|(key, value)| Action::Add(key, value)),
        2 => any::<prop::sample::Index>().prop_map(Action::Remove),
    ]
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
}
