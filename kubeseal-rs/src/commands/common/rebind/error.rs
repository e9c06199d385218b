//! [`RebindError`]: why a SealedSecret was not sealed for another name, namespace or scope.

use crate::error::{Hint, Kind};
use crate::files::file_update::error::FileUpdateError;
use crate::manifest::location::Location;
use crate::manifest::sealed_secrets::NAMESPACE_HINT;
use crate::terminal::escape::{shown, shown_path};
use sealing::ChangeError;
use std::path::PathBuf;

/// Why the file was left as it is. Never shows sealed values.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RebindError {
    #[error("cannot change {}", shown_path(.path))]
    File {
        path: PathBuf,
        #[source]
        source: FileUpdateError,
    },
    #[error("{} has no SealedSecret", shown_path(.0))]
    NotFound(PathBuf),
    #[error("{} has no SealedSecret called \"{}\"", shown_path(.path), shown(.name))]
    NotNamed { path: PathBuf, name: String },
    #[error("{} has several SealedSecrets: {}", shown_path(.path), .found.join(", "))]
    Several { path: PathBuf, found: Vec<String> },
    #[error("the SealedSecret in {0} names no namespace")]
    NoNamespace(Location),
    #[error("\"{}\" cannot be the name of a SealedSecret", shown(.0))]
    Name(String),
    #[error("the SealedSecret in {0} has no name")]
    NoName(Location),
    #[error("the values of {0} have to be opened, and no key is given")]
    NoKeys(String),
    #[error("cannot open the SealedSecret in {location}")]
    NotOpened {
        location: Location,
        /// What to do about it, if it does not open.
        hint: Option<String>,
        #[source]
        source: ChangeError,
    },
    #[error("the file already has another SealedSecret {0}")]
    Taken(String),
    #[error("the SealedSecret in {0} is an item of a List")]
    Item(Location),
    #[error("{} is the file that the SealedSecret is in, and -w would replace all of it", shown_path(.0))]
    IsSource(PathBuf),
    #[error("{} exists already", shown_path(.0))]
    Exists(PathBuf),
    #[error(
        "with the scope cluster-wide, the SealedSecret would open under any name in any namespace of several clusters"
    )]
    OpensAnywhere,
}

impl Hint for RebindError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::File { source, .. } => return source.hint(),
            Self::NotFound(_) | Self::NotNamed { .. } => "name a file with an object of kind: SealedSecret, and that one with --name NAME".into(),
            Self::Several { .. } => "choose one with --name NAME, and with -n NAMESPACE where several have the name".into(),
            Self::NoNamespace(_) => NAMESPACE_HINT.into(),
            Self::Name(_) => "a name has lower-case letters, digits, - and ., and begins and ends with a letter or digit".into(),
            Self::NoName(_) => "write its name into metadata.name: that for which it was sealed".into(),
            Self::NoKeys(_) => "give a backup of the cluster's private keys with --recovery-private-key FILE, or the identity of an age \
                recipient with --identity FILE; the controller does not do it, because it would open any value for a user who may use \
                another name. Without a key, seal the Secret again"
                .into(),
            Self::NotOpened { hint: Some(hint), .. } => format!("{hint}; nothing was changed"),
            Self::NotOpened { source: ChangeError::Items(_), .. } => "nothing was changed".into(),
            Self::NotOpened { .. } => "seal the Secret again; nothing was changed".into(),
            Self::Taken(_) => "write it to a file of its own, with -w FILE, or choose another name; nothing was changed".into(),
            Self::IsSource(_) => "leave out -w to change it in place".into(),
            Self::Item(_) => "change it in place, without -w".into(),
            Self::Exists(_) => "write to another file, or overwrite all of it with --force".into(),
            Self::OpensAnywhere => "choose a narrower scope; or write --force if that is meant; nothing was changed".into(),
        })
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Several { .. } | Self::NoKeys(_) | Self::Name(_) | Self::Item(_) | Self::IsSource(_) => {
                Kind::Usage
            }
            _ => Kind::Failed,
        }
    }
}
