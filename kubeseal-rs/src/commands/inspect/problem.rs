//! [`Problem`]: what is wrong with a SealedSecret, as far as its text shows.

use crate::manifest::sealed_secrets::known_fields::UnknownField;
use api::Scope;
use envelope::Fingerprint;
use sealing::{Diagnosis, NotedKey, NotedKeys};
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
    /// The cluster has it as it is here.
    #[error("it is applied as it is here, and not synced: the state of the cluster says why")]
    NotSynced,
    #[error("{0}")]
    UnknownField(UnknownField),
    #[error("it has no spec.encryptedData, without which the API server does not take it")]
    NoItemsField,
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
    /// The template states a name or namespace that the values are bound to.
    #[error(
        "spec.template.metadata.{field} is {template}: if kubeseal wrote that, the values were sealed for that {field}, and do not open as {own}; change it back, or seal the Secret again"
    )]
    Renamed { field: &'static str, template: String, own: String },
    #[error("spec.template.data.{template}, {why}; no Secret is made while it is there")]
    NotATemplate { template: String, why: String },
    #[error("spec.template.data.{template}, line {line}: {name} is neither an item nor in spec.template.data{}", advice(.meant.as_deref()))]
    UnknownName { template: String, line: usize, name: String, meant: Option<String> },
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
    #[error("the item-certificates annotation cannot be read")]
    BadItemCertificates,
}

impl Problem {
    /// What is wrong with the keys that it names, by what is known of them.
    pub(crate) fn of_keys(noted: &NotedKeys, known: impl Fn(Fingerprint) -> NotedKey) -> Option<Self> {
        match Diagnosis::of_keys(noted, ("", ""), known) {
            Diagnosis::Revoked => Some(Self::Compromised),
            diagnosis @ (Diagnosis::Retired { .. } | Diagnosis::AbsentKey(_)) => Some(Self::Key(diagnosis)),
            _ => None,
        }
    }

    /// Whether it keeps the values from their place, so that `--check` fails. The others may be meant.
    pub(crate) fn is_error(&self) -> bool {
        match self {
            Self::Compromised
            | Self::NotSynced
            | Self::UnknownField(_)
            | Self::NoItemsField
            | Self::NoName
            | Self::Version
            | Self::NotText(_)
            | Self::NotBase64(_)
            | Self::NotSealed(_)
            | Self::Truncated(_)
            | Self::ScopeNotTrue(_)
            | Self::TemplateScope { .. }
            | Self::Renamed { .. }
            | Self::NotATemplate { .. }
            | Self::UnknownName { .. }
            | Self::BadRecipients(_)
            | Self::WithoutEntry(_)
            | Self::Key(_) => true,
            Self::NoNamespace
            | Self::NoItems
            | Self::MixedKeys(_)
            | Self::BothScopes
            | Self::TemplateOther(_)
            | Self::PlainTemplate(_)
            | Self::TemplateHidden(_)
            | Self::Deprecated
            | Self::BadFingerprint
            | Self::BadItemCertificates
            | Self::OtherKey { .. } => false,
        }
    }

    /// The problem's code in JSON output.
    fn code(&self) -> &'static str {
        match self {
            Self::Compromised => "compromised",
            Self::Key(Diagnosis::Retired { .. }) => "key-retired",
            Self::Key(_) => "key-absent",
            Self::NotSynced => "not-synced",
            Self::UnknownField(_) => "unknown-field",
            Self::NoItemsField => "no-items-field",
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
            Self::Renamed { .. } => "renamed",
            Self::NotATemplate { .. } => "template-broken",
            Self::UnknownName { .. } => "template-unknown-name",
            Self::PlainTemplate(_) => "template-data-plain",
            Self::TemplateHidden(_) => "template-data-hidden",
            Self::Deprecated => "deprecated-data",
            Self::BadRecipients(_) => "recipients-unreadable",
            Self::WithoutEntry(_) => "item-without-entry",
            Self::BadFingerprint => "bad-fingerprint",
            Self::BadItemCertificates => "bad-item-certificates",
            Self::OtherKey { .. } => "other-key",
        }
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Problem", 3)?;
        fields.serialize_field("code", self.code())?;
        fields.serialize_field("severity", if self.is_error() { "error" } else { "note" })?;
        fields.serialize_field("message", &self.to_string())?;
        fields.end()
    }
}

fn advice(meant: Option<&str>) -> String {
    meant.map(|name| format!("; is {name} meant?")).unwrap_or_default()
}

fn sizes(sizes: &[usize]) -> String {
    let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
    sizes.join(" and ")
}
