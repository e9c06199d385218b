//! `lines_of`: what is different between two SealedSecrets. Names and lengths, and never a value.

use crate::commands::common::seal_for::annotation;
use crate::commands::common::seal_for::recipient_keys::{keys_in, short};
use crate::commands::diff::other_fields::other_fields;
use crate::manifest::sealed_secrets::SealedObject;
use crate::manifest::sealed_value::measured;
use api::annotations::{
    CERTIFICATE_FINGERPRINT, CLUSTER_WIDE, ITEM_CERTIFICATES, LAST_APPLIED, NAMESPACE_WIDE, RECIPIENTS,
};
use recipients::Recipients;
use sealing::ItemCertificates;
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

/// Annotations of a SealedSecret that have lines of their own, or come from the cluster.
const OWN_LINES: [&str; 5] =
    [CERTIFICATE_FINGERPRINT, ITEM_CERTIFICATES, RECIPIENTS, LAST_APPLIED[0], LAST_APPLIED[1]];

/// The same, where the scope has a line.
const OWN_LINES_AND_SCOPE: [&str; 7] = [
    CLUSTER_WIDE,
    NAMESPACE_WIDE,
    CERTIFICATE_FINGERPRINT,
    ITEM_CERTIFICATES,
    RECIPIENTS,
    LAST_APPLIED[0],
    LAST_APPLIED[1],
];

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
    lines.certificate(old, new);
    lines.recipients(old, new);
    // Several annotations may state the scope, of which one counts.
    let own_lines = if old.scope() == new.scope() { &OWN_LINES[..] } else { &OWN_LINES_AND_SCOPE };
    for (what, path, hidden) in [
        ("label", "/metadata/labels", &[][..]),
        ("annotation", "/metadata/annotations", own_lines),
        ("label of the Secret", "/spec/template/metadata/labels", &[]),
        ("annotation of the Secret", "/spec/template/metadata/annotations", &[]),
    ] {
        lines.names(what, &entries(old, path, hidden), &entries(new, path, hidden));
    }
    let others = other_fields(&old.object, &new.object);
    if !others.is_empty() {
        lines.push(Sign::Changed, "other fields", listed(&others));
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

    fn certificate(&mut self, old: &SealedObject, new: &SealedObject) {
        let is_same = |name| annotation_text(old, name) == annotation_text(new, name);
        if is_same(CERTIFICATE_FINGERPRINT) && is_same(ITEM_CERTIFICATES) {
            return;
        }
        let [before, after] = [old, new].map(certificates);
        let is_alike = match before == after {
            // Two that begin alike are as rare as they are suspicious.
            true if is_same(ITEM_CERTIFICATES) => ", another one that begins alike",
            true => ", of other items",
            false => "",
        };
        self.push(Sign::Changed, "certificate", format!("{before} -> {after}{is_alike}"));
    }

    fn recipients(&mut self, old: &SealedObject, new: &SealedObject) {
        match (annotation::read(old), annotation::read(new)) {
            (Ok(before), Ok(after)) => {
                let keys = |document: &Option<Recipients>| document.as_ref().map(keys_in).unwrap_or_default();
                let (known, now) = (keys(&before), keys(&after));
                for key in now.iter().filter(|key| !known.contains(key)) {
                    self.push(Sign::Added, format!("recipient {}", short(key)), "");
                }
                for key in known.iter().filter(|key| !now.contains(key)) {
                    self.push(Sign::Removed, format!("recipient {}", short(key)), "");
                }
                // An item that was sealed anew has another entry, and a line of its own.
                let is_same =
                    |name: &String| old.spec.encrypted_data.get(name) == new.spec.encrypted_data.get(name);
                let names = new.spec.encrypted_data.keys().filter(|name| is_same(name));
                let is_wrapped_anew =
                    |name: &&String| of_item(before.as_ref(), name) != of_item(after.as_ref(), name);
                let anew: Vec<String> = names.filter(is_wrapped_anew).cloned().collect();
                if !anew.is_empty() && before.is_some() && after.is_some() {
                    self.push(Sign::Changed, "recipients", format!("wrapped anew: {}", listed(&anew)));
                }
            }
            (Ok(_), Err(_)) => {
                self.push(Sign::Changed, "recipients", "the annotation cannot be read any more");
            }
            (Err(_), Ok(_)) => self.push(Sign::Changed, "recipients", "the annotation can be read again"),
            (Err(_), Err(_)) if annotation::text(old) != annotation::text(new) => {
                self.push(Sign::Changed, "recipients", "the annotation is another text, and cannot be read");
            }
            (Err(_), Err(_)) => {}
        }
    }
}

/// The certificate of all items, or those of several.
fn certificates(object: &SealedObject) -> String {
    if let Some(text) = annotation_text(object, CERTIFICATE_FINGERPRINT) {
        return short(text);
    }
    let certificates = ItemCertificates::of(object.metadata.annotations.as_ref());
    let several: Vec<String> = certificates.keys().map(|key| short(&key.to_string())).collect();
    if several.is_empty() { "none".to_owned() } else { several.join(" and ") }
}

fn annotation_text<'o>(object: &'o SealedObject, name: &str) -> Option<&'o str> {
    object.metadata.annotations.as_ref()?.get(name).map(String::as_str)
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

/// What the annotation says of one item.
fn of_item(document: Option<&Recipients>, item: &str) -> Option<Recipients> {
    document?.clone().keeping(|name| name == item)
}

/// The first names, and the number of the others.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 10;
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn template_texts(object: &SealedObject) -> BTreeMap<String, Value> {
    let texts = object.spec.template.data.iter().flatten();
    texts.map(|(name, text)| (name.clone(), text.clone().map_or(Value::Null, Value::from))).collect()
}

/// The entries of a map, without the hidden ones.
fn entries(object: &SealedObject, path: &str, hidden: &[&str]) -> BTreeMap<String, Value> {
    let map = object.object.pointer(path).and_then(Value::as_object);
    let entries = map.into_iter().flat_map(Map::iter).filter(|(name, _)| !hidden.contains(&name.as_str()));
    entries.map(|(name, value)| (name.clone(), value.clone())).collect()
}
