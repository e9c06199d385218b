//! `keys retire`: takes a key out of use that nothing needs.

pub(crate) mod exceptions;
pub(crate) mod needed;

use crate::certificate::key_states::{correct, is_proved};
use crate::certificate::withdraw;
use crate::certificate::withdrawn::Withdrawn;
use crate::cluster::session::request_error::RequestError;
use crate::commands::keys::error::KeysError;
use crate::commands::keys::find::{find, newest, newest_but};
use crate::commands::keys::kubectl_command::kubectl_command;
use crate::commands::keys::retire::exceptions::Exceptions;
use crate::commands::keys::retire::needed::{Needs, Tried};
use crate::commands::keys::usage::{SealedFiles, in_cluster, in_files, ring};
use crate::controller::Controller;
use crate::controller::address::ControllerAddress;
use crate::controller::error::ControllerError;
use crate::error::CommandError;
use crate::files::input::Input;
use crate::files::output::print_text;
use crate::files::output::progress_lines::ProgressLines;
use crate::key_store::KeyStore;
use crate::key_store::stored_key::{State, StoredKey};
use crate::settings::flag_value;
use crate::settings::key_store_flags::KeyStoreFlags;
use crate::target;
use crate::terminal::program::name;
use crate::terminal::shell_words::shell_words;
use crate::terminal::warnings::alert;
use api::sealing_key::RETIRED;
use clap::Args;
use envelope::{Certificate, Fingerprint};
use sealing::KeyRing;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The first part of `help keys retire`.
pub(crate) const LONG_ABOUT: &str = "Take a sealing key out of use that nothing needs any more. It stays in the cluster, labelled \
    \"retired\", and in backups; label it \"active\", or \"wrapped\" if it is wrapped, and it opens again.\n\n\
    Refused as long as a SealedSecret in the cluster, or in the given files, needs it, or may need it. \
    If the status does not show it, the keys are tried. One that no key opens, as after a move to another name, \
    may need any key: correct or delete it, or name it with --except. The newest key is never retired, nor is the \
    one that the controller serves, which under --key-publish-delay is an older one.";

/// Take a key out of use that nothing needs any more.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        # What is in Git still needs it? Then reseal that first\n  \
        {0} keys retire 3f2a9c0d1e2b deploy/\n  \
        {0} reseal deploy/\n\n  \
        # No key opens these, and they are not needed\n  \
        {0} keys list -o json | jq -r '.unknown[]' > lost.txt\n  \
        {0} keys retire 3f2a9c0d1e2b deploy/ --except lost.txt", name()))]
pub(crate) struct RetireArgs {
    /// Fingerprint of the key, or its first digits, as `keys list` shows them.
    #[arg(value_name = "FINGERPRINT")]
    pub fingerprint: String,

    /// Files, and directories, with SealedSecrets that may need it as well.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// SealedSecrets that no key opens, and that do not count: a file of them, or of a namespace/name in each line; - is
    /// standard input; may be repeated.
    #[arg(long, value_name = "FILE", value_parser = flag_value::path())]
    pub except: Vec<PathBuf>,

    /// Retire it although SealedSecrets need it: they do not open any more, until the key is active again.
    #[arg(long)]
    pub force: Option<bool>,

    /// Do not check with the controller that another key is served.
    #[arg(long)]
    pub unserved: Option<bool>,

    /// Namespace of SealedSecrets in files without one, as where kustomize adds it.
    #[arg(short = 'n', long, env = "SEALED_SECRETS_NAMESPACE", hide_env = true, value_parser = flag_value::namespace, value_name = "NAMESPACE")]
    pub namespace: Option<String>,

    #[command(flatten)]
    pub key_store: KeyStoreFlags,
}

pub(crate) fn run(mut args: RetireArgs) -> Result<(), CommandError> {
    let controller = target::key_store(std::mem::take(&mut args.key_store))?;
    let files = SealedFiles::new(std::mem::take(&mut args.paths), args.namespace.take());
    let except = flag_value::paths_of(std::mem::take(&mut args.except));
    let again = again(&args, &files, &except, &controller);
    let inputs: Vec<Input> = except.into_iter().map(|file| flag_value::input(Some(file))).collect();
    let except = Exceptions::read(&inputs, files.namespace.as_deref())?;
    let store = KeyStore::connect(&controller)?;
    let keys = store.keys()?;
    correct(&store, &keys);
    let (fingerprint, secrets) = find(&keys, &args.fingerprint)?;
    if newest(&keys).and_then(StoredKey::fingerprint) == Some(fingerprint) {
        let flags = controller.words_for_keys();
        let words = [name(), "keys", "renew"].into_iter().chain(flags.iter().map(String::as_str));
        return Err(KeysError::Newest { key: fingerprint, renew: shell_words(words) }.into());
    }
    if secrets.iter().any(|key| key.state() == State::Compromised) {
        return Err(KeysError::Compromised(fingerprint).into());
    }
    if secrets.iter().all(|key| key.state() == State::Escrow) {
        return Err(KeysError::OnlyEscrow(fingerprint).into());
    }
    let active: Vec<&StoredKey> =
        secrets.iter().copied().filter(|key| key.state() != State::Retired).collect();
    if active.is_empty() {
        return Ok(print_text(&format!("{} is retired already\n", fingerprint.short()))?);
    }
    if args.unserved != Some(true) {
        let served = not_served(&controller, fingerprint)?;
        not_newest(&keys, &controller, fingerprint, served)?;
    }
    let ring = ring(&keys);
    let in_cluster = in_cluster(&store.sealed_secrets()?, Some(&ring), &KeyRing::default());
    let in_files = in_files(&files, &ring, &KeyRing::default());
    except.warn_of_unused(in_cluster.iter().chain(&in_files.uses));
    let needs = Needs::of(fingerprint, tried(&keys, &secrets), &in_cluster, &in_files, &except);
    if !needs.are_none() {
        if args.force != Some(true) {
            return Err(needs.error(&controller, &again).into());
        }
        let short = fingerprint.short();
        alert(format_args!(
            "{short} is retired although these need it, or may. They do not open any more; their Secrets stay, but are neither corrected \
             nor created again:{}",
            needs.list()
        ));
        for (label, names) in by_label(&active) {
            alert(format_args!(
                "to take {short} into use again: `{}`",
                kubectl_command(&controller, &names, label)
            ));
        }
    }
    let mut stdout = ProgressLines::new();
    for key in active {
        store.label(key, RETIRED)?;
        if let Some(certificate) = key.certificate() {
            withdraw(certificate, Withdrawn::Retired, store.server());
        }
        let (namespace, name) = (store.namespace(), key.name());
        let line = format!("{} is retired (Secret {namespace}/{name})\n", fingerprint.short());
        stdout.print(&line);
    }
    Ok(stdout.finish()?)
}

/// What could be tried of the key with these Secrets, and of all.
fn tried(keys: &[StoredKey], secrets: &[&StoredKey]) -> Tried {
    let in_plain = |key: Option<Fingerprint>| {
        keys.iter().any(|other| other.plain().is_some() && other.fingerprint() == key)
    };
    let is_tried = |key: &StoredKey| key.wrapped().is_none() || in_plain(key.fingerprint());
    Tried { has_key: secrets.iter().all(|key| is_tried(key)), has_all: keys.iter().all(is_tried) }
}

/// The names of Secrets by the label with which each is in use.
fn by_label(keys: &[&StoredKey]) -> BTreeMap<&'static str, Vec<String>> {
    let mut names = BTreeMap::<_, Vec<_>>::new();
    for key in keys {
        names.entry(key.label_in_use()).or_default().push(key.name());
    }
    names
}

/// The words of this command, to be written again with one more flag. A list that was read from standard input is left out.
fn again(
    args: &RetireArgs,
    files: &SealedFiles,
    except: &[PathBuf],
    controller: &ControllerAddress,
) -> Vec<String> {
    let shown = |path: &PathBuf| path.display().to_string();
    let mut words: Vec<String> = [name(), "keys", "retire", &args.fingerprint].map(Into::into).into();
    words.extend(files.paths.iter().map(shown));
    words.extend(files.namespace.iter().flat_map(|namespace| ["-n".to_owned(), namespace.clone()]));
    let except = except.iter().filter(|file| *file != Path::new("-"));
    words.extend(except.flat_map(|file| ["--except".to_owned(), shown(file)]));
    words.extend((args.unserved == Some(true)).then(|| "--unserved".into()));
    words.extend(controller.words_for_keys());
    words
}

/// Refuses the key that new values are sealed with, which with --key-publish-delay is not always the newest; and fails
/// if that key is not known.
/// Returns the key that is served, if the controller runs.
fn not_served(controller: &ControllerAddress, key: Fingerprint) -> Result<Option<Fingerprint>, KeysError> {
    match Controller::find(controller).and_then(|found| found.certificate()) {
        Ok(text) => match Certificate::from_pem(&text) {
            Ok(served) if served.fingerprint() == key => Err(KeysError::Served(key)),
            Ok(served) => Ok(Some(served.fingerprint())),
            Err(_) => Err(KeysError::ServedUnknown { key, source: None }),
        },
        // Without a Service, no certificate can be fetched.
        Err(error) if is_gone(&error) => {
            alert(format_args!(
                "there is no Service {}/{}, so it is not known which key is served; if the controller's has another name, give \
                 --controller-name",
                controller.namespace, controller.name
            ));
            Ok(None)
        }
        Err(error) if is_down(&error) => Ok(None),
        Err(error) => Err(KeysError::ServedUnknown { key, source: Some(Box::new(error)) }),
    }
}

/// Refuses a key if no newer one is known to be the controller's: who may write Secrets can store a wrapped one that nothing opens.
fn not_newest(
    keys: &[StoredKey],
    controller: &ControllerAddress,
    key: Fingerprint,
    served: Option<Fingerprint>,
) -> Result<(), KeysError> {
    let is_known = |other: &StoredKey| {
        let fingerprint = other.fingerprint();
        fingerprint == Some(key)
            || (served.is_some() && fingerprint == served)
            || is_proved(other, controller)
    };
    let unknown: Vec<&StoredKey> = keys.iter().filter(|other| !is_known(other)).collect();
    match newest_but(keys, &unknown).and_then(StoredKey::fingerprint) {
        Some(newest) if newest == key => Err(KeysError::NewestKnown(key)),
        _ => Ok(()),
    }
}

/// Whether the Service does not exist.
fn is_gone(error: &ControllerError) -> bool {
    matches!(error, ControllerError::NotLocated { source: RequestError::NotFound(_), .. })
}

/// Whether the Service has no pod. The service proxy says so only in its message; a pod that does not answer is another
/// error.
fn is_down(error: &ControllerError) -> bool {
    matches!(error, ControllerError::Request { source: RequestError::Unavailable(cause), .. }
        if cause.to_string().contains("no endpoints available"))
}
