//! [`CreateError`]: why a Secret could not be built.

use crate::commands::common::annotations::AnnotationError;
use crate::commands::create::env_file::EnvFileError;
use crate::error::Hint;
use crate::manifest::names::InvalidKey;
use crate::terminal::escape::{shown, shown_path};
use crate::terminal::prompt::PromptError;
use std::io;
use std::path::PathBuf;

/// Why a Secret could not be built. Never holds a value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CreateError {
    #[error("cannot read {}", shown_path(.path))]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("--from-file {key}={} gives one key to a directory", shown_path(.path))]
    KeyForDirectory { key: String, path: PathBuf },
    /// Without its flag's text: half a value may have got into the key.
    #[error("{from} gives a key that a Secret cannot have")]
    Key {
        from: String,
        #[source]
        source: InvalidKey,
    },
    #[error("the key \"{0}\" is given twice")]
    Twice(String),
    #[error("cannot read line {line} of {}", shown_path(.path))]
    EnvFile {
        path: PathBuf,
        line: usize,
        #[source]
        source: EnvFileError,
    },
    #[error(transparent)]
    Prompt(#[from] PromptError),
    #[error("the password is not text (UTF-8)")]
    PasswordNotText,
    #[error("{} is not a JSON object, as docker writes it", shown_path(.0))]
    NotDockerConfig(PathBuf),
    #[error("cannot make a TLS Secret of {} and {}", shown_path(.certificate), shown_path(.key))]
    Tls {
        certificate: PathBuf,
        key: PathBuf,
        #[source]
        source: TlsError,
    },
    #[error("{} SealedSecret{} in {} {} the name {name}", if *.count == 0 { "no".into() } else { count.to_string() },
            if *.count == 0 { "" } else { "s" }, shown_path(.path), if *.count == 0 { "has" } else { "have" })]
    NotTheOne { path: PathBuf, name: String, count: usize },
    #[error("{} has the SealedSecret {}, and not {}", shown_path(.path), shown(.present), shown(.named))]
    OtherNamespace { path: PathBuf, present: String, named: String },
    #[error("the Secret has no data")]
    NoData,
    #[error(transparent)]
    Annotation(AnnotationError),
}

impl Hint for CreateError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Read { .. } => {
                "name a file that exists and may be read; a relative path starts at the present directory".into()
            }
            Self::KeyForDirectory { path, .. } => {
                format!("write --from-file {}; each file in it gives its name", shown_path(path))
            }
            Self::Key { .. } => {
                "a key has letters, digits, -, _ and .; give a file another with --from-file KEY=PATH".into()
            }
            Self::Twice(_) => "keep one of them".into(),
            Self::EnvFile { source, .. } => source.hint().into(),
            Self::Prompt(error) => error.hint(),
            Self::PasswordNotText => "a registry's password is text; check what is piped in".into(),
            Self::NotDockerConfig(_) => {
                "`docker login` writes ~/.docker/config.json; or write --docker-username USER and type the password".into()
            }
            Self::Tls { source, .. } => source.hint().into(),
            Self::OtherNamespace { .. } => {
                "write its namespace with -n NAMESPACE; a new SealedSecret is written with -w FILE".into()
            }
            Self::NotTheOne { .. } => {
                "values are added to the SealedSecret that is named: write its name, and -n NAMESPACE where several have it; a \
                 new one is written with -w FILE"
                    .into()
            }
            Self::Annotation(error) => error.hint(),
            Self::NoData => {
                "give it values with --prompt, --from-file (a file, or a directory with files), --from-env-file or --from-literal; --allow-empty-data \
                 seals a Secret without"
                    .into()
            }
        })
    }
}

/// Why two files are not a certificate and its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TlsError {
    #[error("the certificate file holds no PEM block \"CERTIFICATE\"")]
    NoCertificate,
    #[error("the certificate is damaged")]
    Certificate,
    #[error("the key file holds no PEM block with a private key")]
    NoKey,
    #[error("the private key is encrypted with a password")]
    Encrypted,
    #[error("the private key is damaged, or of a kind that is not supported")]
    Key,
    #[error("the certificate belongs to another private key")]
    Mismatch,
}

impl TlsError {
    pub(crate) fn hint(self) -> &'static str {
        match self {
            Self::NoCertificate | Self::Certificate => {
                "--cert-file takes a PEM file whose first certificate is the server's own"
            }
            Self::NoKey => "--key-file takes a PEM file with the private key",
            Self::Encrypted => {
                "no server can read it so; decrypt it first, such as with `openssl pkey -in KEY`, into a pipe: \
                 --key-file /dev/stdin"
            }
            Self::Key => "it must be RSA of at least 2048 bits, ECDSA on P-256, P-384 or P-521, or Ed25519",
            Self::Mismatch => {
                "give the key that the certificate was made for; the server's own certificate comes first in its \
                 file, those of the authorities behind it"
            }
        }
    }
}
