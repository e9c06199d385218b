//! [`Refusal`]: every error in a SealedSecret, or in the Secret with its name.

use api::annotations::{MANAGED, PATCH};
use api::{DecodeError, TooManyEntries};
use sealing::{DO_NOT_RENDER, InFull, UnsealError};

/// Why a SealedSecret is refused. The message names it, and never shows a value. `Display` is the text for the status
/// and the event, which depends on no value; [`Refusal::in_full`] is the text for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the SealedSecret cannot be read: {0}")]
    Undecodable(DecodeError),
    /// Items do not open, or templates do not render.
    #[error("{0}")]
    Unseal(UnsealError),
    /// The API server does not accept the rendered values. The message is the one for templates that do not render: by
    /// another one, a user who chooses the Secret's type would learn whether a value is JSON, for example, or how long
    /// it is.
    #[error("{DO_NOT_RENDER}")]
    RenderedBadly {
        /// The API server's message, for the log.
        detail: String,
    },
    /// The SealedSecret has templates, and the controller renders none in its namespace.
    #[error(
        "templates are switched off for this namespace (the controller's flags --templates and --templates-except), and \
         spec.template.data has actions ({{{{ … }}}}) in {}",
        some_of(.0)
    )]
    TemplatesOff(Vec<String>),
    /// The Secret would count as a sealing key, or as the Secret from which the names of first keys are derived.
    #[error(
        "its Secret would count as a sealing key of this controller or another, or as what a controller keeps beside its keys; a \
         SealedSecret may not write those: the controller creates them, and `kubeseal-rs keys restore` restores them"
    )]
    SealingKey,
    /// The existing Secret belongs to no SealedSecret, or to another object.
    // The first sentence is upstream's, to the letter: people search for it.
    #[error(
        "Resource \"{name}\" already exists and is not managed by SealedSecret. To have it replaced by this SealedSecret: `kubectl \
         annotate secret -n {namespace} {name} {MANAGED}=true --overwrite`; to have the values added to it, annotate it with \
         {PATCH}=true instead; or delete it"
    )]
    Unmanaged { namespace: String, name: String },
    /// The existing Secret has so many entries that it is read in part only: neither its owner nor its data are certain.
    #[error(
        "the Secret \"{name}\" already exists, and {too_many}; remove some of them, or delete the Secret: it is then created again \
         from this SealedSecret"
    )]
    TooManyEntries { name: String, too_many: TooManyEntries },
    /// The existing Secret is immutable, and would have to change.
    #[error(
        "the target Secret is immutable: its values cannot be changed, and it cannot be made mutable again; delete the Secret \
         \"{name}\": it is then created again from this SealedSecret"
    )]
    Immutable {
        name: String,
        /// The error of the templates, for the log. In the status it would reveal a second bit about the values, beside
        /// whether they are those of the Secret.
        rendering: Option<UnsealError>,
    },
    /// The existing Secret has another type.
    #[error(
        "the Secret \"{name}\" has type {existing}, and a type cannot be changed; delete the Secret: it is then created again \
         with type {wanted}"
    )]
    TypeChange { name: String, existing: String, wanted: String },
    /// The API server does not accept the Secret, for a reason that is not in rendered values.
    #[error("the API server does not accept the Secret: {0}")]
    Rejected(String),
}

impl Refusal {
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::Undecodable(_) => "InvalidSpec",
            Self::Unseal(error) if error.blames_revocation() => "KeyRevoked",
            Self::Unseal(error) if error.wants_key() => "NoKeyOpens",
            Self::Unseal(_) | Self::RenderedBadly { .. } => "UnsealFailed",
            Self::TemplatesOff(_) => "TemplatesOff",
            Self::SealingKey => "SealingKey",
            Self::Unmanaged { .. } => "Unmanaged",
            Self::TooManyEntries { .. } => "TooManyEntries",
            Self::Immutable { .. } => "Immutable",
            Self::TypeChange { .. } => "TypeChange",
            Self::Rejected(_) => "Rejected",
        }
    }

    /// The text for the log, which may name the line where a template failed with these values.
    pub(crate) fn in_full(&self) -> String {
        match self {
            Self::Unseal(error) => InFull(error).to_string(),
            Self::RenderedBadly { detail } => {
                format!("the API server does not accept what the templates give: {detail}")
            }
            short @ Self::Immutable { rendering: Some(error), .. } => {
                format!("{short}; and {}", InFull(error))
            }
            short => short.to_string(),
        }
    }

    /// Whether it failed before the Secret was touched. Upstream's events have a reason of their own for that.
    pub(crate) fn is_unseal_failure(&self) -> bool {
        matches!(
            self,
            Self::Undecodable(_)
                | Self::Unseal(_)
                | Self::RenderedBadly { .. }
                | Self::TemplatesOff(_)
                | Self::SealingKey
        )
    }
}

/// The first names, and how many more there are.
fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 10;
    let more = names.len().saturating_sub(SHOWN);
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}
