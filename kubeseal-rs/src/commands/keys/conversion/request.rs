//! `run`: has the controller store keys in another form, and waits for it.

use crate::commands::keys::conversion::error::ConversionError;
use crate::commands::keys::conversion::selection::SelectionFlags;
use crate::commands::keys::error::ObjectList;
use crate::commands::keys::kubectl_command::events_command;
use crate::error::CommandError;
use crate::files::output::progress_lines::ProgressLines;
use crate::key_store::KeyStore;
use crate::key_store::key_form::KeyForm;
use crate::key_store::retry::retry;
use crate::key_store::stored_key::{State, StoredKey};
use crate::settings::key_store_flags::KeyStoreFlags;
use crate::settings::timeout::Timeout;
use crate::target;
use crate::terminal::program::name;
use crate::terminal::waiting::Waiting;
use crate::terminal::warnings::alert;
use clap::Args;
use jiff::Timestamp;
use std::time::{Duration, Instant};

/// Delay between two requests. The controller asks each provider for each key.
const INTERVAL: Duration = Duration::from_millis(500);

/// After this time, a message says what is waited for.
const LONG: Duration = Duration::from_secs(8);

/// The flags of a command that requests a conversion.
#[derive(Debug, Args)]
pub(crate) struct RequestFlags {
    #[command(flatten)]
    pub selection: SelectionFlags,

    /// How long to wait, as in 30s or 2m; 0 is for ever.
    #[arg(long, default_value = "2m", value_name = "DURATION")]
    pub timeout: Timeout,

    #[command(flatten)]
    pub key_store: KeyStoreFlags,
}

/// What is requested.
pub(crate) struct Conversion {
    pub command: &'static str,
    /// The annotation that requests it.
    pub annotation: &'static str,
    /// Whether a key in use is converted.
    pub is_meant: fn(&KeyForm) -> bool,
    /// What is printed if there is no such key.
    pub none: &'static str,
    /// What is said of a key that is in use in this form, and is not converted.
    pub otherwise: fn(String, &KeyForm) -> Result<String, ConversionError>,
    /// What the controller is to do, as in `wrap these keys`.
    pub what: &'static str,
    /// What is shown at a terminal meanwhile.
    pub waiting: &'static str,
    /// What stays as it was.
    pub left: &'static str,
}

/// Runs the command.
pub(crate) fn run(flags: RequestFlags, conversion: &Conversion) -> Result<(), CommandError> {
    flags.selection.check(conversion.command)?;
    let store = KeyStore::connect(&target::key_store(flags.key_store)?)?;
    let keys = store.keys()?;
    let mut stdout = ProgressLines::new();
    let selected = select(&flags.selection, &keys, conversion, &mut stdout)?;
    if !selected.is_empty() {
        request(&store, selected, conversion, flags.timeout, &mut stdout)?;
        alert(format_args!(
            "backups from before, the history of etcd, and copies in Git {}: make a new key with `{1} keys renew`, and seal anew with \
             `{1} reseal`",
            conversion.left,
            name()
        ));
    }
    Ok(stdout.finish()?)
}

/// The keys that are meant. Those that stay as they are get a line.
fn select<'a>(
    selection: &SelectionFlags,
    keys: &'a [StoredKey],
    conversion: &Conversion,
    stdout: &mut ProgressLines,
) -> Result<Vec<&'a StoredKey>, CommandError> {
    let in_use = |key: &'a StoredKey| key.form().ok().filter(|_| key.state() == State::Active);
    let is_meant = |key: &&'a StoredKey| in_use(key).is_some_and(conversion.is_meant);
    let Some(named) = selection.find(keys)? else {
        let all: Vec<&StoredKey> = keys.iter().filter(is_meant).collect();
        if all.is_empty() {
            stdout.print(&format!("{}\n", conversion.none));
        }
        return Ok(all);
    };
    let mut selected = Vec::new();
    for secrets in named {
        let short = secrets.first().and_then(|key| key.fingerprint()).map(|it| it.short());
        let short = short.unwrap_or_default();
        let found: Vec<&StoredKey> = secrets.iter().copied().filter(is_meant).collect();
        if found.is_empty() {
            let form = secrets.iter().find_map(|key| in_use(key));
            let form = form.ok_or_else(|| ConversionError::NotInUse(short.clone()))?;
            stdout.print(&format!("{}\n", (conversion.otherwise)(short, form)?));
        }
        selected.extend(found);
    }
    Ok(selected)
}

/// Sets the annotation on the Secrets of these keys, and waits until each is there in another Secret, wrapped, and its own is gone.
fn request(
    store: &KeyStore,
    keys: Vec<&StoredKey>,
    conversion: &Conversion,
    timeout: Timeout,
    stdout: &mut ProgressLines,
) -> Result<(), CommandError> {
    let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    for key in &keys {
        retry(|| store.annotate(key, conversion.annotation, Some(&now)))?;
    }
    let start = Instant::now();
    let waiting = Waiting::show(conversion.waiting, timeout.0);
    let (mut pending, mut is_announced) = (keys, false);
    loop {
        let last = match store.keys() {
            Ok(found) => {
                let done = |key: &&StoredKey| successor(key, &found).is_some();
                let (done, rest): (Vec<_>, Vec<_>) = pending.into_iter().partition(done);
                pending = rest;
                let lines = done.iter().filter_map(|key| line(store, successor(key, &found)?));
                waiting.beside(|| lines.for_each(|line| stdout.print(&line)));
                None
            }
            Err(error) if error.may_pass() => Some(Box::new(error)),
            Err(error) => return Err(error.into()),
        };
        let Some(first) = pending.first() else { return Ok(()) };
        if let Some(longest) = timeout.0
            && start.elapsed() >= longest
        {
            return Err(ConversionError::NotConverted {
                what: conversion.what,
                keys: ObjectList(pending.iter().map(|key| described(store, key)).collect()),
                look: events_command(store.address(), &first.name()),
                waited: longest,
                source: last,
            }
            .into());
        }
        if !is_announced && start.elapsed() >= LONG {
            is_announced = true;
            waiting.beside(|| {
                alert(format_args!(
                    "the controller did not {} yet; `{}` shows what it says",
                    conversion.what,
                    events_command(store.address(), &first.name())
                ));
            });
        }
        waiting.update(conversion.waiting, start.elapsed(), timeout.0);
        std::thread::sleep(INTERVAL);
    }
}

/// The Secret that has the key instead, once its own is gone.
fn successor<'a>(key: &StoredKey, found: &'a [StoredKey]) -> Option<&'a StoredKey> {
    let is_it = |other: &&StoredKey| {
        other.state() == State::Active
            && other.wrapped().is_some()
            && other.fingerprint() == key.fingerprint()
    };
    let is_gone = found.iter().all(|other| other.uid() != key.uid());
    found.iter().find(is_it).filter(|_| is_gone)
}

fn line(store: &KeyStore, key: &StoredKey) -> Option<String> {
    let form = key.form().ok()?;
    let short = form.certificate().fingerprint().short();
    Some(format!("{short} is {form} (Secret {}/{})\n", store.namespace(), key.name()))
}

fn described(store: &KeyStore, key: &StoredKey) -> String {
    let short = key.fingerprint().map(|it| it.short()).unwrap_or_default();
    format!("{short} (Secret {}/{})", store.namespace(), key.name())
}
