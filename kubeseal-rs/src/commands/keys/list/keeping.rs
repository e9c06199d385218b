//! [`Keeping`]: how each key is kept, for a line of `keys list`; [`warn_of`]: what is wrong with that.

use crate::key_store::form_text::{kind, providers, recipients, shown_uri};
use crate::key_store::stored_key::{State, StoredKey, active_keys};
use crate::terminal::program::name;
use crate::terminal::warnings::{note, warn};
use api::sealing_key::{ACTIVE, ESCROW_PROOF, KEY_WARNINGS, label_command};
use envelope::Fingerprint;
use jiff::Timestamp;
use key_wrapping::KeyProof;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Words of the annotation with the controller's warnings: the slots are others than configured, or than the key was wrapped with; or they are of an
/// earlier key of their provider.
const SLOTS: &str = "slots";
const STALE: &str = "stale";

/// How a key is kept.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Keeping {
    pub form: Form,
    /// Secrets with an escrow copy of it, which a proof shows to hold the private key.
    pub escrow_copies: Vec<String>,
    /// Secrets that say that they are such copies, without a proof that can be checked here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unproven_copies: Vec<String>,
    /// Absent of a key in plain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrapped: Option<Wrapped>,
}

/// What the Secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Form {
    Plain,
    Wrapped,
    /// An escrow copy whose key is not there.
    Escrow,
}

/// What a wrapped key says of itself.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Wrapped {
    pub cluster_name: String,
    pub since: Timestamp,
    /// What the controller says is wrong with the slots: `slots` or `stale`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<&'static str>,
    /// The kinds of providers.
    #[serde(skip)]
    pub kinds: String,
    pub slots: Vec<Slot>,
}

/// The key under one provider.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Slot {
    pub uri: String,
    pub provider: &'static str,
    pub key_id: String,
    /// Whether the provider decrypts what it encrypted in any context, as the controller found; absent if it did not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unbound: Option<bool>,
}

impl Keeping {
    /// None if the Secret holds no key.
    pub(crate) fn of(key: &StoredKey, keys: &[StoredKey]) -> Option<Self> {
        let form = key.form().ok()?;
        let copies = keys.iter().filter(|other| other.name() != key.name() && is_copy_of(other, key));
        let (proven, unproven): (Vec<_>, Vec<_>) = copies.partition(|copy| is_proven(copy, key));
        let names = |copies: Vec<&StoredKey>| copies.into_iter().map(StoredKey::name).collect();
        Some(Self {
            form: match (key.state(), form.wrapped()) {
                (State::Escrow, _) => Form::Escrow,
                (_, Some(_)) => Form::Wrapped,
                (_, None) => Form::Plain,
            },
            escrow_copies: names(proven),
            unproven_copies: names(unproven),
            wrapped: form.wrapped().map(|form| Wrapped {
                cluster_name: form.document.cluster_name().to_string(),
                since: form.document.since(),
                warnings: slot_warnings(key),
                kinds: providers(&form.document),
                slots: form.document.slots().iter().map(|slot| Slot::of(slot, key)).collect(),
            }),
        })
    }

    /// As the table shows it.
    pub(crate) fn cell(&self) -> String {
        let kinds = self.wrapped.as_ref().map(Wrapped::kinds).unwrap_or_default();
        let form = match self.form {
            Form::Plain => "plain".to_owned(),
            Form::Wrapped => format!("wrapped: {kinds}"),
            Form::Escrow => format!("escrow: {kinds}"),
        };
        match (self.escrow_copies.is_empty(), self.unproven_copies.is_empty()) {
            (false, _) => format!("{form} + escrow"),
            (true, false) => format!("{form} + escrow (unproven)"),
            (true, true) => form,
        }
    }
}

impl Wrapped {
    /// The kinds of providers, and what is wrong with the slots.
    fn kinds(&self) -> String {
        let shown = |word: &&'static str| if *word == SLOTS { "slots changed" } else { *word };
        let words: Vec<&str> = self.warnings.iter().map(shown).collect();
        if words.is_empty() { self.kinds.clone() } else { format!("{} ({})", self.kinds, words.join(", ")) }
    }

    /// The providers, as `-o wide` shows them.
    pub(crate) fn uris(&self) -> String {
        let shown = |slot: &Slot| {
            let unbound = if slot.unbound == Some(true) { " (unbound)" } else { "" };
            format!("{}{unbound}", shown_uri(&slot.uri))
        };
        self.slots.iter().map(shown).collect::<Vec<_>>().join(", ")
    }
}

impl Slot {
    fn of(slot: &key_wrapping::Slot, key: &StoredKey) -> Self {
        let unbound = key.unbound_providers().map(|mut unbound| unbound.any(|uri| uri == slot.uri));
        Self { uri: slot.uri.clone(), provider: kind(slot), key_id: slot.key_id.clone(), unbound }
    }
}

/// Warns of keys in use that are kept otherwise than they should be. A key that only a service opens is lost with it, which may be meant.
pub(crate) fn warn_of(keys: &[StoredKey]) {
    let wrapped = || active_keys(keys).filter_map(|key| Some((key, key.wrapped()?)));
    let mut clusters = BTreeMap::<&str, BTreeSet<Fingerprint>>::new();
    for (_, form) in wrapped() {
        clusters
            .entry(form.document.cluster_name().as_str())
            .or_default()
            .insert(form.certificate.fingerprint());
    }
    if clusters.len() > 1 {
        let each = clusters.iter().map(|(cluster, keys)| format!("{cluster}: {}", listed(keys)));
        warn(format_args!(
            "keys in use are wrapped for several clusters, and a controller opens those of its own --cluster-name only: {}",
            each.collect::<Vec<_>>().join("; ")
        ));
    }
    if wrapped().next().is_some() {
        let is_plain = |key: &&StoredKey| key.plain().is_some() && key.state() == State::Active;
        let plain: BTreeSet<Fingerprint> =
            keys.iter().filter(is_plain).filter_map(StoredKey::fingerprint).collect();
        if !plain.is_empty() {
            warn(format_args!(
                "keys are in plain beside wrapped ones: {}. They open what was sealed with them, and the private key is for everyone who may \
                 read the Secret: `{} keys wrap --all`",
                listed(&plain),
                name()
            ));
        }
        let is_retired = |key: &&StoredKey| key.plain().is_some() && key.state() == State::Retired;
        let retired: Vec<&StoredKey> = keys.iter().filter(is_retired).collect();
        if let Some(first) = retired.first() {
            let names: Vec<String> = retired.iter().map(|key| key.name()).collect();
            let fingerprints: BTreeSet<Fingerprint> =
                retired.iter().filter_map(|key| key.fingerprint()).collect();
            warn(format_args!(
                "retired keys are in plain beside wrapped ones: {}. They open what was sealed with them and is in Git's history. Wrap them while they \
                 are in use: `{}`, `{2} keys wrap --all`, then `{2} keys retire` again; or delete their Secrets",
                listed(&fingerprints),
                label_command(&first.namespace(), &names, ACTIVE),
                name()
            ));
        }
    }
    let copies = |key: &StoredKey| keys.iter().filter(|copy| is_copy_of(copy, key)).collect::<Vec<_>>();
    for key in active_keys(keys).filter(|key| key.plain().is_some()) {
        let copies = copies(key);
        if let Some(first) = copies.first()
            && !copies.iter().any(|copy| is_proven(copy, key))
        {
            warn(format_args!(
                "nothing shows that Secret {} is an escrow copy of key {}: it was changed, or not made by the controller. One that has a recipient makes \
                 another beside it",
                first.name(),
                key.fingerprint().map(|it| it.short()).unwrap_or_default()
            ));
        }
    }
    // A copy of a wrapped key does not count: that it holds the private key is not known here.
    let without: BTreeSet<Fingerprint> = wrapped()
        .filter(|(_, form)| recipients(&form.document).is_empty())
        .map(|(_, form)| form.certificate.fingerprint())
        .collect();
    if !without.is_empty() {
        note(format_args!(
            "only the key management service opens {}: without it, everything that was sealed with them is lost. Give the controller an age \
             recipient as well (--key-wrap-with=age1…), then `{} keys rewrap --all`",
            listed(&without),
            name()
        ));
    }
}

/// What the controller says of the slots, in words that are known.
fn slot_warnings(key: &StoredKey) -> Vec<&'static str> {
    let words: Vec<&str> = key.annotation(KEY_WARNINGS).unwrap_or_default().split_whitespace().collect();
    [SLOTS, STALE].into_iter().filter(|known| words.contains(known)).collect()
}

/// Whether the Secret says that it is an escrow copy of this key.
fn is_copy_of(copy: &StoredKey, key: &StoredKey) -> bool {
    copy.state() == State::Escrow && copy.fingerprint() == key.fingerprint()
}

/// Whether the copy was made with the private key. Anyone who may write Secrets can store one that says so; of a key in plain, the proof can be checked.
fn is_proven(copy: &StoredKey, key: &StoredKey) -> bool {
    let proven = || {
        let claim = KeyProof::of_escrow_copy(copy.fingerprint()?, copy.document()?);
        let private = key.plain()?.pair().private();
        Some(claim.is_made_with(private, copy.annotation(ESCROW_PROOF)?))
    };
    proven().unwrap_or_default()
}

fn listed(keys: &BTreeSet<Fingerprint>) -> String {
    keys.iter().map(Fingerprint::short).collect::<Vec<_>>().join(", ")
}
