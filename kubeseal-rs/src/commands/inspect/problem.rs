//! [`Problem`]: what is wrong with a SealedSecret, as far as its text shows.

use api::Scope;
use envelope::Fingerprint;
use sealing::{Diagnosis, NotedKey};
use serde::ser::{Serialize, SerializeStruct as _, Serializer};

/// Something that is wrong, or may surprise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Problem {
    #[error(
        "COMPROMISED: the key that it was sealed with leaked and was revoked. Change its values where they come from, and seal the new ones; sealing \
         the old ones anew protects nothing"
    )]
    Compromised,
    #[error("{0}")]
    Key(Diagnosis),
    #[error("it has no metadata.name")]
    NoName,
    #[error("it has no metadata.namespace: its values open only in the namespace that they were sealed for")]
    NoNamespace,
    #[error("its apiVersion is not bitnami.com/v1alpha1")]
    Version,
    #[error("it has no items")]
    NoItems,
    #[error("item {0}: this is not text; a sealed value is one line of base64")]
    NotText(String),
    #[error("item {0}: this is not base64; seal it again")]
    NotBase64(String),
    #[error("item {0}: this is no sealed value; seal it first")]
    NotSealed(String),
    #[error("item {0}: it is cut off; part of the line was lost")]
    Truncated(String),
    #[error("its items were sealed with keys of different sizes, {} bits: with more than one certificate", sizes(.0))]
    MixedKeys(Vec<usize>),
    #[error("it has both scope annotations; cluster-wide wins")]
    BothScopes,
    #[error("the annotation {0} is not \"true\", and counts for nothing")]
    ScopeNotTrue(&'static str),
    #[error(
        "spec.template says scope {template}, which counts for nothing: it is the SealedSecret's own annotations \
         that say {own}"
    )]
    TemplateScope { own: Scope, template: Scope },
    #[error(
        "spec.template.metadata.{0} differs, and counts for nothing: the Secret takes the SealedSecret's own"
    )]
    TemplateOther(&'static str),
    #[error("spec.template.data has values in plain text: {}", .0.join(", "))]
    PlainTemplate(Vec<String>),
    #[error("spec.template.data and encryptedData both have {}; the sealed value wins", .0.join(", "))]
    TemplateHidden(Vec<String>),
    #[error("it uses spec.data, which is deprecated: seal the Secret again")]
    Deprecated,
    #[error(
        "the annotation for the recipients cannot be read, so that only the first cluster opens it: {0}; seal it again"
    )]
    BadRecipients(String),
    #[error("{}: without an entry in the annotation for the recipients, so that one cluster only opens it; seal it again", .0.join(", "))]
    WithoutEntry(Vec<String>),
    #[error("the certificate-fingerprint annotation is no fingerprint")]
    BadFingerprint,
    #[error(
        "the certificate-fingerprint annotation names a certificate of {annotated} bits, and the items are of another"
    )]
    OtherKey { annotated: usize },
}

impl Problem {
    /// What is wrong with the keys that it names, by what is known of them. A revoked one is [`Problem::Compromised`].
    pub(crate) fn of_keys(noted: &[Fingerprint], known: impl Fn(Fingerprint) -> NotedKey) -> Option<Self> {
        let diagnosis = Diagnosis::of_keys(noted, ("", ""), known);
        let is_wrong = matches!(diagnosis, Diagnosis::Retired { .. } | Diagnosis::AbsentKey(_));
        is_wrong.then_some(Self::Key(diagnosis))
    }

    /// The problem's code in JSON output.
    fn code(&self) -> &'static str {
        match self {
            Self::Compromised => "compromised",
            Self::Key(Diagnosis::Retired { .. }) => "key-retired",
            Self::Key(_) => "key-absent",
            Self::NoName => "no-name",
            Self::NoNamespace => "no-namespace",
            Self::Version => "api-version",
            Self::NoItems => "no-items",
            Self::NotText(_) => "item-not-text",
            Self::NotBase64(_) => "item-not-base64",
            Self::NotSealed(_) => "item-not-sealed",
            Self::Truncated(_) => "item-truncated",
            Self::MixedKeys(_) => "mixed-keys",
            Self::BothScopes => "both-scopes",
            Self::ScopeNotTrue(_) => "scope-not-true",
            Self::TemplateScope { .. } => "template-scope",
            Self::TemplateOther(_) => "template-metadata",
            Self::PlainTemplate(_) => "template-data-plain",
            Self::TemplateHidden(_) => "template-data-hidden",
            Self::Deprecated => "deprecated-data",
            Self::BadRecipients(_) => "recipients-unreadable",
            Self::WithoutEntry(_) => "item-without-entry",
            Self::BadFingerprint => "bad-fingerprint",
            Self::OtherKey { .. } => "other-key",
        }
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Problem", 2)?;
        fields.serialize_field("code", self.code())?;
        fields.serialize_field("message", &self.to_string())?;
        fields.end()
    }
}

fn sizes(sizes: &[usize]) -> String {
    let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
    sizes.join(" and ")
}
