//! [`CreateUsage`]: flags of `create` that are missing, or exclude each other.

use crate::error::{Hint, Kind};

/// What is wrong with how `create` was called. Never holds a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CreateUsage {
    #[error("create needs the name of the Secret")]
    NoName,
    #[error("unexpected argument \"{0}\"")]
    Word(String),
    #[error("\"{0}\" cannot be the name of a Secret")]
    Name(String),
    #[error("--from-literal number {0} is not KEY=VALUE")]
    Literal(usize),
    #[error("--from-file \"{0}\" is neither PATH nor KEY=PATH")]
    FromFile(String),
    #[error("{0} \"{1}\" is not KEY=VALUE")]
    Pair(&'static str, String),
    #[error("{flags} go with `create {kind}` only")]
    OtherKind { flags: &'static str, kind: &'static str },
    #[error("{0} and --merge-into exclude each other")]
    WithMergeInto(&'static str),
    #[error("{0} and --from-live exclude each other")]
    WithFromLive(&'static str),
    #[error("--adopt goes with --from-live only")]
    AdoptAlone,
    #[error("create docker-registry takes a file as .dockerconfigjson only")]
    DockerConfigKey,
    #[error("create docker-registry needs --docker-username")]
    NoUsername,
    #[error("create tls needs {0}")]
    NoTlsFile(&'static str),
}

impl Hint for CreateUsage {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoName | Self::Word(_) => {
                "write create NAME, create docker-registry NAME or create tls NAME, and then the flags; see create \
                 --help"
                    .into()
            }
            Self::Name(_) => {
                "a name has lower-case letters, digits, - and ., and begins and ends with a letter or digit".into()
            }
            Self::Literal(_) => {
                "write --from-literal KEY=VALUE, or --prompt KEY for a prompt".into()
            }
            Self::FromFile(_) => "write --from-file PATH or --from-file KEY=PATH; neither may have an = in it".into(),
            Self::Pair(flag, _) => format!("write {flag} KEY=VALUE"),
            Self::OtherKind { kind, .. } => format!("write create {kind} NAME, or leave them out"),
            Self::WithMergeInto("--sealed-secret-file") => {
                "--merge-into FILE changes that file; -w FILE writes a new one".into()
            }
            Self::WithMergeInto(flag) => {
                format!("leave out {flag}: what is there stays as it is, but for values, labels and annotations")
            }
            Self::WithFromLive("NAME") => "write create --from-live NAME alone: the SealedSecret gets the name of the Secret".into(),
            Self::WithFromLive(flag) => {
                format!("leave out {flag}: the Secret is sealed as it is; `create --merge-into FILE` and `edit` change it afterwards")
            }
            Self::AdoptAlone => "write --from-live NAME --adopt, with the name of the Secret in the cluster".into(),
            Self::DockerConfigKey => "write --from-file PATH, or --from-file .dockerconfigjson=PATH".into(),
            Self::NoUsername => {
                "write --docker-username USER; without --docker-password there is a prompt".into()
            }
            Self::NoTlsFile(_) => {
                "write --cert-file FILE and --key-file FILE; --cert is the certificate to seal with, not the one in \
                 the Secret"
                    .into()
            }
        })
    }

    fn kind(&self) -> Kind {
        Kind::Usage
    }
}
