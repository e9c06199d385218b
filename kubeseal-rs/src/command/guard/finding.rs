//! [`Finding`] and [`Doubt`]: what is told about a place in a file. Names of objects and keys, never a value.

use crate::program;
use std::fmt;

/// As many names as a person reads at once.
const NAMES_SHOWN: usize = 5;

/// Plaintext, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub line: usize,
    /// From 1; none in a file that is no manifest.
    pub document: Option<usize>,
    pub what: What,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// A Secret with values.
    Secret { name: String, keys: Vec<String> },
    /// An annotation that holds a copy of a Secret.
    LastApplied { annotation: String },
    /// A SealedSecret whose template holds values.
    TemplateData { name: String, keys: Vec<String> },
    /// A value of a Secret in a text that does not parse.
    SecretText { key: String },
    /// A private key.
    PrivateKey,
}

/// Something that could not be looked into as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Doubt {
    pub line: Option<usize>,
    pub document: Option<usize>,
    pub why: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.line)?;
        if let Some(document) = self.document {
            write!(f, "document {document}: ")?;
        }
        write!(f, "{}", self.what)
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret { name, keys } => write!(
                f,
                "{} holds plaintext ({}); seal it with {}, and commit the SealedSecret instead",
                named("Secret", name),
                list(keys),
                program::name()
            ),
            Self::LastApplied { annotation } => write!(
                f,
                "the annotation {} holds a copy of a Secret, values included; remove the annotation",
                shown(annotation)
            ),
            Self::TemplateData { name, keys } => write!(
                f,
                "spec.template.data of {} holds values, not templates ({}); seal them into encryptedData",
                named("SealedSecret", name),
                list(keys)
            ),
            Self::SecretText { key } => write!(
                f,
                "a Secret holds plaintext ({}), as far as can be told of a file that does not parse; seal it, or \
                 make it a template",
                shown(key)
            ),
            Self::PrivateKey => {
                write!(f, "a private key; keep it out of Git, or seal it with {} create", program::name())
            }
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        f.write_str(": ")?;
        if let Some(document) = self.document {
            write!(f, "document {document}: ")?;
        }
        f.write_str(&self.why)
    }
}

fn named(kind: &str, name: &str) -> String {
    if name.is_empty() { format!("a {kind} without a name") } else { format!("{kind} {}", shown(name)) }
}

fn list(names: &[String]) -> String {
    let shown_names: Vec<String> = names.iter().take(NAMES_SHOWN).map(|name| shown(name)).collect();
    match names.len() - shown_names.len() {
        0 => shown_names.join(", "),
        more => format!("{} and {more} more", shown_names.join(", ")),
    }
}

/// A name, unless it is something else that went into its place.
fn shown(name: &str) -> String {
    let is_name = name.len() <= 253 && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
    if is_name { name.to_owned() } else { "(an odd name)".into() }
}
