//! `keys unwrap`: stores wrapped keys in plain, for a way back to a controller that does not wrap keys.

use crate::certificate::key_states::correct;
use crate::commands::keys::conversion::error::ConversionError;
use crate::commands::keys::conversion::plain_secret::{PlainSecret, state_in_plain};
use crate::commands::keys::conversion::selection::SelectionFlags;
use crate::commands::keys::error::KeysError;
use crate::commands::keys::usage::in_cluster;
use crate::error::{CommandError, Context as _, Hint as _};
use crate::files::output::progress_lines::ProgressLines;
use crate::key_store::KeyStore;
use crate::key_store::backup::backup_record::BackupRecord;
use crate::key_store::key_form::WrappedForm;
use crate::key_store::key_opener::KeyOpener;
use crate::key_store::stored_key::{State, StoredKey};
use crate::settings::key_store_flags::KeyStoreFlags;
use crate::settings::unlock_flags::KeyOpenerFlags;
use crate::settings::usage_error::UsageError;
use crate::target;
use crate::terminal::confirm::confirmed;
use crate::terminal::program::name;
use crate::terminal::warnings::{alert, warn};
use clap::Args;
use envelope::Fingerprint;
use key_wrapping::Unwrapped;
use sealing::KeyRing;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The first part of `help keys unwrap`.
pub(crate) const LONG_ABOUT: &str = "Open wrapped keys on this machine, and store them in plain: for going back to upstream's controller, or to one without \
    --key-wrap-with. Each key is opened with an age identity, or with a provider that you name; the Secret in plain is read back and \
    compared; then the wrapped one is deleted.\n\n\
    The private keys then lie in etcd in plain: whoever may read Secrets in the namespace, or has a backup of etcd, has them. A running controller that wraps \
    keys goes on opening with them, and never seals with them; if no wrapped key is left, it makes a new one.\n\n\
    An escrow copy whose key was lost is named by its fingerprint, and becomes a key again. A key that is compromised stays wrapped.";

/// Store wrapped keys in plain.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        {0} keys unwrap --all --identity age.txt --dry-run\n  \
        {0} keys unwrap --all --identity age.txt\n  \
        {0} keys unwrap 3f2a9c0d1e2b --key-unwrap-with kmsv2:unix:///run/kms/kms.sock", name()))]
pub(crate) struct UnwrapArgs {
    #[command(flatten)]
    pub selection: SelectionFlags,

    #[command(flatten)]
    pub opener: KeyOpenerFlags,

    /// Leave the wrapped Secrets beside those in plain. As long as both are there, the wrapped one counts.
    #[arg(long)]
    pub keep: Option<bool>,

    /// Do not ask for confirmation.
    #[arg(long)]
    pub yes: Option<bool>,

    /// Open the keys, print what would be done, and do nothing.
    #[arg(long)]
    pub dry_run: Option<bool>,

    #[command(flatten)]
    pub key_store: KeyStoreFlags,
}

/// A key that was opened.
struct Opened<'a> {
    key: &'a StoredKey,
    unwrapped: Unwrapped,
}

pub(crate) fn run(args: UnwrapArgs) -> Result<(), CommandError> {
    args.selection.check("keys unwrap")?;
    let controller = target::key_store(args.key_store)?;
    let opener = KeyOpener::from_args(args.opener)?;
    if opener.is_empty() {
        return Err(UsageError::NeedsOneOf("keys unwrap", "--identity", "--key-unwrap-with").into());
    }
    let store = KeyStore::connect(&controller)?;
    let keys = store.keys()?;
    correct(&store, &keys);
    let mut stdout = ProgressLines::new();
    let selected = select(&store, &args.selection, &keys, &mut stdout)?;
    if !opener.has_cluster_name() {
        check_one_cluster(&selected)?;
    }
    let count = selected.len();
    let opened = open(&store, &opener, selected);
    let failed = count - opened.len();
    warn_of_unnamed(&store, &opened);
    if args.dry_run == Some(true) {
        for key in &opened {
            stdout.print(&would(&store, key)?);
        }
    } else if !opened.is_empty() {
        if args.yes != Some(true) {
            match confirmed(&question(&store, &opened, args.keep == Some(true))) {
                None => return Err(KeysError::NoTerminal.into()),
                Some(false) => return Err(KeysError::NotSure.into()),
                Some(true) => {}
            }
        }
        for key in &opened {
            stdout.print(&convert(&store, &keys, key, args.keep == Some(true))?);
        }
        warn(
            "the private keys lie in etcd in plain now, and in each copy of it that is made from now on; a controller that wraps keys does not seal \
             with them",
        );
    }
    if failed > 0 { Err(ConversionError::NotOpened(failed).into()) } else { Ok(stdout.finish()?) }
}

/// The wrapped keys that are meant. Those that stay as they are get a line.
fn select<'a>(
    store: &KeyStore,
    selection: &SelectionFlags,
    keys: &'a [StoredKey],
    stdout: &mut ProgressLines,
) -> Result<Vec<(&'a StoredKey, &'a Arc<WrappedForm>)>, CommandError> {
    let wrapped = |key: &'a StoredKey| Some((key, key.wrapped()?));
    let Some(named) = selection.find(keys)? else {
        let counts = |key: &&StoredKey| !matches!(key.state(), State::Escrow | State::Compromised);
        let all: Vec<_> = keys.iter().filter(counts).filter_map(wrapped).collect();
        if all.is_empty() {
            stdout.print(&format!("no key in namespace {} is wrapped\n", store.namespace()));
        }
        return Ok(all);
    };
    let mut selected = Vec::new();
    for secrets in named {
        let short =
            secrets.first().and_then(|key| key.fingerprint()).map(|it| it.short()).unwrap_or_default();
        if secrets.iter().any(|key| key.state() == State::Compromised) {
            return Err(ConversionError::Compromised(short).into());
        }
        let found: Vec<_> = secrets.iter().filter_map(|key| wrapped(key)).collect();
        match (found.is_empty(), secrets.iter().find_map(|key| key.problem())) {
            (false, _) => selected.extend(found),
            (true, Some(problem)) => return Err(ConversionError::Unusable { key: short, problem }.into()),
            (true, None) => stdout.print(&format!("{short} is in plain already\n")),
        }
    }
    Ok(selected)
}

/// Refuses keys of several clusters. A provider that binds no context opens those of any cluster, and a user may have put them there.
fn check_one_cluster(selected: &[(&StoredKey, &Arc<WrappedForm>)]) -> Result<(), ConversionError> {
    let mut clusters = BTreeMap::<&str, BTreeSet<String>>::new();
    for (_, form) in selected {
        let keys = clusters.entry(form.document.cluster_name().as_str()).or_default();
        keys.insert(form.certificate.fingerprint().short());
    }
    if clusters.len() < 2 {
        return Ok(());
    }
    let each = |(cluster, keys): (&str, BTreeSet<String>)| {
        format!("{cluster}: {}", keys.into_iter().collect::<Vec<_>>().join(", "))
    };
    Err(ConversionError::SeveralClusters(clusters.into_iter().map(each).collect::<Vec<_>>().join("; ")))
}

/// Opens each key; those that do not open are named with the reason.
fn open<'a>(
    store: &KeyStore,
    opener: &KeyOpener,
    selected: Vec<(&'a StoredKey, &Arc<WrappedForm>)>,
) -> Vec<Opened<'a>> {
    let mut opened = Vec::new();
    for (key, form) in selected {
        match opener.open(form) {
            Ok(unwrapped) => opened.push(Opened { key, unwrapped }),
            Err(error) => alert(format_args!(
                "{} does not open (Secret {}/{}): {}",
                form.certificate.fingerprint().short(),
                store.namespace(),
                key.name(),
                error.with_hint()
            )),
        }
    }
    opened
}

/// Warns of keys that nothing knows. A user who may write Secrets can wrap a key for the same age recipient, which is public; opened, it would be
/// sealed with if it is the newest.
fn warn_of_unnamed(store: &KeyStore, opened: &[Opened<'_>]) {
    let objects = store.sealed_secrets().unwrap_or_default();
    let needed: BTreeSet<Fingerprint> =
        in_cluster(&objects, None, &KeyRing::default()).into_iter().flat_map(|it| it.keys).collect();
    let is_unnamed = |it: &&Opened<'_>| {
        !needed.contains(&it.unwrapped.pair.certificate().fingerprint())
            && BackupRecord::of(it.key).last().is_none()
    };
    let unnamed: Vec<String> = opened
        .iter()
        .filter(is_unnamed)
        .map(|it| it.unwrapped.pair.certificate().fingerprint().short())
        .collect();
    if !unnamed.is_empty() {
        warn(format_args!(
            "no SealedSecret of the cluster and no record of a backup names {}: is it one of yours? Who may write Secrets can wrap a key for the same \
             recipient. `{} keys renew` before anything is sealed makes one that is not theirs",
            unnamed.join(", "),
            name()
        ));
    }
}

fn question(store: &KeyStore, opened: &[Opened<'_>], keep: bool) -> String {
    let (namespace, server) = (store.namespace(), store.server());
    let shorts: Vec<String> =
        opened.iter().map(|it| it.unwrapped.pair.certificate().fingerprint().short()).collect();
    let made = |it: &Opened<'_>| {
        let short = it.unwrapped.pair.certificate().fingerprint().short();
        Some(format!("\n    {short} since {}", it.key.since()?.strftime("%Y-%m-%d")))
    };
    let dates: String = opened.iter().filter_map(made).collect();
    let deleted = if keep { "" } else { ", and delete their wrapped Secrets" };
    format!(
        "Store {} in plain in namespace {namespace} of {server}{deleted}?{dates}\n  Whoever may read Secrets there, or has a copy of etcd, then has the \
         private keys.\n  It is for going back to a controller that does not wrap keys; one that does never seals with them.\n  Go on?",
        shorts.join(", ")
    )
}

fn would(store: &KeyStore, Opened { key, unwrapped }: &Opened<'_>) -> Result<String, CommandError> {
    let secret = PlainSecret::of(key, &unwrapped.pair, store.namespace()).map_err(ConversionError::Encode)?;
    Ok(format!(
        "{} opens with {}, and would be stored in plain (Secret {}/{})\n",
        unwrapped.pair.certificate().fingerprint().short(),
        unwrapped.opened_by,
        store.namespace(),
        secret.name().unwrap_or("of another name")
    ))
}

/// Stores the key in plain, reads it back, and deletes the wrapped one; the message.
fn convert(
    store: &KeyStore,
    keys: &[StoredKey],
    Opened { key, unwrapped }: &Opened<'_>,
    keep: bool,
) -> Result<String, CommandError> {
    let short = unwrapped.pair.certificate().fingerprint().short();
    let plain = match keys.iter().find(|other| is_plain_of(other, key, unwrapped)) {
        Some(there) => there.name(),
        None => create(store, key, unwrapped)?,
    };
    let stored = store.named(&plain)?;
    if !stored.is_some_and(|stored| is_plain_of(&stored, key, unwrapped)) {
        return Err(ConversionError::NotStored { key: short, secret: plain }.into());
    }
    // An escrow copy stays one.
    let stays = keep || key.state() == State::Escrow;
    let (namespace, wrapped) = (store.namespace(), key.name());
    if !stays {
        let both = format!(
            "{short} is in plain (Secret {namespace}/{plain}), and its wrapped Secret is there as well"
        );
        store.delete(key).context(both)?;
    }
    let end = if stays { "stays" } else { "is deleted" };
    Ok(format!(
        "{short} is in plain (Secret {namespace}/{plain}); the wrapped Secret {namespace}/{wrapped} {end}\n"
    ))
}

/// Stores the Secret in plain; its name. Another Secret of that name stays, unless it holds this key.
fn create(store: &KeyStore, key: &StoredKey, unwrapped: &Unwrapped) -> Result<String, CommandError> {
    let secret = PlainSecret::of(key, &unwrapped.pair, store.namespace()).map_err(ConversionError::Encode)?;
    let created = match secret.named() {
        Some(secret) => store.create(secret)?,
        None => None,
    };
    match created {
        Some(name) => Ok(name),
        None => Ok(store.create(&secret.generated(store.prefix()))?.unwrap_or_default()),
    }
}

/// Whether the Secret holds both halves of this key in plain, in the state in which it was to be stored.
fn is_plain_of(stored: &StoredKey, wrapped: &StoredKey, unwrapped: &Unwrapped) -> bool {
    let private = |pair: &envelope::KeyPair| pair.private().to_pkcs8_der().ok();
    let is_same = |key: &Arc<sealing::SealingKey>| {
        key.fingerprint() == unwrapped.pair.certificate().fingerprint()
            && private(key.pair()).is_some()
            && private(key.pair()) == private(&unwrapped.pair)
    };
    stored.state() == state_in_plain(wrapped) && stored.plain().is_some_and(is_same)
}
