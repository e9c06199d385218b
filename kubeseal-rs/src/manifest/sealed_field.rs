//! [`SealedField`]: the fields of a SealedSecret that `edit`, `reseal`, `move`, `rescope` and `--merge-into` change. A new one needs a path here.

use yaml_edit_in_place::{Change, NewValue};

/// A field that can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SealedField<'a> {
    /// A sealed value: an item of `spec.encryptedData`.
    Item(&'a str),
    Name,
    Namespace,
    /// An annotation of the SealedSecret itself.
    Annotation(&'a str),
    TemplateName,
    TemplateNamespace,
    TemplateLabel(&'a str),
    TemplateAnnotation(&'a str),
    TemplateType,
    /// A plain value, or a template in which sealed values are filled in. `null` leaves a sealed value out of the Secret.
    TemplateData(&'a str),
    TemplateImmutable,
    TemplateFinalizers,
}

impl SealedField<'_> {
    /// Sets the field to this value, whether it exists or not.
    pub(crate) fn set(self, value: impl Into<NewValue>) -> Change {
        Change::set(self.path(), value)
    }

    /// Removes the field. A missing field is no error.
    pub(crate) fn remove(self) -> Change {
        Change::remove(self.path())
    }

    /// Sets the field, or removes it if there is no value.
    pub(crate) fn set_or_remove(self, value: Option<impl Into<NewValue>>) -> Change {
        Change { path: self.path(), value: value.map(Into::into) }
    }

    fn path(self) -> Vec<String> {
        let (map, key): (&[&str], &str) = match self {
            Self::Item(key) => (&["spec", "encryptedData"], key),
            Self::Name => (&["metadata"], "name"),
            Self::Namespace => (&["metadata"], "namespace"),
            Self::Annotation(name) => (&["metadata", "annotations"], name),
            Self::TemplateName => (&["spec", "template", "metadata"], "name"),
            Self::TemplateNamespace => (&["spec", "template", "metadata"], "namespace"),
            Self::TemplateLabel(name) => (&["spec", "template", "metadata", "labels"], name),
            Self::TemplateAnnotation(name) => (&["spec", "template", "metadata", "annotations"], name),
            Self::TemplateType => (&["spec", "template"], "type"),
            Self::TemplateData(key) => (&["spec", "template", "data"], key),
            Self::TemplateImmutable => (&["spec", "template"], "immutable"),
            Self::TemplateFinalizers => (&["spec", "template", "metadata"], "finalizers"),
        };
        map.iter().copied().chain([key]).map(str::to_owned).collect()
    }
}
