//! [`InvalidManifest`]: what can be wrong in a manifest.

use yaml_edit_in_place::LineBreak;

/// What is wrong. Holds names of fields and kinds, never a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidManifest {
    #[error("it is not well-formed YAML: {0}")]
    Yaml(String),
    #[error("it is not well-formed JSON: {0}")]
    Json(String),
    #[error("an alias (*name) names an anchor (&name) that does not exist")]
    UnknownAnchor,
    #[error("it expands to more than a manifest can sensibly hold")]
    TooLarge,
    #[error("the key \"{0}\" occurs twice")]
    DuplicateKey(String),
    #[error("a key is read as {0}, not as text")]
    KeyNotText(&'static str),
    #[error("it is {0}, where a Kubernetes object belongs")]
    NotAnObject(&'static str),
    #[error("it is a {0}, not a Secret")]
    OtherKind(String),
    #[error("it is a {0}, not a SealedSecret of bitnami.com/v1alpha1")]
    NotSealed(String),
    #[error(transparent)]
    Shape(api::DecodeError),
    #[error("it is a Secret of apiVersion {0}, not of v1")]
    OtherVersion(String),
    /// With how it is spelt.
    #[error("{0}")]
    UnknownField(String),
    #[error("it has no spec.encryptedData")]
    NoItems,
    #[error("the field is spelt {0}")]
    Misspelt(&'static str),
    #[error("a Secret has no such field, and nothing in it would be sealed; {0} is spelt so")]
    Mistyped(&'static str),
    #[error("it is {found}, where {wanted} belongs")]
    OtherShape { found: &'static str, wanted: &'static str },
    #[error("it is not base64")]
    NotBase64,
    #[error(
        "there is {0}, which is a line break to kubectl and upstream's kubeseal and no line break to others"
    )]
    LineBreak(LineBreak),
}

impl InvalidManifest {
    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Yaml(_) => {
                "check indentation and quotes near there; quote values that begin with one of @ ` % & * ! | > { [ or \
                 hold \": \" or \" #\""
            }
            Self::UnknownAnchor => "quote values that begin with *",
            Self::Json(_) => "check commas, quotes and brackets near there",
            Self::DuplicateKey(_) => "keep one of them",
            Self::KeyNotText(_) => "quote the key",
            Self::OtherKind(kind) if kind == "SealedSecret" => {
                "it is sealed already; give the Secret it was made from"
            }
            Self::OtherKind(_) | Self::NotAnObject(_) => {
                "give Secrets only, with kind: Secret and apiVersion: v1"
            }
            Self::NotSealed(kind) if kind == "Secret" => "it is not sealed; seal it first",
            Self::NotSealed(_) => "give SealedSecrets only",
            Self::OtherVersion(_) => "write apiVersion: v1",
            Self::UnknownField(_) => {
                "spell it so: upper and lower case count, and the API server does not take it or drops the field"
            }
            Self::NoItems => {
                "is the file whole? The sealed values belong there; without any, write encryptedData: {}"
            }
            Self::Misspelt(_) => "upper and lower case count",
            Self::Mistyped(_) => "spell it so, or take it out",
            Self::OtherShape { found: "a number" | "a boolean", wanted: "text" } => {
                "quote it, so that it stays what you wrote"
            }
            Self::OtherShape { wanted: "true or false", .. } => "write true or false, without quotes",
            Self::NotBase64 => {
                "values under data are base64 with padding; put plain text under stringData instead"
            }
            Self::LineBreak(line_break) => return Some(line_break.hint()),
            Self::TooLarge | Self::Shape(_) | Self::OtherShape { .. } => return None,
        };
        Some(hint.into())
    }
}
