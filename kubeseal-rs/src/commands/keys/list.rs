//! `keys list`: every key, and how many SealedSecrets need it.

pub(crate) mod keeping;
pub(crate) mod listing;
pub(crate) mod table;

use crate::certificate::key_states::correct;
use crate::commands::keys::error::KeysError;
use crate::commands::keys::find::newest;
use crate::commands::keys::list::keeping::{Keeping, warn_of};
use crate::commands::keys::list::listing::{Line, Listing};
use crate::commands::keys::usage::{FileUsage, KeyUsage, SealedFiles, in_cluster, in_files, ring};
use crate::error::{CommandError, Hint as _};
use crate::files::output::Output;
use crate::key_store::KeyStore;
use crate::key_store::backup::backup_record::BackupRecord;
use crate::key_store::stored_key::{StoredKey, is_escrow_copy};
use crate::manifest::write::RenderError;
use crate::settings::flag_value;
use crate::settings::key_store_flags::KeyStoreFlags;
use crate::target;
use crate::terminal::escape::shown_json;
use crate::terminal::paint::Paint;
use crate::terminal::program::name;
use crate::terminal::warnings::warn;
use clap::{Args, ValueEnum};
use envelope::{Certificate, Fingerprint};
use sealing::KeyRing;
use std::path::PathBuf;

/// The first part of `help keys list`.
pub(crate) const LONG_ABOUT: &str = "Show every sealing key, newest first: its fingerprint, when it was made, how long its certificate is \
    valid, whether it is active, how it is kept, and how many SealedSecrets still need it.\n\n\
    SealedSecrets in the cluster count by their status, in which the controller records the keys that \
    opened each; those without such a status, or with one from before their recipients or scope were \
    changed, are counted as unknown. SealedSecrets in the given files are tried with the keys. If one of these files cannot be read, the number for each key is not known: \
    ?, and exit code 1.\n\n\
    It is an administrator's command: it reads the keys' Secrets, and needs the right to list Secrets in the \
    controller's namespace. To seal, the certificate is enough; `inspect FILE` says which key a file was sealed \
    with, without any right.\n\n\
    A key is active, retired (nothing needs it), compromised (it leaked), inactive (its label has \
    another value), or unusable (the Secret holds no key, or one of another form than its label says). It is kept in plain, or wrapped \
    by key management services and age recipients, each of which opens it. `plain + escrow` has a copy that an age identity opens, and \
    one that nothing shows to hold the key is unproven; \
    such a copy without its key is a line of its own. The controller notes on a key's Secret whether its slots are others than configured, or than it was wrapped with \
    (slots changed), or of an earlier key of their provider (stale); `kubectl events -n kube-system --for secret/NAME` says which. -o wide shows the cluster name that a key is wrapped for, \
    its date, and the providers.";

/// Show every key, and how many SealedSecrets still need it.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        {0} keys list\n  \
        {0} keys list deploy/ clusters/prod.yaml\n\n  \
        # For programs: the keys that nothing needs\n  \
        {0} keys list -o json deploy/ |\n    jq -r '.keys[] | select(.cluster == 0 and .files == 0) | .fingerprint'", name()))]
pub(crate) struct ListArgs {
    /// Files, and directories, of which *.yaml, *.yml and *.json are read.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Output format.
    #[arg(short = 'o', long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: ListFormat,

    /// Namespace of SealedSecrets in files without one, as where kustomize adds it.
    #[arg(short = 'n', long, env = "SEALED_SECRETS_NAMESPACE", hide_env = true, value_parser = flag_value::namespace, value_name = "NAMESPACE")]
    pub namespace: Option<String>,

    #[command(flatten)]
    pub key_store: KeyStoreFlags,
}

/// The output format of `keys list`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ListFormat {
    /// For people.
    #[default]
    Text,
    /// With the providers of wrapped keys.
    Wide,
    /// For programs.
    Json,
}

pub(crate) fn run(args: ListArgs) -> Result<(), CommandError> {
    let store = KeyStore::connect(&target::key_store(args.key_store)?)?;
    let files = SealedFiles::new(args.paths, args.namespace);
    list(&store, &files, args.format)
}

fn list(store: &KeyStore, files: &SealedFiles, format: ListFormat) -> Result<(), CommandError> {
    let keys = store.keys()?;
    correct(store, &keys);
    warn_of(&keys);
    let in_cluster = match store.sealed_secrets() {
        Ok(objects) => Some(in_cluster(&objects, None, &KeyRing::default())),
        Err(error) if error.is_forbidden() => {
            warn(format_args!("how many SealedSecrets need each key is not known: {}", error.with_hint()));
            None
        }
        Err(error) => return Err(error.into()),
    };
    let in_files = (!files.paths.is_empty()).then(|| in_files(files, &ring(&keys), &KeyRing::default()));
    for error in in_files.iter().flat_map(|found| &found.errors) {
        warn(format_args!("not read: {error}"));
    }
    let not_looked_into = in_files.as_ref().map(|found| found.errors.clone()).unwrap_or_default();
    let listing = Listing {
        with_files: in_files.is_some(),
        server: store.server().to_owned(),
        namespace: store.namespace().to_owned(),
        keys: lines(&keys, in_cluster.as_deref(), in_files.as_ref()),
        unknown: unknown(in_cluster.as_deref(), in_files.as_ref()),
        not_looked_into,
    };
    let written = match format {
        ListFormat::Text => table::render(&listing, false, Paint::for_stdout()),
        ListFormat::Wide => table::render(&listing, true, Paint::for_stdout()),
        ListFormat::Json => {
            shown_json(&serde_json::to_string_pretty(&listing).map_err(RenderError::Json)?) + "\n"
        }
    };
    Output::Stdout.write(written.as_bytes())?;
    match listing.not_looked_into.len() {
        0 => Ok(()),
        count => Err(KeysError::NotLookedInto(count).into()),
    }
}

fn lines(keys: &[StoredKey], in_cluster: Option<&[KeyUsage]>, in_files: Option<&FileUsage>) -> Vec<Line> {
    let newest = newest(keys).map(StoredKey::name);
    let count = |uses: &[KeyUsage], key: Option<Fingerprint>| {
        key.map_or(0, |key| uses.iter().filter(|it| it.keys.contains(&key)).count())
    };
    let line = |key: &StoredKey| {
        let fingerprint = key.fingerprint();
        Line {
            fingerprint: fingerprint.map(|it| it.to_string()),
            secret: key.name(),
            state: key.state().as_str(),
            newest: newest.as_deref() == Some(&key.name()),
            created: key.created(),
            not_before: key.certificate().map(Certificate::not_before),
            not_after: key.certificate().map(Certificate::not_after),
            backed_up: BackupRecord::of(key).last(),
            cluster: in_cluster.map(|uses| count(uses, fingerprint)),
            // A number that is too low is worse than none: users retire keys by it.
            files: in_files
                .filter(|found| found.errors.is_empty())
                .map(|found| count(&found.uses, fingerprint)),
            kept: Keeping::of(key, keys),
            problem: key.problem(),
        }
    };
    keys.iter().filter(|key| !is_escrow_copy(keys, key)).map(line).collect()
}

fn unknown(in_cluster: Option<&[KeyUsage]>, in_files: Option<&FileUsage>) -> Vec<String> {
    let in_files = in_files.map(|found| found.uses.as_slice()).unwrap_or_default();
    let all = in_cluster.unwrap_or_default().iter().chain(in_files);
    all.filter(|it| it.unknown).map(|it| it.location.clone()).collect()
}
