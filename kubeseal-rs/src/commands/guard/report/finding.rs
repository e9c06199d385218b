//! [`Finding`] and [`ScanWarning`]: the messages about a line of a file. They have names of objects and keys, never a value.

use crate::manifest::names::is_like_a_key;
use crate::terminal::program;
use api::Scope;
use std::fmt;

/// Plaintext, or something else that must not be committed, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub line: usize,
    /// Counted from 1; none in a file that is no manifest.
    pub document: Option<usize>,
    pub what: FindingKind,
}

/// What was found. A new kind of finding needs a variant here, and its message below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FindingKind {
    /// A value of a Secret.
    Secret { name: String, key: String },
    /// A value of a Secret with a sealing key, which must not be sealed with itself.
    SealingKey { name: String, key: String },
    /// A value of a SealedSecret that was never sealed.
    Unsealed { name: String, key: String },
    /// Such a value in a text that does not parse.
    UnsealedText { key: String },
    /// An annotation that holds a copy of a Secret.
    LastApplied { annotation: String },
    /// A credential in the template of a SealedSecret.
    TemplateData { name: String, key: String },
    /// A literal of kustomize's `secretGenerator`.
    Literal { generator: String, key: String },
    /// A line of a file that a `secretGenerator` reads line by line.
    EnvLine { generator: String, key: String },
    /// A file that a `secretGenerator` puts into a Secret.
    GeneratedFile { generator: String },
    /// A value of a Secret in a text that does not parse.
    SecretText { key: String },
    /// Maps in such a text that are nested too deep to be read.
    UnreadText,
    /// Recipients of a SealedSecret that the rule for its file does not name, a clause each.
    Recipients { name: String, surplus: Vec<String>, has_rule: bool, may_be_renewed: bool },
    /// An annotation for recipients that cannot be read.
    UnreadRecipients { name: String, why: String },
    /// A SealedSecret with a wider scope than the rule for its file says.
    WiderScope { name: String, stated: Scope, rule: Scope, pattern: String },
    /// A private key.
    PrivateKey,
}

/// A part of a file that could not be scanned in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScanWarning {
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

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret { name, key } => write!(
                f,
                "{} holds plaintext ({}); seal it with {}, and commit the SealedSecret instead",
                named("Secret", name),
                shown(key),
                program::name()
            ),
            Self::SealingKey { name, key } => write!(
                f,
                "{} is a sealing key ({}): keep it out of Git; `{} keys backup` makes an encrypted backup",
                named("Secret", name),
                shown(key),
                program::name()
            ),
            Self::Unsealed { name, key } => write!(
                f,
                "encryptedData of {} holds plaintext ({}), which was never sealed; {}",
                named("SealedSecret", name),
                shown(key),
                sealed_in_place()
            ),
            Self::UnsealedText { key } => write!(
                f,
                "encryptedData holds plaintext ({}), as far as a file that does not parse shows; {}",
                name_or_none(key),
                sealed_in_place()
            ),
            Self::LastApplied { annotation } => write!(
                f,
                "the annotation {} holds a copy of a Secret, values included; remove the annotation",
                shown(annotation)
            ),
            Self::TemplateData { name, key } => write!(
                f,
                "spec.template.data of {} holds a credential in plaintext ({}); seal it into encryptedData, and write a \
                 template in its place",
                named("SealedSecret", name),
                shown(key)
            ),
            Self::Literal { generator, key } => write!(
                f,
                "{} holds plaintext ({}); {}",
                named("secretGenerator", generator),
                name_or_none(key),
                sealed_resource()
            ),
            Self::EnvLine { generator, key } => write!(
                f,
                "plaintext ({}), which {} makes a Secret of; {}",
                name_or_none(key),
                named("secretGenerator", generator),
                sealed_resource()
            ),
            Self::GeneratedFile { generator } => write!(
                f,
                "a file in plaintext, which {} makes a Secret of; {}",
                named("secretGenerator", generator),
                sealed_resource()
            ),
            Self::SecretText { key } => write!(
                f,
                "a Secret holds plaintext ({}), as far as a file that does not parse shows; seal it, or \
                 make it a template",
                name_or_none(key)
            ),
            Self::UnreadText => f.write_str(
                "a Secret that does not parse has maps within too many others, which were not scanned; correct its \
                 brackets and quotes",
            ),
            Self::Recipients { name, surplus, has_rule, may_be_renewed } => {
                f.write_str(&surplus_recipients(name, surplus, *has_rule, *may_be_renewed))
            }
            Self::UnreadRecipients { name, why } => write!(
                f,
                "the annotation for the recipients of {} cannot be read, because {why}; take the file from version control, or seal the Secret again",
                // The name is not known where the document does not parse.
                if name.is_empty() { "a SealedSecret".to_owned() } else { named("SealedSecret", name) }
            ),
            Self::WiderScope { name, stated, rule, pattern } => write!(
                f,
                "{} has the scope {stated}, which is wider than {rule}, that of the rule {pattern}; seal the Secret again with the \
                 rule's scope, or change the rule",
                named("SealedSecret", name)
            ),
            Self::PrivateKey => {
                write!(f, "a private key; keep it out of Git, or seal it with {} create", program::name())
            }
        }
    }
}

impl fmt::Display for ScanWarning {
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

fn surplus_recipients(name: &str, surplus: &[String], has_rule: bool, may_be_renewed: bool) -> String {
    let program = program::name();
    let rule = if has_rule { "" } else { "add a rule for this file to the project file; or " };
    let reseal = if may_be_renewed {
        format!("if the key of a cluster was renewed, reseal the file with {program} reseal; else ")
    } else {
        String::new()
    };
    let (these, them) =
        if surplus.len() == 1 { ("this recipient", "it") } else { ("these recipients", "them") };
    format!(
        "{} is sealed for {}; {rule}{reseal}find out who added {these}, and remove {them} with {program} recipients remove",
        named("SealedSecret", name),
        surplus.join("; for ")
    )
}

fn named(kind: &str, name: &str) -> String {
    if name.is_empty() { format!("a {kind} without a name") } else { format!("{kind} {}", shown(name)) }
}

/// The advice instead of generating a Secret.
fn sealed_resource() -> String {
    format!("seal it with {}, and list the SealedSecret under resources instead", program::name())
}

/// The advice for a value that stands where a sealed one belongs.
fn sealed_in_place() -> String {
    format!("put in its place what {} --raw makes of it", program::name())
}

/// Number of characters of an invalid name that are shown.
const ODD_NAME_SHOWN: usize = 60;

/// A key of a text that is not parsed as YAML: an invalid name may be a part of a value, and is not shown.
fn name_or_none(key: &str) -> &str {
    if is_like_a_key(key) { key } else { "under what is no name" }
}

/// A name in a parsed object; another text in its place is escaped and quoted.
fn shown(name: &str) -> String {
    if is_like_a_key(name) {
        return name.to_owned();
    }
    let begin: String = name.chars().take(ODD_NAME_SHOWN).collect();
    let more = if begin.len() < name.len() { "…" } else { "" };
    format!("\"{}{more}\"", crate::terminal::escape::shown(&begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `Password=hunter2;Url=https` before the colon of an address, on a line of its own in a text that does not parse.
    #[test]
    fn what_may_be_a_part_of_a_value_is_not_shown() {
        let key = || "Password=hunter2;Url=https".to_owned();
        let generator = String::new;
        for what in [
            FindingKind::SecretText { key: key() },
            FindingKind::Literal { generator: generator(), key: key() },
            FindingKind::EnvLine { generator: generator(), key: key() },
        ] {
            assert!(!what.to_string().contains("hunter2"), "{what}");
        }
        let text = FindingKind::SecretText { key: "password".into() }.to_string();
        assert!(text.contains("(password)"), "{text}");
    }
}
