//! [`UnsealError`]: why a SealedSecret does not become a Secret, as a status may show it; and [`InFull`], with what depends on its
//! values.

use super::message::{depend_on_values, faulty, faulty_items, faulty_templates, faulty_templates_in_full};
use crate::item_error::diagnosis::Diagnosis;
use crate::item_error::{BadTemplate, ItemError, ItemErrorKind};
use std::borrow::Borrow;
use std::fmt;

/// Why a SealedSecret does not become a Secret. Messages name items, never values. Of what depends on values, they show only that
/// templates do not render; [`InFull`] shows the rest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnsealError {
    /// The controller has no sealing key.
    #[error("there is no sealing key yet")]
    NoKeys,
    /// Items that do not open; all of them, each once.
    #[error("{}", faulty_items(.0))]
    Items(Vec<ItemError>),
    /// The deprecated whole-Secret form, where it is not accepted.
    #[error("using deprecated 'data' field, which is not accepted here: seal the Secret again")]
    DeprecatedData,
    /// Both forms at once.
    #[error("cannot use the field 'encryptedData' and the deprecated field 'data' at the same time")]
    BothForms,
    /// The deprecated form does not open.
    #[error("{}", faulty(.0, "spec.data"))]
    DeprecatedItem(ItemErrorKind),
    /// It opens, and holds something else.
    #[error("spec.data opens, but what it holds is not a Secret")]
    DeprecatedShape,
    /// Texts that are no templates, and beside them the items that do not open; or, where all texts were read and all items
    /// opened, templates that do not render.
    #[error("{}", faulty_templates(.items, .templates))]
    Templates {
        /// Items that do not open; all of them, each once.
        items: Vec<ItemError>,
        /// Templates that do not render; all of them, each once.
        templates: Vec<BadTemplate>,
    },
}

impl UnsealError {
    /// This error, with [`Diagnosis::Revoked`] for every item that no key opens under any scope, and that was sealed with a revoked key as
    /// far as is known (`is_blamed`, by its name; without a name, the deprecated form). A ring knows of revoked keys only what their Secrets
    /// say.
    #[must_use]
    pub fn blaming_revocation(mut self, is_blamed: impl Fn(Option<&str>) -> bool) -> Self {
        for (item, kind) in self.kinds_mut() {
            // A key that is not revoked opens the first two; the others' key is known to be active.
            let is_other = |diagnosis: &Diagnosis| {
                matches!(
                    diagnosis,
                    Diagnosis::OtherScope { .. }
                        | Diagnosis::ScopeOfItsOwn { .. }
                        | Diagnosis::ItemOfAnotherPlace { .. }
                )
            };
            match kind {
                ItemErrorKind::NoKeyOpens(diagnosis) if is_other(diagnosis) => {}
                ItemErrorKind::NoKeyOpens(_) | ItemErrorKind::EntryOutdated { .. } if is_blamed(item) => {
                    *kind = ItemErrorKind::NoKeyOpens(Diagnosis::Revoked);
                }
                _ => {}
            }
        }
        self
    }

    /// Why no key opens its items.
    pub fn diagnoses(&self) -> impl Iterator<Item = &Diagnosis> {
        self.kinds().into_iter().filter_map(|kind| match kind {
            ItemErrorKind::NoKeyOpens(diagnosis) => Some(diagnosis),
            _ => None,
        })
    }

    fn kinds(&self) -> Vec<&ItemErrorKind> {
        match self {
            Self::Items(errors) | Self::Templates { items: errors, .. } => {
                errors.iter().map(|error| &error.kind).collect()
            }
            Self::DeprecatedItem(kind) => vec![kind],
            Self::NoKeys | Self::DeprecatedData | Self::BothForms | Self::DeprecatedShape => Vec::new(),
        }
    }

    fn kinds_mut(&mut self) -> Vec<(Option<&str>, &mut ItemErrorKind)> {
        match self {
            Self::Items(errors) | Self::Templates { items: errors, .. } => {
                errors.iter_mut().map(|error| (Some(error.key.as_str()), &mut error.kind)).collect()
            }
            Self::DeprecatedItem(kind) => vec![(None, kind)],
            Self::NoKeys | Self::DeprecatedData | Self::BothForms | Self::DeprecatedShape => Vec::new(),
        }
    }

    /// Whether it arose while rendering, so that it depends on the values.
    pub fn depends_on_values(&self) -> bool {
        matches!(self, Self::Templates { templates, .. } if depend_on_values(templates))
    }

    /// Whether it names an item that was sealed with a revoked key.
    pub fn blames_revocation(&self) -> bool {
        self.diagnoses().any(|diagnosis| *diagnosis == Diagnosis::Revoked)
    }

    /// Why it opens perhaps once a key is unwrapped that waits; None if it does not open then either.
    pub fn waits(&self) -> Option<&Diagnosis> {
        let is_hopeful = |kind: &&ItemErrorKind| match kind {
            ItemErrorKind::NoKeyOpens(diagnosis) => diagnosis.waits(),
            kind => **kind == ItemErrorKind::NotTried,
        };
        let is_faulty = matches!(self, Self::Templates { templates, .. } if !templates.is_empty());
        let hopeful = !is_faulty && self.kinds().iter().all(is_hopeful);
        self.diagnoses().next().filter(|_| hopeful)
    }

    /// Whether another sealing key may solve it.
    pub fn wants_key(&self) -> bool {
        *self == Self::NoKeys || self.kinds().into_iter().any(ItemErrorKind::wants_key)
    }
}

/// An error as a user who may read the values may read it, or the controller's log: with the lines in which templates failed, and why.
/// Never for a status or an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InFull<E>(pub E);

impl<E: Borrow<UnsealError>> fmt::Display for InFull<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.borrow() {
            UnsealError::Templates { items, templates } => {
                f.write_str(&faulty_templates_in_full(items, templates))
            }
            error => error.fmt(f),
        }
    }
}

impl<E: Borrow<UnsealError> + fmt::Debug> std::error::Error for InFull<E> {}
