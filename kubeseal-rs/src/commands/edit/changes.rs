//! [`Sealer`]: compares the saved text with the SealedSecret, and makes the changes.

use crate::commands::common::annotations::check_annotations;
use crate::commands::common::seal_for::item_sealer::ItemSealer;
use crate::commands::edit::error::EditError;
use crate::commands::edit::shown::{PLACEHOLDER, without_copies};
use crate::commands::edit::template_data::TemplateData;
use crate::error::CommandError;
use crate::manifest::sealed_field::SealedField;
use crate::manifest::sealed_secrets::SealedObject;
use crate::manifest::secrets::InputSecret;
use crate::target::namespace::NamespaceRule;
use api::Scope;
use api::annotations::repeats_object;
use envelope::Plaintext;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::collections::BTreeMap;
use yaml_edit_in_place::{Change, NewValue};

/// Seals new values under the scope of the others.
pub(crate) struct Sealer<'a> {
    pub items: &'a ItemSealer,
    /// The namespace of objects that state none.
    pub namespace: &'a NamespaceRule,
    /// Names of annotations that may repeat a value.
    pub allowed_annotations: &'a [String],
}

impl Sealer<'_> {
    /// The changes that make `object` the saved one.
    pub(crate) fn changes(
        &self,
        object: &SealedObject,
        saved: InputSecret,
        template_data: &TemplateData,
    ) -> Result<Vec<Change>, CommandError> {
        let secret = saved.secret;
        check_place(object, &secret.metadata)?;
        if secret.metadata.generate_name.is_some() {
            return Err(EditError::NotHere.into());
        }
        // Copies stay, and are not shown; they must not repeat a typed value.
        let copies =
            object.spec.template.metadata.iter().flat_map(|metadata| metadata.annotations.iter().flatten());
        let copies = copies.filter(|(name, _)| repeats_object(name));
        let annotations =
            [&secret.metadata.annotations, &object.metadata.annotations].into_iter().flatten().flatten();
        // The placeholder of a sealed value is no value.
        let typed = secret.data.iter().filter(|(_, value)| value.expose() != PLACEHOLDER.as_bytes());
        check_annotations(annotations.chain(copies), typed, self.allowed_annotations)
            .map_err(EditError::Annotation)?;
        let template = &object.spec.template;
        let mut changes = self.items(object, &secret.data)?;
        if secret.type_ != template.type_.clone().filter(|type_| !type_.is_empty()) {
            changes.push(SealedField::TemplateType.set_or_remove(secret.type_));
        }
        if secret.immutable != template.immutable {
            changes.push(SealedField::TemplateImmutable.set_or_remove(secret.immutable));
        }
        let before = template.data.clone().unwrap_or_default();
        changes.extend(differences(
            &before,
            template_data,
            |key, text| match text {
                Some(text) => SealedField::TemplateData(key).set(text.clone()),
                None => SealedField::TemplateData(key).set(NewValue::Null),
            },
            |key| SealedField::TemplateData(key).remove(),
        ));
        let plain = template.metadata.clone().unwrap_or_default();
        if secret.metadata.finalizers != plain.finalizers.filter(|all| !all.is_empty()) {
            changes.push(SealedField::TemplateFinalizers.set_or_remove(secret.metadata.finalizers));
        }
        changes.extend(texts(plain.labels, secret.metadata.labels, |name| SealedField::TemplateLabel(name)));
        changes.extend(texts(without_copies(plain.annotations), secret.metadata.annotations, |name| {
            SealedField::TemplateAnnotation(name)
        }));
        Ok(changes)
    }

    fn items(
        &self,
        object: &SealedObject,
        saved: &BTreeMap<String, Plaintext>,
    ) -> Result<Vec<Change>, CommandError> {
        let before = &object.spec.encrypted_data;
        let is_unchanged = |value: &Plaintext| value.expose() == PLACEHOLDER.as_bytes();
        let removed: Vec<&str> =
            before.keys().filter(|key| !saved.contains_key(*key)).map(String::as_str).collect();
        let mut changes: Vec<Change> = removed.iter().map(|key| SealedField::Item(key).remove()).collect();
        let new = saved.iter().filter(|(_, value)| !is_unchanged(value));
        if let Some((key, _)) =
            saved.iter().find(|(key, value)| is_unchanged(value) && !before.contains_key(*key))
        {
            return Err(EditError::NothingToKeep(key.clone()).into());
        }
        if let Some((key, _)) = new.clone().find(|(_, value)| mentions_placeholder(value)) {
            return Err(EditError::Placeholder(key.clone()).into());
        }
        let new: Vec<(&str, &[u8])> = new.map(|(key, value)| (key.as_str(), value.expose())).collect();
        let label = if new.is_empty() { Vec::new() } else { self.label(object)? };
        changes.extend(self.items.changes(object, &label, &new, &removed)?);
        Ok(changes)
    }

    fn label(&self, object: &SealedObject) -> Result<Vec<u8>, CommandError> {
        let scope = object.scope();
        let name = object.metadata.name.as_deref().unwrap_or_default();
        if scope == Scope::Strict && name.is_empty() {
            return Err(EditError::NoName.into());
        }
        let namespace = match scope {
            Scope::ClusterWide => String::new(),
            _ => self.namespace.decide(object.metadata.namespace.as_deref())?,
        };
        Ok(scope.label(&namespace, name))
    }
}

/// Whether text was typed beside the placeholder of a sealed value, instead of over it.
fn mentions_placeholder(value: &Plaintext) -> bool {
    let placeholder = PLACEHOLDER.as_bytes();
    value.expose().windows(placeholder.len()).any(|window| window.eq_ignore_ascii_case(placeholder))
}

/// Refuses a changed name, namespace or scope: the sealed values would not open.
fn check_place(object: &SealedObject, saved: &ObjectMeta) -> Result<(), EditError> {
    let non_empty = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    if saved.name != non_empty(&object.metadata.name) {
        return Err(EditError::Bound { what: "name", scope: object.scope() });
    }
    if saved.namespace != non_empty(&object.metadata.namespace) {
        return Err(EditError::Bound { what: "namespace", scope: object.scope() });
    }
    let template = object.spec.template.metadata.as_ref();
    let before = Scope::of(template.and_then(|metadata| metadata.annotations.as_ref()));
    let after = Scope::of(saved.annotations.as_ref());
    if after != before && after != object.scope() {
        return Err(EditError::Bound { what: "scope", scope: object.scope() });
    }
    Ok(())
}

fn texts(
    before: Option<BTreeMap<String, String>>,
    after: Option<BTreeMap<String, String>>,
    field: impl Fn(&str) -> SealedField<'_>,
) -> Vec<Change> {
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    let set = |name: &str, text: &String| field(name).set(text.clone());
    differences(&before, &after, set, |name| field(name).remove())
}

/// The differences between two maps.
fn differences<T: PartialEq>(
    before: &BTreeMap<String, T>,
    after: &BTreeMap<String, T>,
    set: impl Fn(&str, &T) -> Change,
    remove: impl Fn(&str) -> Change,
) -> Vec<Change> {
    let removed = before.keys().filter(|name| !after.contains_key(*name)).map(|name| remove(name));
    let changed = after.iter().filter(|(name, value)| before.get(*name) != Some(value));
    removed.chain(changed.map(|(name, value)| set(name, value))).collect()
}
