//! [`UsageError`]: flags that contradict each other, and what to write instead.

use crate::certificate::UnsupportedAddress;
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
    #[error("--raw and --fetch-cert exclude each other")]
    RawWithFetchCert,
    #[error("--raw with scope {0} needs --name")]
    RawWithoutName(Scope),
    #[error("unexpected argument \"{0}\"")]
    Argument(String),
    #[error("--cert does not name a certificate")]
    Certificate(#[from] UnsupportedAddress),
}

impl UsageError {
    /// What to write instead.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::FromFileWithoutRaw => {
                "add --raw to seal one bare value, or give whole Secrets with --secret-file FILE".into()
            }
            Self::SeveralFromFile => "call it once for each value".into(),
            Self::RawWithSecretFile => {
                "write --from-file FILE for a bare value, or leave out --raw to seal whole Secrets".into()
            }
            Self::RawWithFetchCert => {
                "fetch first (--fetch-cert > cert.pem), then seal with --cert cert.pem".into()
            }
            Self::RawWithoutName(_) => {
                "add --name NAME, the name of the SealedSecret that the value goes into, or choose \
                 --scope namespace-wide"
                    .into()
            }
            Self::Argument(_) => "to seal a file, write --secret-file FILE (or -f FILE); see --help".into(),
            Self::Certificate(_) => {
                "write --cert FILE, or a URL that begins with https://, http:// or file://".into()
            }
        }
    }
}
