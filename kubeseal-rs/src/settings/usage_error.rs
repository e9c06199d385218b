//! [`UsageError`]: flags that contradict each other or are not enough, and what to write instead.

use crate::error::{Hint, Kind};
use crate::settings::flag_value::{FORMAT_RULE, NAMESPACE_RULE};
use crate::settings::timeout::DURATION_RULE;
use api::Scope;

/// Flags that do not go together, or are not enough.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UsageError {
    #[error("--from-file goes with --raw only")]
    FromFileWithoutRaw,
    #[error("--raw seals one value, and several --from-file were given")]
    SeveralFromFile,
    #[error("--raw takes its value from --from-file or standard input, not from --secret-file")]
    RawWithSecretFile,
    #[error("{0} and {1} exclude each other")]
    Exclude(&'static str, &'static str),
    #[error("{0} needs the cluster, which --offline does not use")]
    Offline(&'static str),
    #[error("--cert names a URL, which --offline does not fetch")]
    OfflineWithUrl,
    #[error("--recovery-unseal needs --recovery-private-key, or --identity")]
    NoRecoveryKey,
    #[error("--raw with scope {0} needs --name")]
    RawWithoutName(Scope),
    #[error("{0} needs {1} or {2}")]
    NeedsOneOf(&'static str, &'static str, &'static str),
    #[error("{0} needs fingerprints of keys, or --all")]
    NoKeys(&'static str),
    #[error("unsupported output format: {0}")]
    Format(String),
    #[error("--request-timeout \"{0}\" is not a duration")]
    RequestTimeout(String),
    #[error("no namespace can be called \"{0}\"")]
    Namespace(String),
    #[error("unexpected argument \"{0}\"")]
    Argument(String),
}

impl Hint for UsageError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::FromFileWithoutRaw => {
                "add --raw to seal one bare value, or give whole Secrets with --secret-file FILE".into()
            }
            Self::SeveralFromFile => "call it once for each value".into(),
            Self::RawWithSecretFile => {
                "write --from-file FILE for a bare value, or leave out --raw to seal whole Secrets".into()
            }
            Self::Exclude("--raw", "--fetch-cert") => {
                "fetch first (--fetch-cert > cert.pem), then seal with --cert cert.pem".into()
            }
            Self::Exclude("--cluster" | "--server", "--for") => {
                "leave out one of them; SEALED_SECRETS_CLUSTER and SEALED_SECRETS_SERVER count as these flags"
                    .into()
            }
            Self::Exclude(..) => "call it once for each".into(),
            Self::NeedsOneOf(_, one, other) => format!("add {one}, {other}, or both"),
            Self::NoKeys(_) => "`keys list` shows the fingerprints; the first digits are enough".into(),
            Self::Offline(_) => "leave out --offline".into(),
            Self::OfflineWithUrl => "leave out --offline, or fetch it first and write --cert FILE".into(),
            Self::NoRecoveryKey => {
                "add --recovery-private-key FILE, with a private key or a backup of the sealing keys".into()
            }
            Self::RawWithoutName(_) => {
                "add --name NAME, the name of the SealedSecret that the value goes into, or choose \
                 --scope namespace-wide"
                    .into()
            }
            Self::Format(_) => format!("{FORMAT_RULE}: write it with --format, or in SEALED_SECRETS_FORMAT"),
            Self::RequestTimeout(_) => {
                format!(
                    "{DURATION_RULE}: write it with --request-timeout, or in SEALED_SECRETS_REQUEST_TIMEOUT"
                )
            }
            Self::Namespace(_) => NAMESPACE_RULE.into(),
            // The parser of the command line, which knows the flags and commands, says what to write.
            Self::Argument(_) => return None,
        })
    }

    fn kind(&self) -> Kind {
        Kind::Usage
    }
}
