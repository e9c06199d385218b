//! `settle`: decides name, namespace and scope of a Secret that is sealed, from the Secret itself and the flags.

use crate::commands::common::annotations::{AnnotationError, check_annotations};
use crate::error::Hint;
use crate::manifest::error::ManifestError;
use crate::manifest::location::Location;
use crate::manifest::secrets::InputSecret;
use crate::manifest::write::RenderError;
use crate::target::namespace::{NamespaceError, NamespaceRule};
use crate::terminal::warnings::warn;
use api::Scope;
use sealing::SealFailure;
use std::fmt::Display;
use std::sync::Once;

/// What the flags say about the Secrets that are sealed.
#[derive(Debug)]
pub(crate) struct SealSettings {
    /// None leaves the scope to the annotations of each Secret.
    pub scope: Option<Scope>,
    /// Whether the user typed the default scope, which has no effect: see [`warn_of_default_scope`].
    pub is_default_typed: bool,
    pub name: Option<String>,
    pub namespace: NamespaceRule,
    pub allow_empty_data: bool,
    /// Names of annotations that may repeat a value.
    pub allowed_annotations: Vec<String>,
}

/// Why a document was not sealed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettleError {
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error("the Secret in {0} has no data")]
    NoData(Location),
    #[error("the Secret in {0} has no metadata.name")]
    NoName(Location),
    #[error("cannot settle the namespace of the Secret in {location}")]
    Namespace {
        location: Location,
        #[source]
        source: Box<NamespaceError>,
    },
    #[error("will not seal the Secret in {location}")]
    Annotation {
        location: Location,
        #[source]
        source: AnnotationError,
    },
    #[error("cannot seal the Secret in {location}")]
    Seal {
        location: Location,
        #[source]
        source: SealFailure,
    },
}

/// Fills in the values of flags, and refuses contradictions and annotations that repeat a value.
pub(crate) fn settle(settings: &SealSettings, input: &mut InputSecret) -> Result<(), SettleError> {
    let location = &input.location;
    let secret = &mut input.secret;
    if secret.data.is_empty() && !settings.allow_empty_data {
        return Err(SettleError::NoData(location.clone()));
    }
    if let Some(name) = &settings.name {
        secret.metadata.name = Some(name.clone());
    }
    if secret.metadata.name.is_none() {
        return Err(SettleError::NoName(location.clone()));
    }
    if let Some(scope) = settings.scope {
        scope.annotate(secret.metadata.annotations.get_or_insert_default());
    }
    if settings.is_default_typed {
        let scope = Scope::of(secret.metadata.annotations.as_ref());
        warn_of_default_scope(scope, format_args!("the Secret in {location}"));
    }
    // A cluster-wide value is bound to no namespace, so that the Secret keeps its own, even if a flag names another.
    if Scope::of(secret.metadata.annotations.as_ref()) != Scope::ClusterWide {
        let namespace =
            settings.namespace.decide(secret.metadata.namespace.as_deref()).map_err(|source| {
                SettleError::Namespace { location: location.clone(), source: Box::new(source) }
            })?;
        secret.metadata.namespace = Some(namespace);
    }
    let annotations = secret.metadata.annotations.iter().flatten();
    check_annotations(annotations, &secret.data, &settings.allowed_annotations)
        .map_err(|source| SettleError::Annotation { location: location.clone(), source })
}

/// Warns that `--scope strict` leaves a wider scope as it is, as in upstream's kubeseal. Once in a run: there may be thousands of Secrets.
pub(crate) fn warn_of_default_scope(scope: Scope, object: impl Display) {
    static ONCE: Once = Once::new();
    if scope != Scope::Strict {
        ONCE.call_once(|| {
            warn(format_args!(
                "--scope strict has no effect on {object}, whose annotation says {scope}: as the default, it leaves annotations as they are; \
                 take the annotation out to seal with scope strict"
            ));
        });
    }
}

impl SettleError {
    /// Adds `documents` to the number of the document in the message.
    pub(crate) fn after(self, documents: usize) -> Self {
        match self {
            Self::Manifest(error) => Self::Manifest(error.after(documents)),
            Self::Render(error) => Self::Render(error),
            Self::NoData(location) => Self::NoData(location.after(documents)),
            Self::NoName(location) => Self::NoName(location.after(documents)),
            Self::Namespace { location, source } => {
                Self::Namespace { location: location.after(documents), source }
            }
            Self::Annotation { location, source } => {
                Self::Annotation { location: location.after(documents), source }
            }
            Self::Seal { location, source } => Self::Seal { location: location.after(documents), source },
        }
    }
}

impl Hint for SettleError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoData(_) => "give it data or stringData; --allow-empty-data seals a Secret without".into(),
            Self::NoName(_) => "give it a metadata.name, or write --name NAME".into(),
            Self::Namespace { source, .. } => return source.hint(),
            Self::Annotation { source, .. } => source.hint(),
            Self::Manifest(error) => return error.hint(),
            Self::Seal { source, .. } => return source.hint(),
            Self::Render(_) => return None,
        })
    }
}
