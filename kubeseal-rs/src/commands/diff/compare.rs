//! `compare`: pairs the SealedSecrets of two files, and compares each pair.

use crate::commands::diff::object::{Line, lines_of};
use crate::manifest::sealed_secrets::SealedObject;
use std::collections::{HashMap, VecDeque};

/// A SealedSecret that is different.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Difference {
    Added { name: String, items: Vec<String> },
    Removed { name: String },
    Changed { name: String, lines: Vec<Line> },
}

/// What is different, in the order of the new file; what was removed, at the end.
pub(crate) fn compare(old: &[SealedObject], new: &[SealedObject]) -> Vec<Difference> {
    let mut by_identity: HashMap<_, VecDeque<usize>> = HashMap::new();
    for (index, object) in old.iter().enumerate() {
        by_identity.entry(identity(object)).or_default().push_back(index);
    }
    let mut pairs: Vec<(Option<&SealedObject>, &SealedObject)> = Vec::new();
    for object in new {
        let same = by_identity.get_mut(&identity(object)).and_then(VecDeque::pop_front);
        pairs.push((same.map(|same| &old[same]), object));
    }
    let mut left: Vec<usize> = by_identity.into_values().flatten().collect();
    left.sort_unstable();
    // One that is left on each side was renamed or moved.
    if let ([renamed], [one]) =
        (&left[..], &mut pairs.iter_mut().filter(|(old, _)| old.is_none()).collect::<Vec<_>>()[..])
    {
        one.0 = Some(&old[*renamed]);
        left.clear();
    }
    let mut differences = Vec::new();
    for (old, new) in pairs {
        let name = shown_identity(new);
        match old {
            None => {
                let items = new.spec.encrypted_data.keys().cloned().collect();
                differences.push(Difference::Added { name, items });
            }
            Some(old) => {
                let lines = lines_of(old, new);
                if !lines.is_empty() {
                    differences.push(Difference::Changed { name, lines });
                }
            }
        }
    }
    differences
        .extend(left.into_iter().map(|index| Difference::Removed { name: shown_identity(&old[index]) }));
    differences
}

fn identity(object: &SealedObject) -> (&str, &str) {
    (
        object.metadata.namespace.as_deref().unwrap_or_default(),
        object.metadata.name.as_deref().unwrap_or_default(),
    )
}

fn shown_identity(object: &SealedObject) -> String {
    match identity(object) {
        ("", "") => "without a name".to_owned(),
        ("", name) => name.to_owned(),
        (namespace, name) => format!("{namespace}/{name}"),
    }
}
