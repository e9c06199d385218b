//! [`RenderFailure`]: why a SealedSecret is not rendered.

use crate::error::Hint;
use crate::manifest::location::Location;
use crate::terminal::escape::shown;
use sealing::{InFull, UnsealError};

/// Why a SealedSecret is not rendered. The cause names templates, lines and functions, and no value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RenderFailure {
    #[error("cannot render the templates of the SealedSecret in {location}")]
    Templates {
        location: Location,
        /// Items without a value of the user.
        placeholders: Vec<String>,
        #[source]
        source: Box<InFull<UnsealError>>,
    },
    #[error(
        "the SealedSecret in {0} is of the deprecated form, whose items are not known before it is opened"
    )]
    Deprecated(Location),
    #[error("no item is called {}", shown(.item))]
    NoItem { item: String, names: Vec<String> },
    #[error("several SealedSecrets have an item {}", shown(.0))]
    SeveralItems(String),
}

impl Hint for RenderFailure {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Templates { placeholders, source, .. }
                if placeholders.is_empty() || !source.0.depends_on_values() =>
            {
                "correct the template".into()
            }
            Self::Templates { placeholders, .. } => format!(
                "correct the template; or, if it computes with a value, give that value with --values FILE: so far placeholders stand for {}",
                shown(&placeholders.join(", "))
            ),
            Self::Deprecated(_) => "seal the Secret again".into(),
            Self::NoItem { names, .. } => format!("there are {}", shown(&names.join(", "))),
            Self::SeveralItems(_) => "give a file with one SealedSecret, or leave out --item".into(),
        })
    }
}
