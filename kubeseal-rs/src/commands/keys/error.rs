//! [`KeysError`]: why a key was not shown, renewed, retired, revoked, backed up or restored.

use crate::controller::error::ControllerError;
use crate::error::{CommandError, Hint};
use crate::files::input::InputError;
use crate::key_store::backup_object::replacement::MOST;
use crate::key_store::error::KeyStoreError;
use crate::manifest::error::ManifestError;
use crate::terminal::escape::shown_path;
use crate::terminal::program::name;
use envelope::Fingerprint;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Why a command failed. Never shows a private key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeysError {
    #[error("\"{0}\" is not a fingerprint")]
    NotFingerprint(String),
    #[error("no sealing key has the fingerprint {0}")]
    Unknown(String),
    #[error("{1} sealing keys have fingerprints that begin with {0}")]
    Ambiguous(String, usize),
    #[error("key {} is the newest, which new values are sealed with", .key.short())]
    Newest {
        key: Fingerprint,
        /// The command that makes a newer one.
        renew: String,
    },
    #[error("key {} is the one that is served: new values are sealed with it", .0.short())]
    Served(Fingerprint),
    #[error("it is not known whether key {} is the one that is served", .key.short())]
    ServedUnknown {
        key: Fingerprint,
        /// None if the controller's response was no certificate.
        #[source]
        source: Option<Box<ControllerError>>,
    },
    #[error("key {} may be the newest: nothing shows that a newer one is the controller's", .0.short())]
    NewestKnown(Fingerprint),
    #[error("key {} is compromised, and stays so", .0.short())]
    Compromised(Fingerprint),
    #[error("of key {} there is only an escrow copy, which no controller opens", .0.short())]
    OnlyEscrow(Fingerprint),
    #[error("key {} is still needed, or may be{what}", .key.short())]
    Needed {
        key: Fingerprint,
        what: ObjectList,
        /// The commands that help.
        next: String,
    },
    #[error("cannot read what --except names")]
    Exceptions(#[source] InputError),
    #[error("what --except names is neither SealedSecrets nor a list of their names")]
    NotExceptions(#[source] ManifestError),
    #[error("there is no active sealing key")]
    NoActive,
    #[error("no new key appeared within {} s", .waited.as_secs())]
    NotRenewed {
        waited: Duration,
        /// The error of the last request.
        #[source]
        source: Option<Box<KeyStoreError>>,
    },
    #[error("a key appeared, {} (Secret {secret}), and the controller did not confirm within {} s that it made it", .key.short(), .waited.as_secs())]
    NotConfirmed {
        waited: Duration,
        key: Fingerprint,
        secret: String,
        /// The command that shows what the controller says of the Secret.
        events: String,
        /// Why the controller could not be asked.
        #[source]
        source: Option<Box<ControllerError>>,
    },
    #[error("the key {key} is NOT REVOKED")]
    NotRevoked {
        key: String,
        /// The kubectl command that revokes the key.
        line: String,
        #[source]
        source: Box<CommandError>,
    },
    #[error("the key {} IS REVOKED, but there is no new key yet", .key.short())]
    NoSuccessor {
        key: Fingerprint,
        /// The newest of the remaining keys.
        left: Option<Fingerprint>,
        #[source]
        source: Box<CommandError>,
    },
    #[error("aborted")]
    NotSure,
    #[error("a confirmation is needed, and there is no terminal to ask for it")]
    NoTerminal,
    #[error("there is no sealing key to back up in namespace {0}")]
    NothingToBackUp(String),
    #[error("{} is there already", shown_path(.0))]
    Exists(PathBuf),
    #[error("{} does not have the newest key, {key}{why}", shown_path(.file))]
    NotInBackup { key: String, file: PathBuf, why: String },
    #[error("it is not known whether {} has the newest key, {key}: it is encrypted to {recipients} recipient{}, and no identity was given", shown_path(.file), if *.recipients == 1 { "" } else { "s" })]
    BackupUnopened {
        key: String,
        file: PathBuf,
        recipients: usize,
        /// Who has a backup of the key, as its Secret says, on lines.
        record: String,
    },
    #[error("private keys are not shown on a terminal")]
    Terminal,
    #[error("cannot write {}", shown_path(.path))]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{object} would hold {} KiB, and at most {} KiB fit into it", .size.div_ceil(1024), MOST / 1024)]
    ObjectFull {
        object: String,
        /// In bytes.
        size: usize,
        /// The items with keys that the cluster does not have any more.
        kept: Vec<String>,
    },
    #[error("{0} of the given paths could not be read: how many of your files need each key is not known")]
    NotLookedInto(usize),
    #[error("cannot read a backup of sealing keys")]
    NotBackup(#[source] ManifestError),
    #[error("there is no sealing key in {0}")]
    NothingToRestore(String),
    #[error("{0} of the Secrets in the backup {is} no sealing key, and not restored", is = if *.0 == 1 { "is" } else { "are" })]
    NotAll(usize),
}

impl Hint for KeysError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NotFingerprint(_) => {
                format!("it is at least 8 hex digits, as `{} keys list` shows them", name())
            }
            Self::Unknown(_) => {
                format!("see `{} keys list`, and check --controller-namespace and --context", name())
            }
            Self::Ambiguous(..) => "write more digits".into(),
            Self::Newest { renew, .. } => format!("make a newer one first: `{renew}`"),
            Self::Served(_) => {
                "wait until the controller serves a newer one (--key-publish-delay)".into()
            }
            Self::ServedUnknown { source, .. } => {
                let hint = source.as_ref().and_then(|error| error.hint());
                let hint = hint.unwrap_or_else(|| "is that the controller's Service?".into());
                format!("{hint}. If you know that another key is served, add --unserved; nothing was changed")
            }
            Self::NewestKnown(_) => {
                "the newer ones are wrapped, and other users may have stored them: the controller does not serve one, and never served one to this machine. \
                 Start it; or if you know that another key is served, add --unserved; nothing was changed"
                    .into()
            }
            Self::Compromised(_) => "what was sealed with it is known to others; there is nothing to retire".into(),
            Self::OnlyEscrow(key) => format!(
                "there is nothing to retire; `{} keys unwrap {} --identity FILE` makes it a key again",
                name(),
                key.short()
            ),
            Self::Needed { next, .. } => next.clone(),
            Self::Exceptions(_) | Self::NotExceptions(_) => format!(
                "give a file of SealedSecrets, or of a namespace/name in each line, as `{} keys list -o json | jq -r '.unknown[]'` prints",
                name()
            ),
            Self::NoActive => format!(
                "the controller makes the first key when it starts; restore a backup with `{} keys restore`",
                name()
            ),
            Self::NotRevoked { line, source, .. } => {
                let hint = source.hint().unwrap_or_else(|| "try again".into());
                format!("{hint}.\n  Without this program, it is revoked by `{line}`")
            }
            Self::NoSuccessor { left, source, .. } => {
                let unconfirmed = |error: &&Self| matches!(error, Self::NotConfirmed { .. });
                let cause = source.downcast_ref::<Self>().filter(unconfirmed).and_then(Self::hint);
                let next = without_successor(left.as_ref());
                cause.map(|cause| format!("{cause}. {next}")).unwrap_or(next)
            }
            Self::NotRenewed { .. } => {
                "the request stays on the newest key's Secret, and a controller that starts later answers it. Is it running? An \
                 older one, or upstream's, does not know this request: send it SIGUSR1, or set --key-cutoff-time. RSA keys of 8192 bits \
                 take minutes: wait longer with --timeout"
                    .into()
            }
            Self::NotConfirmed { events, source, .. } => {
                let hint = source.as_ref().and_then(|error| error.hint());
                format!(
                    "{}where keys are wrapped, it is the controller's only if it serves the certificate, or opens what is sealed to it: other \
                     users may have stored the Secret. What it says of it: `{events}`. The request stays, and the cached certificate too",
                    hint.map(|hint| format!("{hint}; ")).unwrap_or_default()
                )
            }
            Self::NotSure => "nothing was changed".into(),
            Self::NoTerminal => "add --yes; nothing was changed".into(),
            Self::NothingToBackUp(_) => "check --controller-namespace and --context".into(),
            Self::Exists(_) => "choose another name, or overwrite it with --force".into(),
            Self::NotInBackup { .. } => format!(
                "make a new one: `{} keys backup -o NEWFILE -r RECIPIENT`, with -r or -R for each recipient, or with none for a passphrase",
                name()
            ),
            Self::BackupUnopened { record, .. } => {
                let known = match record.as_str() {
                    "" => "the key's Secret has no record of a backup".to_owned(),
                    record => format!("the key's Secret says that there are backups of it for:{record}"),
                };
                format!("give the private key of a recipient, with --identity FILE; {known}")
            }
            Self::Terminal => "name a file with -o FILE, or leave out --plain".into(),
            Self::Write { .. } => {
                "-o needs an existing directory in which you may create files; nothing was changed".into()
            }
            Self::ObjectFull { kept, .. } if kept.is_empty() => {
                "write the backup into a file, with -o FILE, or into an object without other items; nothing was written".into()
            }
            Self::ObjectFull { object, kept, .. } => format!(
                "nothing was written, because {} may be the only backup of keys that the cluster does not have any more: restore it with `{} keys \
                 restore`; or copy {object} elsewhere, and run this once with --force, which replaces all backups in it",
                kept.join(", "),
                name()
            ),
            Self::NotLookedInto(_) => "the warnings say why; correct the paths, mend the files, or name what `helm template` makes of a template".into(),
            Self::NotBackup(error) if !error.is_of_other_kind() => return error.hint(),
            Self::NothingToRestore(_) | Self::NotBackup(_) => {
                format!(
                    "a backup holds the Secrets of sealing keys: give a file of `{} keys backup`, or of `kubectl get secret -n kube-system -l \
                     sealedsecrets.bitnami.com/sealed-secrets-key -o yaml`",
                    name()
                )
            }
            Self::NotAll(_) => "all others are restored; the warnings say what is wrong with these".into(),
        })
    }
}

/// What to do after a leaked key was revoked, if no new key has come.
fn without_successor(left: Option<&Fingerprint>) -> String {
    let state = match left {
        Some(left) => format!(
            "values are sealed with {} meanwhile; a new key is requested, and a controller that starts later makes it",
            left.short()
        ),
        None => "nothing can be sealed before there is one; a controller that runs makes it at once".into(),
    };
    format!(
        "{state}. See to it that the controller runs, then look at `{} keys list`. An older one, or upstream's, goes on using \
         the revoked key until you restart it",
        name()
    )
}

/// SealedSecrets, one on each line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObjectList(pub Vec<String>);

/// Lines of [`ObjectList`] that are shown.
const SHOWN: usize = 20;

impl fmt::Display for ObjectList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().take(SHOWN).try_for_each(|location| write!(f, "\n  {location}"))?;
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "\n  and {more} more"),
        }
    }
}
