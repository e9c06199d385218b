//! `keys retire`: takes a key out of use that nothing needs.

use crate::certificate::withdraw;
use crate::certificate::withdrawn::Withdrawn;
use crate::cluster::session::request_error::RequestError;
use crate::commands::keys::error::{KeysError, ObjectList};
use crate::commands::keys::find::{find, newest};
use crate::commands::keys::usage::{FileUsage, KeyUsage, SealedFiles, in_cluster, in_files, ring};
use crate::controller::Controller;
use crate::controller::address::ControllerAddress;
use crate::controller::error::ControllerError;
use crate::error::CommandError;
use crate::files::output::print_text;
use crate::files::output::progress_lines::ProgressLines;
use crate::key_store::KeyStore;
use crate::key_store::stored_key::{State, StoredKey};
use crate::settings::flag_value;
use crate::settings::key_store_flags::KeyStoreFlags;
use crate::target;
use crate::terminal::program::name;
use crate::terminal::warnings::alert;
use api::sealing_key::RETIRED;
use clap::Args;
use envelope::{Certificate, Fingerprint};
use sealing::KeyRing;
use std::path::PathBuf;

/// The first part of `help keys retire`.
pub(crate) const LONG_ABOUT: &str = "Take a sealing key out of use that nothing needs any more. It stays in the cluster, labelled \
    \"retired\", and in backups; label it \"active\", and it opens again.\n\n\
    Refused as long as a SealedSecret in the cluster, or in the given files, needs it, or may need it. \
    If the status does not show it, the keys are tried. The newest key is never retired, nor is the one \
    that the controller serves, which under --key-publish-delay is an older one.";

/// Take a key out of use that nothing needs any more.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        # What is in Git still needs it? Then reseal that first\n  \
        {0} keys retire 3f2a9c0d1e2b deploy/\n  \
        {0} reseal deploy/", name()))]
pub(crate) struct RetireArgs {
    /// Fingerprint of the key, or its first digits, as `keys list` shows them.
    #[arg(value_name = "FINGERPRINT")]
    pub fingerprint: String,

    /// Files, and directories, with SealedSecrets that may need it as well.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Do not check with the controller that another key is served.
    #[arg(long)]
    pub unserved: Option<bool>,

    /// Namespace of SealedSecrets in files without one, as where kustomize adds it.
    #[arg(short = 'n', long, env = "SEALED_SECRETS_NAMESPACE", hide_env = true, value_parser = flag_value::namespace, value_name = "NAMESPACE")]
    pub namespace: Option<String>,

    #[command(flatten)]
    pub key_store: KeyStoreFlags,
}

pub(crate) fn run(args: RetireArgs) -> Result<(), CommandError> {
    let controller = target::key_store(args.key_store)?;
    let store = KeyStore::connect(&controller)?;
    let keys = store.keys()?;
    let (fingerprint, secrets) = find(&keys, &args.fingerprint)?;
    if newest(&keys).and_then(StoredKey::fingerprint) == Some(fingerprint) {
        return Err(KeysError::Newest(fingerprint).into());
    }
    if secrets.iter().any(|key| key.state() == State::Compromised) {
        return Err(KeysError::Compromised(fingerprint).into());
    }
    let active: Vec<&&StoredKey> = secrets.iter().filter(|key| key.state() != State::Retired).collect();
    if active.is_empty() {
        return Ok(print_text(&format!("{} is retired already\n", fingerprint.short()))?);
    }
    if args.unserved != Some(true) {
        not_served(&controller, fingerprint)?;
    }
    let ring = ring(&keys);
    let mut uses = in_cluster(&store.sealed_secrets()?, Some(&ring), &KeyRing::default());
    let mut in_files = in_files(&SealedFiles::new(args.paths, args.namespace), &ring, &KeyRing::default());
    uses.append(&mut in_files.uses);
    nothing_needs(fingerprint, &uses, in_files)?;
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

/// Refuses the key that new values are sealed with, which with --key-publish-delay is not always the newest; and fails
/// if that key is not known.
fn not_served(controller: &ControllerAddress, key: Fingerprint) -> Result<(), KeysError> {
    match Controller::find(controller).and_then(|found| found.certificate()) {
        Ok(text) => match Certificate::from_pem(&text) {
            Ok(served) if served.fingerprint() == key => Err(KeysError::Served(key)),
            Ok(_) => Ok(()),
            Err(_) => Err(KeysError::ServedUnknown { key, source: None }),
        },
        // Without a Service, no certificate can be fetched.
        Err(error) if is_gone(&error) => {
            alert(format_args!(
                "there is no Service {}/{}, so it is not known which key is served; if the controller's has another name, give \
                 --controller-name",
                controller.namespace, controller.name
            ));
            Ok(())
        }
        Err(error) if is_down(&error) => Ok(()),
        Err(error) => Err(KeysError::ServedUnknown { key, source: Some(Box::new(error)) }),
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

/// Refuses if a SealedSecret needs the key, or may need it.
fn nothing_needs(key: Fingerprint, uses: &[KeyUsage], in_files: FileUsage) -> Result<(), KeysError> {
    let needing = || uses.iter().filter(|it| it.keys.contains(&key)).map(|it| it.location.clone());
    let unknown = uses.iter().filter(|it| it.unknown && !it.keys.contains(&key));
    let unknown =
        unknown.map(|it| format!("{} (it is not known which key)", it.location)).chain(in_files.errors);
    let what: Vec<String> = needing().chain(unknown).collect();
    if what.is_empty() {
        return Ok(());
    }
    let is_known = needing().next().is_some();
    Err(KeysError::Needed { key, what: ObjectList(what), is_known, has_templates: in_files.has_templates })
}
