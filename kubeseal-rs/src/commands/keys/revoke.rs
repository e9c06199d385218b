//! `keys revoke`: takes a leaked key out of use, and lists what must be changed.
//!
//! A new key is made first, so that there is one to seal with. If that fails, the label is set anyway. If the label
//! cannot be set, the command says so, and prints the kubectl command that sets it.

pub(crate) mod certificates;
pub(crate) mod confirm;
pub(crate) mod consequences;
pub(crate) mod leaked_key;
pub(crate) mod looked;

use crate::certificate::withdrawn::Withdrawn;
use crate::certificate::{cache_served, withdraw};
use crate::commands::keys::after_renewal::advise;
use crate::commands::keys::error::KeysError;
use crate::commands::keys::kubectl_command::{kubectl_command, kubectl_command_for_others};
use crate::commands::keys::renewal::{make_fresh, request_renewal};
use crate::commands::keys::revoke::certificates::certificates_of;
use crate::commands::keys::revoke::confirm::confirm;
use crate::commands::keys::revoke::consequences::print_consequences;
use crate::commands::keys::revoke::leaked_key::LeakedKey;
use crate::commands::keys::revoke::looked::Looked;
use crate::commands::keys::usage::SealedFiles;
use crate::controller::address::ControllerAddress;
use crate::error::{CommandError, Hint as _};
use crate::files::output::progress_lines::ProgressLines;
use crate::key_store::KeyStore;
use crate::key_store::error::KeyStoreError;
use crate::key_store::retry::retry;
use crate::key_store::stored_key::{State, StoredKey};
use crate::project::root::folder_of;
use crate::settings::flag_value;
use crate::settings::key_store_flags::KeyStoreFlags;
use crate::settings::timeout::Timeout;
use crate::target;
use crate::terminal::program::name;
use crate::terminal::warnings::warn;
use api::sealing_key::COMPROMISED;
use clap::Args;
use envelope::Fingerprint;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

/// The first part of `help keys revoke`.
pub(crate) const LONG_ABOUT: &str = "For a leaked sealing key: with it, everything that was ever sealed with it can be opened, in every \
    copy of your repository. First a new key is made; then the leaked one is labelled \"compromised\", and \
    opens nothing any more; the controller marks the SealedSecrets that it opened (condition \
    Compromised). The output lists which values in the given files and in the cluster must be changed at \
    their source, and sealed again, and how to find those that are only in the history of your \
    repository.\n\n\
    If no new key comes in time, or the controller is down, the key is revoked anyway, a message says \
    so, and the exit code is 1.\n\n\
    Unsealed Secrets stay as they are, but are not corrected or recreated until their SealedSecret is \
    sealed again.";

/// Take a leaked key out of use, and list which values must be changed.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        {0} keys revoke 3f2a9c0d1e2b deploy/\n\n  \
        # All keys leaked: one renewal is enough\n  \
        {0} keys revoke --yes 3f2a9c0d1e2b deploy/\n  \
        {0} keys revoke --yes --no-renew 77aa01c4f3d2 deploy/", name()))]
pub(crate) struct RevokeArgs {
    /// Fingerprint of the key, or its first digits, as `keys list` shows them.
    #[arg(value_name = "FINGERPRINT")]
    pub fingerprint: String,

    /// Files, and directories, with SealedSecrets that are checked as well.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Do not ask for confirmation.
    #[arg(long)]
    pub yes: Option<bool>,

    /// Do not renew first: there is a newer key already, or the controller cannot make one.
    #[arg(long)]
    pub no_renew: Option<bool>,

    /// How long to wait for the new key, as in 30s or 2m; 0 is for ever.
    #[arg(long, default_value = "2m", value_name = "DURATION")]
    pub timeout: Timeout,

    /// Namespace of SealedSecrets in files without one, as where kustomize adds it.
    #[arg(short = 'n', long, env = "SEALED_SECRETS_NAMESPACE", hide_env = true, value_parser = flag_value::namespace, value_name = "NAMESPACE")]
    pub namespace: Option<String>,

    #[command(flatten)]
    pub key_store: KeyStoreFlags,
}

impl RevokeArgs {
    /// How long to wait for a new key; None if none is to be made.
    pub(crate) fn renewal(&self) -> Option<Timeout> {
        (self.no_renew != Some(true)).then_some(self.timeout)
    }
}

pub(crate) fn run(mut args: RevokeArgs) -> Result<(), CommandError> {
    let controller = target::key_store(std::mem::take(&mut args.key_store))?;
    let files = SealedFiles::new(std::mem::take(&mut args.paths), args.namespace.take());
    let revoke = &args;
    let unknown =
        |error: CommandError| not_revoked(&revoke.fingerprint, &controller, &["SECRET".to_owned()], error);
    let store = KeyStore::connect(&controller).map_err(|error| unknown(error.into()))?;
    let keys = store.keys().map_err(|error| unknown(error.into()))?;
    let leak = LeakedKey::of(&keys, &revoke.fingerprint).map_err(|error| unknown(error.into()))?;
    let todo: Vec<&StoredKey> =
        leak.secrets.iter().copied().filter(|key| key.state() != State::Compromised).collect();
    for key in leak.secrets.iter().filter(|key| key.state() == State::Compromised) {
        never_seal_with(&store, key);
    }
    let certificates = certificates_of(&leak.secrets, folder_of(&files.paths));
    let fingerprints: BTreeSet<Fingerprint> = certificates.keys().copied().collect();
    let look = || Looked::look(&store, &keys, &leak.secrets, fingerprints.clone(), &files);
    if !todo.is_empty() && revoke.yes != Some(true) {
        let names: Vec<String> = todo.iter().map(|key| key.name()).collect();
        confirm(&store, &leak, revoke.renewal().is_some(), look)
            .map_err(|error| not_revoked(&leak.fingerprint.short(), &controller, &names, error.into()))?;
    }
    let mut stdout = ProgressLines::new();
    if todo.is_empty() {
        let names: Vec<String> =
            leak.secrets.iter().map(|key| format!("{}/{}", store.namespace(), key.name())).collect();
        stdout.print(&format!(
            "{} is revoked already (Secret {})\n",
            leak.fingerprint.short(),
            names.join(", ")
        ));
    }
    let renewal =
        if todo.is_empty() { Ok(None) } else { take_out(&store, &keys, &leak, &todo, revoke, &mut stdout)? };
    for certificate in certificates.values() {
        withdraw(certificate, Withdrawn::Revoked, store.server());
    }
    if let Ok(Some(new)) = &renewal
        && let Some(certificate) = new.certificate()
    {
        cache_served(&controller, certificate);
    }
    // Looked at again after the question: something may have been applied meanwhile.
    let text = print_consequences(look(), &fingerprints, &mut stdout);
    if let Ok(Some(new)) = &renewal {
        advise(&controller, new);
    }
    match renewal {
        Ok(_) => text.and(stdout.finish().map_err(CommandError::from)),
        Err(source) => {
            let (key, left) = (leak.fingerprint, leak.left.and_then(StoredKey::fingerprint));
            Err(KeysError::NoSuccessor { key, left, source: Box::new(source) }.into())
        }
    }
}

/// Renews if possible, and labels in any case. Returns the result of the renewal.
fn take_out(
    store: &KeyStore,
    keys: &[StoredKey],
    leak: &LeakedKey<'_>,
    todo: &[&StoredKey],
    revoke: &RevokeArgs,
    stdout: &mut ProgressLines,
) -> Result<Result<Option<StoredKey>, CommandError>, CommandError> {
    let (short, namespace) = (leak.fingerprint.short(), store.namespace());
    let names: Vec<String> = todo.iter().map(|key| key.name()).collect();
    let mut text = String::new();
    let renewed = renew(store, keys, &short, &names, revoke);
    if let Ok(Some(new)) = &renewed
        && let Some(new) = new.fingerprint()
    {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "new key {new}");
    }
    // From here to the last label, nothing may return early.
    let mut failed = Vec::new();
    for key in todo {
        let name = key.name();
        match retry(|| store.label(key, COMPROMISED)) {
            Ok(()) => {
                never_seal_with(store, key);
                let _ = writeln!(
                    text,
                    "{short} is revoked (Secret {namespace}/{name}): it opens nothing any more"
                );
            }
            Err(error) => failed.push((name, error)),
        }
    }
    let (names, errors): (Vec<String>, Vec<_>) = failed.into_iter().unzip();
    stdout.print(&text);
    if let Some(error) = errors.into_iter().next() {
        return Err(not_revoked(&short, store.address(), &names, error.into()));
    }
    if renewed.is_err()
        && let Some(left) = leak.left
        && let Err(error) = request_renewal(store, left)
    {
        // The revoked key carried the request for renewal, and the remaining key got none.
        warn(format_args!("a new key could not be requested: {}", error.with_hint()));
    }
    Ok(renewed)
}

/// Makes the new key, if one is wanted.
fn renew(
    store: &KeyStore,
    keys: &[StoredKey],
    short: &str,
    names: &[String],
    revoke: &RevokeArgs,
) -> Result<Option<StoredKey>, CommandError> {
    let Some(timeout) = revoke.renewal() else { return Ok(None) };
    let line = kubectl_command(store.address(), names, COMPROMISED);
    let meanwhile =
        format!("until then {short} is NOT REVOKED. To do it at once, in another terminal: `{line}`");
    make_fresh(store, keys, timeout, &meanwhile).map(Some)
}

/// Makes this machine seal nothing with the key again: neither with the cached certificate, nor with a file.
fn never_seal_with(store: &KeyStore, key: &StoredKey) {
    if let Some(certificate) = key.certificate() {
        withdraw(certificate, Withdrawn::Revoked, store.server());
    }
}

fn not_revoked(
    key: &str,
    keys_of: &ControllerAddress,
    secrets: &[String],
    source: CommandError,
) -> CommandError {
    let is_forbidden = source.downcast_ref::<KeyStoreError>().is_some_and(KeyStoreError::is_forbidden);
    let line = if is_forbidden { kubectl_command_for_others } else { kubectl_command };
    let line = line(keys_of, secrets, COMPROMISED);
    KeysError::NotRevoked { key: key.chars().take(64).collect(), line, source: Box::new(source) }.into()
}
