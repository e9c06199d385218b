//! [`Choice`]: a random edit of a file, and [`Chosen`], what it is in a given file: the change, the bytes that it may touch, and what it
//! makes of the data.

use std::ops::Range;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};
use yaml_edit_in_place::{Change, Edit, NewValue};

use crate::written::{Kind, Place, Step, Written};

/// Keys that no document has, most of which need quotes.
const NEW_KEYS: [&str; 18] = [
    "new",
    "yes",
    "n",
    "123",
    "1e3",
    "~",
    "a b",
    "x: y",
    "#",
    "can't",
    "\u{fc}",
    "-",
    "<<",
    "False",
    "=",
    "a\tb",
    "two\nlines",
    "\u{2028}",
];

const NEW_TEXTS: [&str; 18] = [
    "",
    "no",
    "y",
    "0o17",
    "0x1F",
    "1_000",
    "1:30",
    "2001-02-03",
    "a: b",
    "a #b",
    " spaces ",
    "\u{feff}\u{85}\u{0}",
    "one\ntwo\n",
    "one\n\n three",
    "\none",
    "one\r\ntwo",
    "---\n...\n",
    "\u{e9} 'it' \"is\" \\",
];

#[derive(Debug, Clone)]
pub(crate) struct Choice {
    operation: Operation,
    place: Index,
    keys: Vec<&'static str>,
    value: NewValue,
}

#[derive(Debug, Clone, Copy)]
enum Operation {
    Set,
    Remove,
    Add,
    /// Adds an entry where there is `{}` or nothing.
    Fill,
}

#[derive(Debug)]
pub(crate) struct Chosen {
    path: Vec<Step>,
    value: Option<NewValue>,
    pub may_change: MayChange,
    /// Where comments may go away: in what is removed, and between the items of a list.
    pub removed: Range<usize>,
}

/// Which bytes of a file may be others afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MayChange {
    /// None: something is inserted in one place.
    Nothing,
    These(Range<usize>),
}

pub(crate) fn choice() -> impl Strategy<Value = Choice> {
    let operation =
        select(&[Operation::Set, Operation::Set, Operation::Remove, Operation::Add, Operation::Fill][..]);
    let text =
        prop_oneof!["Ag[A-Za-z0-9+/]{1,30}={0,2}".boxed(), select(&NEW_TEXTS[..]).prop_map(str::to_owned)];
    let texts = proptest::collection::vec(text.clone(), 0..3);
    let value = prop_oneof![
        8 => text.prop_map(NewValue::Text),
        1 => any::<bool>().prop_map(NewValue::Boolean),
        1 => Just(NewValue::Null),
        1 => texts.prop_map(NewValue::Texts),
    ];
    let keys = prop_oneof![3 => 1_usize..2, 1 => 2_usize..4]
        .prop_flat_map(|count| proptest::collection::vec(select(&NEW_KEYS[..]), count));
    (operation, any::<Index>(), keys, value).prop_map(|(operation, place, keys, value)| Choice {
        operation,
        place,
        keys,
        value,
    })
}

impl Choice {
    /// The edit in this file. `None` if there is nothing of its kind to edit.
    pub(crate) fn resolve(&self, file: &Written) -> Option<Chosen> {
        let is_list = matches!(self.value, NewValue::Texts(_));
        let fits = |place: &&Place| match self.operation {
            Operation::Set => match place.kind {
                Kind::Scalar | Kind::Null => true,
                Kind::List => is_list,
                Kind::Map | Kind::EmptyMap => false,
            },
            Operation::Remove => true,
            Operation::Add => false,
            Operation::Fill => matches!(place.kind, Kind::Null | Kind::EmptyMap),
        };
        let value = Some(self.value.clone());
        if let Operation::Add = self.operation {
            let map = &file.maps[self.place.index(file.maps.len())];
            let path = map.iter().copied().chain(self.keys.iter().copied().map(Step::Key)).collect();
            return Some(Chosen { path, value, may_change: MayChange::Nothing, removed: 0..0 });
        }
        let places: Vec<&Place> = file.places.iter().filter(fits).collect();
        let place = places.get(self.place.index(places.len().max(1)))?;
        let path = place.path.iter().copied();
        let these = MayChange::These(place.value.clone());
        Some(match self.operation {
            Operation::Remove => {
                let may_change = MayChange::These(place.whole.clone());
                Chosen { path: path.collect(), value: None, may_change, removed: place.own.clone() }
            }
            Operation::Set => {
                let removed = if place.kind == Kind::List { place.own.clone() } else { 0..0 };
                Chosen { path: path.collect(), value, may_change: these, removed }
            }
            Operation::Fill | Operation::Add => {
                let path = path.chain(self.keys.iter().copied().map(Step::Key)).collect();
                Chosen { path, value, may_change: these, removed: 0..0 }
            }
        })
    }
}

impl Chosen {
    /// As the editor is given it: the object is the innermost item of a list, or the document.
    pub(crate) fn edit(&self) -> Edit {
        let in_list =
            self.path.iter().rposition(|step| matches!(step, Step::Index(_))).map_or(0, |at| at + 1);
        let at = self.path[..in_list].iter().map(|step| match step {
            Step::Key(key) => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Step::Index(index) => format!("/{index}"),
        });
        let keys = self.path[in_list..].iter().filter_map(|step| match step {
            Step::Key(key) => Some((*key).to_owned()),
            Step::Index(_) => None,
        });
        let change = Change { path: keys.collect(), value: self.value.clone() };
        Edit { at: at.collect(), changes: vec![change] }
    }

    /// Makes the edit in the data of its document. `None` if it does not fit there.
    pub(crate) fn apply(&self, document: &mut Value) -> Option<()> {
        let (Step::Key(key), maps) = self.path.split_last()? else { return None };
        let mut here = document;
        for step in maps {
            here = match step {
                Step::Key(key) if self.value.is_none() && here.get(key).is_none() => return Some(()),
                Step::Key(key) => as_map(here)?.entry(*key).or_insert(Value::Null),
                Step::Index(index) => here.get_mut(index)?,
            };
        }
        let map = as_map(here)?;
        match &self.value {
            None => drop(map.remove(*key)),
            Some(value) => drop(map.insert((*key).to_owned(), json(value))),
        }
        Some(())
    }
}

fn as_map(value: &mut Value) -> Option<&mut Map<String, Value>> {
    if value.is_null() {
        *value = json!({});
    }
    value.as_object_mut()
}

fn json(value: &NewValue) -> Value {
    match value {
        NewValue::Text(text) => json!(text),
        NewValue::Boolean(boolean) => json!(boolean),
        NewValue::Null => Value::Null,
        NewValue::Texts(texts) => json!(texts),
    }
}
