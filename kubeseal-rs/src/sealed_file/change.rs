//! [`Change`]: one thing to write into a SealedSecret, or to take out.

use serde_json::{Value, json};

/// A field that can be changed. All but the last two hold text.
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
    /// A value of the Secret to be that is plain, or a template of the opened ones.
    TemplateData(&'a str),
    /// Whether the Secret to be is immutable.
    TemplateImmutable,
    /// The finalizers of the Secret to be.
    TemplateFinalizers,
}

/// What is to stand in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    Text(String),
    Boolean(bool),
    Null,
    Texts(Vec<String>),
}

/// A field, and what is to stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// Keys from the top of the object.
    pub(crate) path: Vec<String>,
    /// None takes the field out.
    pub(crate) value: Option<Content>,
}

impl Change {
    /// Makes `field` hold `value`, whether it was there or not.
    pub(crate) fn set(field: Field<'_>, value: impl Into<String>) -> Self {
        Self { path: field.path(), value: Some(Content::Text(value.into())) }
    }

    /// Makes the Secret to be immutable, or says that it is not.
    pub(crate) fn set_immutable(immutable: bool) -> Self {
        Self { path: Field::TemplateImmutable.path(), value: Some(Content::Boolean(immutable)) }
    }

    /// Leaves the sealed value of this name out of the Secret to be.
    pub(crate) fn set_template_null(key: &str) -> Self {
        Self { path: Field::TemplateData(key).path(), value: Some(Content::Null) }
    }

    /// Gives the Secret to be these finalizers, and no other.
    pub(crate) fn set_finalizers(finalizers: Vec<String>) -> Self {
        Self { path: Field::TemplateFinalizers.path(), value: Some(Content::Texts(finalizers)) }
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
            Self::TemplateData(key) => (&["spec", "template", "data"], key),
            Self::TemplateImmutable => (&["spec", "template"], "immutable"),
            Self::TemplateFinalizers => (&["spec", "template", "metadata"], "finalizers"),
        };
        map.iter().copied().chain([key]).map(str::to_owned).collect()
    }
}

impl Content {
    /// What it means.
    pub(crate) fn value(&self) -> Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Boolean(boolean) => json!(boolean),
            Self::Null => Value::Null,
            Self::Texts(texts) => json!(texts),
        }
    }
}
