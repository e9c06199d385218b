//! [`Change`]: one thing to write into a SealedSecret, or to take out.

/// A field that holds text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field<'a> {
    /// An item of `spec.encryptedData`.
    Item(&'a str),
    /// An annotation of the SealedSecret itself.
    Annotation(&'a str),
    /// A label of the Secret to be.
    TemplateLabel(&'a str),
    /// An annotation of the Secret to be.
    TemplateAnnotation(&'a str),
    /// The type of the Secret to be.
    TemplateType,
}

/// A field, and what is to stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// Keys from the top of the object.
    pub(super) path: Vec<String>,
    /// None takes the field out.
    pub(super) value: Option<String>,
}

impl Change {
    /// Makes `field` hold `value`, whether it was there or not.
    pub(crate) fn set(field: Field<'_>, value: impl Into<String>) -> Self {
        Self { path: field.path(), value: Some(value.into()) }
    }

    /// Takes `field` out; one that is not there is fine.
    pub(crate) fn remove(field: Field<'_>) -> Self {
        Self { path: field.path(), value: None }
    }
}

impl Field<'_> {
    fn path(self) -> Vec<String> {
        let (map, key): (&[&str], &str) = match self {
            Self::Item(key) => (&["spec", "encryptedData"], key),
            Self::Annotation(name) => (&["metadata", "annotations"], name),
            Self::TemplateLabel(name) => (&["spec", "template", "metadata", "labels"], name),
            Self::TemplateAnnotation(name) => (&["spec", "template", "metadata", "annotations"], name),
            Self::TemplateType => (&["spec", "template"], "type"),
        };
        map.iter().copied().chain([key]).map(str::to_owned).collect()
    }
}
