//! [`Plan`]: everything that can be decided about a SealedSecret, and [`Refusal`], everything that can be wrong
//! with one.

use crate::unseal::outcome::Hindrance;
use api::annotations::{MANAGED, PATCH};
use api::{DecodeError, TooManyEntries};
use envelope::Fingerprint;
use sealing::{DO_NOT_RENDER, InFull, UnsealError, UnsealedSecret};
use std::collections::BTreeSet;

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Plan {
    /// Nothing to do and nothing to say: the SealedSecret is going away.
    Leave,
    /// Make the Secret.
    Create(UnsealedSecret),
    /// Write the Secret anew.
    Replace(UnsealedSecret),
    /// The Secret is as it should be.
    Keep {
        /// The version that was found right.
        resource_version: String,
        /// The keys that opened what it was held against.
        opened_by: BTreeSet<Fingerprint>,
    },
    /// The object itself is at fault: say so, and wait until it, its Secret or the keys change.
    Refuse(Refusal),
    /// The cluster has to get somewhere first: look again later.
    Wait(Hindrance),
}

impl Plan {
    /// Whether it changes anything in the cluster.
    pub(crate) fn writes(&self) -> bool {
        matches!(self, Self::Create(_) | Self::Replace(_))
    }

    /// How many bytes of values it writes.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Create(secret) | Self::Replace(secret) => {
                secret.data.values().map(|value| value.expose().len()).sum()
            }
            _ => 0,
        }
    }

    /// Whether it may depend on what templates gave. What did not open was not rendered.
    pub(crate) fn may_tell_of_values(&self) -> bool {
        match self {
            Self::Refuse(Refusal::Unseal(error)) => error.depends_on_values(),
            Self::Leave
            | Self::Wait(Hindrance::NoKeys | Hindrance::EarlierOwner(_) | Hindrance::Terminating(_))
            | Self::Refuse(
                Refusal::Undecodable(_)
                | Refusal::SealingKey
                | Refusal::Unmanaged { .. }
                | Refusal::TooManyEntries { .. }
                | Refusal::TemplatesOff(_)
                | Refusal::TypeChange { .. },
            ) => false,
            _ => true,
        }
    }
}

/// What is wrong with a SealedSecret. Names what is at fault, never a value. Its text is for the status and the event, which show
/// nothing that depends on values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// Its spec has a wrong shape.
    #[error("the SealedSecret cannot be read: {0}")]
    Undecodable(DecodeError),
    /// It does not open, or its templates do not render.
    #[error("{0}")]
    Unseal(UnsealError),
    /// The API server does not accept the values that its templates gave. Told in the same words as templates that do not render:
    /// a person who chooses the Secret's type would learn from other words whether a value is JSON, say, or how long it is.
    #[error("{DO_NOT_RENDER}")]
    RenderedBadly {
        /// The API server's words, for the log.
        detail: String,
    },
    /// It has templates, and those are switched off.
    #[error(
        "templates are switched off for this namespace (the controller's flags --templates and --templates-except), and \
         spec.template.data has actions ({{{{ … }}}}) in {}",
        some_of(.0)
    )]
    TemplatesOff(Vec<String>),
    /// The Secret would count as a sealing key, or as what their names are made of.
    #[error(
        "its Secret would count as a sealing key, of this controller or another, or as what a controller keeps beside its keys; \
         no SealedSecret may write those: the controller makes them, and `kubeseal-rs keys restore` restores them"
    )]
    SealingKey,
    /// The Secret in its place belongs to no SealedSecret, or to another object.
    // The first sentence is upstream's, to the letter: people search for it.
    #[error(
        "Resource \"{name}\" already exists and is not managed by SealedSecret. To have it replaced by this SealedSecret, \
         annotate that Secret with {MANAGED}=true; to have the values added to it, with {PATCH}=true; or delete it"
    )]
    Unmanaged {
        /// The Secret's name.
        name: String,
    },
    /// The Secret in its place is known in part only, so that it cannot be told whose it is and what it has.
    #[error(
        "the Secret \"{name}\" stands in its place, and {too_many}; remove some of them, or delete it, and it is made anew from \
         this SealedSecret"
    )]
    TooManyEntries {
        /// The Secret's name.
        name: String,
        /// What it has too many of.
        too_many: TooManyEntries,
    },
    /// The Secret in its place is immutable.
    #[error(
        "the target Secret is immutable: neither can that be undone nor can its values be changed; delete the Secret \
         \"{name}\", and it is made anew from this SealedSecret"
    )]
    Immutable {
        /// The Secret's name.
        name: String,
        /// Its templates do not even render, for the log. In the status that would be a second bit beside the first, whether they
        /// give what the Secret has.
        rendering: Option<UnsealError>,
    },
    /// The Secret in its place has another type.
    #[error(
        "the Secret \"{name}\" has type {existing}, and a type cannot be changed; delete it, and it is made anew \
         with type {wanted}"
    )]
    TypeChange {
        /// The Secret's name.
        name: String,
        /// The type it has.
        existing: String,
        /// The type it should have.
        wanted: String,
    },
    /// The API server does not accept the Secret.
    #[error("the API server does not accept the Secret: {0}")]
    Rejected(String),
}

impl Refusal {
    /// One word for programs.
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

    /// The text for the log, which may tell where a template failed with these values.
    pub(crate) fn in_full(&self) -> String {
        match self {
            Self::Unseal(error) => InFull(error).to_string(),
            Self::RenderedBadly { detail } => {
                format!("the API server does not accept what the templates give: {detail}")
            }
            told @ Self::Immutable { rendering: Some(error), .. } => {
                format!("{told}; and {}", InFull(error))
            }
            told => told.to_string(),
        }
    }

    /// Whether it failed before the Secret was touched; upstream tells the two apart in its events.
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

/// As many names as a person reads at once.
fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 10;
    let more = names.len().saturating_sub(SHOWN);
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}
