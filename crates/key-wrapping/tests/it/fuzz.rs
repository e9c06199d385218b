//! Documents that were changed at random: nothing panics, nothing opens as another private key, changed slots are reported, and messages are
//! fit for a terminal. `PROPTEST_CASES` sets the number of documents, and `PROPTEST_RNG_SEED` other ones.

use crate::case::{self, Case};
use envelope::PrivateKey;
use key_wrapping::{MOST_SLOTS, WrappedKey};
use proptest::arbitrary::any;
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use proptest::{collection, sample};
use serde_json::{Value, json};
use std::cell::RefCell;
use tokio::runtime::{Builder, Runtime};
use zeroize::Zeroizing;

/// So many documents for each of proptest's cases.
const DOCUMENTS: u32 = 8;

/// At least one of so many documents is refused, one does not open, and one opens with changed slots.
const ONE_IN: usize = 50;

/// The documents are the same at each run, unless `PROPTEST_RNG_SEED` says otherwise.
const SEED: u64 = 2;

/// The longest message about a document, in characters.
const LONGEST_MESSAGE: usize = 2_000;

/// A change of a document.
#[derive(Debug, Clone)]
enum Change {
    /// Other bytes in place of some.
    Bytes { at: sample::Index, removed: usize, inserted: Vec<u8> },
    /// Another value in place of one.
    Value { at: sample::Index, value: Value },
    /// The value of another place.
    Copy { from: sample::Index, to: sample::Index },
    /// Without a value, or a member.
    Remove { at: sample::Index },
    /// A slot more: one of those that are there.
    Slot { at: sample::Index },
    /// A member more.
    Member { at: sample::Index, name: &'static str, value: Value },
}

#[test]
fn no_change_opens_as_another_key_or_goes_unseen() {
    let all = case::all();
    let cases: Vec<_> = all.iter().filter(|case| case.of("outcome") == "opens").map(Original::new).collect();
    let mut config =
        Config { cases: Config::default().cases * DOCUMENTS, failure_persistence: None, ..Config::default() };
    if config.rng_seed == RngSeed::Random {
        // How many have each outcome is chance.
        config.rng_seed = RngSeed::Fixed(SEED);
    }
    let (documents, outcomes) = (config.cases as usize, RefCell::new(Vec::new()));
    let tried = TestRunner::new(config).run(&(0..cases.len(), changes()), |(case, changes)| {
        let case: &Original<'_> = &cases[case];
        outcomes.borrow_mut().push(case.check(&changed(&case.case.text, &changes)));
        Ok(())
    });
    tried.unwrap();
    for outcome in ["refused", "does not open", "opens, slots changed"] {
        let count = outcomes.borrow().iter().filter(|it| **it == outcome).count();
        assert!(count > documents / ONE_IN, "{count} of {documents} documents: {outcome}");
    }
}

/// A case that opens, before it is changed.
struct Original<'a> {
    case: &'a Case,
    key: WrappedKey,
    private: Zeroizing<Vec<u8>>,
    runtime: Runtime,
}

impl<'a> Original<'a> {
    fn new(case: &'a Case) -> Self {
        Self {
            case,
            key: WrappedKey::from_json(case.text.as_bytes()).unwrap(),
            private: PrivateKey::from_pem(&case::private_key()).unwrap().to_pkcs8_der().unwrap(),
            runtime: Builder::new_current_thread().enable_time().build().unwrap(),
        }
    }

    fn check(&self, text: &[u8]) -> &'static str {
        let key = match WrappedKey::from_json(text) {
            Ok(key) => key,
            Err(error) => {
                check_message(&error.to_string());
                return "refused";
            }
        };
        assert_eq!(WrappedKey::from_json(&key.to_json()).as_ref(), Ok(&key));
        assert!((1..=MOST_SLOTS).contains(&key.slots().len()));
        match self.runtime.block_on(self.case.open(&key)) {
            Ok(unwrapped) => {
                assert_eq!(*unwrapped.pair.private().to_pkcs8_der().unwrap(), *self.private);
                assert_eq!((key.cluster_name(), key.since()), (self.key.cluster_name(), self.key.since()));
                assert!(unwrapped.slots.is_changed || key.slots() == self.key.slots());
                check_message(&unwrapped.slots.to_string());
                if unwrapped.slots.is_changed { "opens, slots changed" } else { "opens" }
            }
            Err(error) => {
                assert!(!error.is_transient(), "{error}");
                check_message(&error.to_string());
                "does not open"
            }
        }
    }
}

fn check_message(message: &str) {
    assert!(!message.chars().any(char::is_control), "{message:?}");
    assert!(message.chars().count() <= LONGEST_MESSAGE, "{message}");
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let index = any::<sample::Index>;
    let pieces =
        ["{", "}", "[", "]", ",", ":", "\"", "\\u001b", "\\ud800", "\0", "=", "A", "a.b", "\"keyId\":\"\","];
    let inserted = prop_oneof![
        collection::vec(any::<u8>(), 0..4),
        sample::select(pieces.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
        Just(vec![b'['; 300]),
    ];
    let value = || {
        sample::select(vec![
            json!(null),
            json!(0),
            json!(""),
            json!("AAAA"),
            json!([]),
            json!({}),
            json!("x".repeat(70_000)),
        ])
    };
    let name = sample::select(vec!["annotations", "a.b", "keyId", "slots", "\u{1b}[31m", "é", ""]);
    let change = prop_oneof![
        (index(), 0_usize..4, inserted).prop_map(|(at, removed, inserted)| Change::Bytes {
            at,
            removed,
            inserted
        }),
        (index(), value()).prop_map(|(at, value)| Change::Value { at, value }),
        (index(), index()).prop_map(|(from, to)| Change::Copy { from, to }),
        index().prop_map(|at| Change::Remove { at }),
        index().prop_map(|at| Change::Slot { at }),
        (index(), name, value()).prop_map(|(at, name, value)| Change::Member { at, name, value }),
    ];
    collection::vec(change, 1..4)
}

fn changed(text: &str, changes: &[Change]) -> Vec<u8> {
    let mut text = text.as_bytes().to_vec();
    for change in changes {
        if let Change::Bytes { at, removed, inserted } = change {
            let start = at.index(text.len() + 1);
            let end = (start + removed).min(text.len());
            text.splice(start..end, inserted.iter().copied());
        } else if let Ok(mut document) = serde_json::from_slice(&text) {
            change_value(&mut document, change);
            text = serde_json::to_vec(&document).unwrap();
        }
    }
    text
}

fn change_value(document: &mut Value, change: &Change) {
    let places = places(document, String::new());
    let place = |at: &sample::Index| at.get(&places).as_str();
    match change {
        Change::Bytes { .. } => {}
        Change::Value { at, value } => *document.pointer_mut(place(at)).unwrap() = value.clone(),
        Change::Copy { from, to } => {
            let value = document.pointer(place(from)).unwrap().clone();
            *document.pointer_mut(place(to)).unwrap() = value;
        }
        Change::Remove { at } => {
            let Some((parent, name)) = place(at).rsplit_once('/') else { return };
            match document.pointer_mut(parent).unwrap() {
                Value::Array(values) => drop(values.remove(name.parse().unwrap())),
                Value::Object(members) => drop(members.remove(&name.replace("~1", "/").replace("~0", "~"))),
                _ => {}
            }
        }
        Change::Slot { at } => {
            if let Some(slots) =
                document.get_mut("slots").and_then(Value::as_array_mut).filter(|it| !it.is_empty())
            {
                slots.insert(at.index(slots.len() + 1), at.get(slots).clone());
            }
        }
        Change::Member { at, name, value } => {
            if let Some(members) = document.pointer_mut(place(at)).and_then(Value::as_object_mut) {
                members.insert((*name).to_owned(), value.clone());
            }
        }
    }
}

/// JSON pointers to all values of a document, itself first.
fn places(value: &Value, here: String) -> Vec<String> {
    let inner: Vec<_> = match value {
        Value::Array(values) => values
            .iter()
            .enumerate()
            .flat_map(|(index, value)| places(value, format!("{here}/{index}")))
            .collect(),
        Value::Object(members) => {
            let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
            members
                .iter()
                .flat_map(|(name, value)| places(value, format!("{here}/{}", escaped(name))))
                .collect()
        }
        _ => Vec::new(),
    };
    [vec![here], inner].concat()
}
