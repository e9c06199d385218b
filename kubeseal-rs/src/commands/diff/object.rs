//! `lines_of`: what is different between two SealedSecrets. Names and lengths, and never a value.

use crate::commands::common::seal_for::annotation;
use crate::commands::recipients::current::{keys_in, short};
use crate::manifest::sealed_secrets::SealedObject;
use crate::manifest::sealed_value::measured;
use api::annotations::{CERTIFICATE_FINGERPRINT, CLUSTER_WIDE, LAST_APPLIED, NAMESPACE_WIDE, RECIPIENTS};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A difference of one SealedSecret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub sign: Sign,
    /// What is different: the name of an item, or of a field.
    pub what: String,
    pub how: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    Added,
    Removed,
    Changed,
}

/// Annotations that have lines of their own, or come from the cluster.
const OWN_LINES: [&str; 4] = [CLUSTER_WIDE, NAMESPACE_WIDE, CERTIFICATE_FINGERPRINT, RECIPIENTS];

/// Everything that is different.
pub(crate) fn lines_of(old: &SealedObject, new: &SealedObject) -> Vec<Line> {
    let mut lines = Lines(Vec::new());
    lines.items(&old.spec.encrypted_data, &new.spec.encrypted_data);
    lines.names("template", &template_texts(old), &template_texts(new));
    if old.spec.data != new.spec.data {
        lines.push(Sign::Changed, "spec.data", "other ciphertext, of the deprecated form");
    }
    lines.field("name", old.metadata.name.as_deref(), new.metadata.name.as_deref());
    lines.field("namespace", old.metadata.namespace.as_deref(), new.metadata.namespace.as_deref());
    lines.field("scope", Some(old.scope().as_str()), Some(new.scope().as_str()));
    let types = [old, new].map(|object| object.spec.template.type_.as_deref());
    lines.field("type", types[0], types[1]);
    let immutable =
        [old, new].map(|object| object.spec.template.immutable.map(|is| if is { "yes" } else { "no" }));
    lines.field("immutable", immutable[0], immutable[1]);
    let fingerprints = [old, new].map(|object| {
        let annotations = object.metadata.annotations.as_ref();
        annotations.and_then(|all| all.get(CERTIFICATE_FINGERPRINT)).map(|text| short(text))
    });
    lines.field("certificate", fingerprints[0].as_deref(), fingerprints[1].as_deref());
    lines.recipients(old, new);
    for (what, path) in [
        ("label", "/metadata/labels"),
        ("annotation", "/metadata/annotations"),
        ("label of the Secret", "/spec/template/metadata/labels"),
        ("annotation of the Secret", "/spec/template/metadata/annotations"),
    ] {
        lines.names(what, &entries(old, path), &entries(new, path));
    }
    lines.0
}

struct Lines(Vec<Line>);

impl Lines {
    fn push(&mut self, sign: Sign, what: impl Into<String>, how: impl Into<String>) {
        self.0.push(Line { sign, what: what.into(), how: how.into() });
    }

    fn items(&mut self, old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) {
        for (name, sealed) in new {
            let size = measured(sealed).ok().map(|measure| measure.value);
            match old.get(name) {
                None => self.push(Sign::Added, name, size.map_or("no sealed value".to_owned(), bytes)),
                Some(before) if before == sealed => {}
                Some(before) => {
                    let before = measured(before).ok().map(|measure| measure.value);
                    self.push(Sign::Changed, name, change(before, size));
                }
            }
        }
        for name in old.keys().filter(|name| !new.contains_key(*name)) {
            self.push(Sign::Removed, name, "");
        }
    }

    /// A field whose content may be shown.
    fn field(&mut self, what: &str, old: Option<&str>, new: Option<&str>) {
        let (old, new) = (old.filter(|text| !text.is_empty()), new.filter(|text| !text.is_empty()));
        if old != new {
            let shown = |text: Option<&str>| text.unwrap_or("none").to_owned();
            self.push(Sign::Changed, what, format!("{} -> {}", shown(old), shown(new)));
        }
    }

    /// Entries of which only the names may be shown.
    fn names(&mut self, what: &str, old: &BTreeMap<String, Value>, new: &BTreeMap<String, Value>) {
        for (name, value) in new {
            match old.get(name) {
                None => self.push(Sign::Added, format!("{what} {name}"), ""),
                Some(before) if before == value => {}
                Some(_) => self.push(Sign::Changed, format!("{what} {name}"), "other text"),
            }
        }
        for name in old.keys().filter(|name| !new.contains_key(*name)) {
            self.push(Sign::Removed, format!("{what} {name}"), "");
        }
    }

    fn recipients(&mut self, old: &SealedObject, new: &SealedObject) {
        match (keys_of(old), keys_of(new)) {
            (Some(old), Some(new)) => {
                for key in new.iter().filter(|key| !old.contains(key)) {
                    self.push(Sign::Added, format!("recipient {}", short(key)), "");
                }
                for key in old.iter().filter(|key| !new.contains(key)) {
                    self.push(Sign::Removed, format!("recipient {}", short(key)), "");
                }
            }
            (Some(_), None) => {
                self.push(Sign::Changed, "recipients", "the annotation cannot be read any more");
            }
            (None, Some(_)) => self.push(Sign::Changed, "recipients", "the annotation can be read again"),
            (None, None) => {}
        }
    }
}

/// What an item with another ciphertext shows.
fn change(old: Option<usize>, new: Option<usize>) -> String {
    match (old, new) {
        (Some(old), Some(new)) if old == new => {
            format!("sealed anew: the same value, or another one of {}", bytes(new))
        }
        (Some(old), Some(new)) => format!("another value: {} -> {}", bytes(old), bytes(new)),
        (_, None) => "no sealed value any more".into(),
        (None, Some(new)) => format!("a sealed value now: {}", bytes(new)),
    }
}

fn bytes(count: usize) -> String {
    if count == 1 { "1 byte".into() } else { format!("{count} bytes") }
}

/// The keys in the annotation for recipients; none if it cannot be read.
fn keys_of(object: &SealedObject) -> Option<Vec<String>> {
    Some(annotation::read(object).ok()?.map(|recipients| keys_in(&recipients)).unwrap_or_default())
}

fn template_texts(object: &SealedObject) -> BTreeMap<String, Value> {
    let texts = object.spec.template.data.iter().flatten();
    texts.map(|(name, text)| (name.clone(), text.clone().map_or(Value::Null, Value::from))).collect()
}

/// The entries of a map, without annotations that have lines of their own or hold a copy of the object.
fn entries(object: &SealedObject, path: &str) -> BTreeMap<String, Value> {
    let map = object.object.pointer(path).and_then(Value::as_object);
    let is_shown = |name: &str| !OWN_LINES.contains(&name) && !LAST_APPLIED.contains(&name);
    let entries = map.into_iter().flat_map(Map::iter).filter(|(name, _)| is_shown(name));
    entries.map(|(name, value)| (name.clone(), value.clone())).collect()
}
