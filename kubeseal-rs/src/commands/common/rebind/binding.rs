//! [`Binding`]: name, namespace and scope of a SealedSecret, and how its metadata changes with them. Pure.

use crate::manifest::sealed_field::SealedField;
use crate::manifest::sealed_secrets::SealedObject;
use api::Scope;
use api::annotations::{CLUSTER_WIDE, NAMESPACE_WIDE};
use std::fmt;

/// What values may be bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Binding {
    /// Empty if the object has none.
    pub namespace: String,
    pub name: String,
    pub scope: Scope,
}

/// What is to be another. None stays.
#[derive(Debug, Default)]
pub(crate) struct Change {
    pub namespace: Option<String>,
    pub name: Option<String>,
    pub scope: Option<Scope>,
}

impl Binding {
    /// That of the object's metadata.
    pub(crate) fn of(object: &SealedObject) -> Self {
        Self {
            namespace: object.metadata.namespace.clone().unwrap_or_default(),
            name: object.metadata.name.clone().unwrap_or_default(),
            scope: object.scope(),
        }
    }

    pub(crate) fn with(&self, change: &Change) -> Self {
        Self {
            namespace: change.namespace.clone().unwrap_or_else(|| self.namespace.clone()),
            name: change.name.clone().unwrap_or_else(|| self.name.clone()),
            scope: change.scope.unwrap_or(self.scope),
        }
    }

    /// What the values are sealed under.
    pub(crate) fn label(&self) -> Vec<u8> {
        self.scope.label(&self.namespace, &self.name)
    }

    /// The object with this binding in its own metadata.
    pub(crate) fn applied_to(&self, object: &SealedObject) -> SealedObject {
        let mut object = object.clone();
        object.metadata.namespace = Some(self.namespace.clone()).filter(|namespace| !namespace.is_empty());
        object.metadata.name = Some(self.name.clone());
        self.scope.annotate(object.metadata.annotations.get_or_insert_default());
        object
    }

    /// The changes of the metadata of `object`, and of its template. A namespace that is not in the file is not written: kustomize adds it.
    pub(crate) fn changes(&self, object: &SealedObject, before: &Self) -> Vec<yaml_edit_in_place::Change> {
        let template = object.spec.template.metadata.as_ref();
        let mut changes = Vec::new();
        if self.name != before.name {
            changes.push(SealedField::Name.set(self.name.as_str()));
            if template.is_some_and(|template| template.name.is_some()) {
                changes.push(SealedField::TemplateName.set(self.name.as_str()));
            }
        }
        if self.namespace != before.namespace {
            if object.metadata.namespace.is_some() || before.namespace.is_empty() {
                changes.push(SealedField::Namespace.set(self.namespace.as_str()));
            }
            if template.is_some_and(|template| template.namespace.is_some()) {
                changes.push(SealedField::TemplateNamespace.set(self.namespace.as_str()));
            }
        }
        if self.scope != before.scope {
            for (name, scope) in [(CLUSTER_WIDE, Scope::ClusterWide), (NAMESPACE_WIDE, Scope::NamespaceWide)]
            {
                let value = (self.scope == scope).then_some("true");
                changes.push(SealedField::Annotation(name).set_or_remove(value));
                changes.push(SealedField::TemplateAnnotation(name).set_or_remove(value));
            }
        }
        changes
    }
}

/// Namespace and name.
impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() {
            f.write_str(&self.name)
        } else {
            write!(f, "{}/{}", self.namespace, self.name)
        }
    }
}
