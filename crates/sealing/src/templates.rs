//! `render`: the templates of a SealedSecret, over its opened values.
//!
//! As upstream has it: a template sees the opened values and, under names that none of them has, the texts of all templates
//! as they stand, so that plain text can be used like a value. It does not see what other templates give. An opened value
//! wins over what a template of its name gives, which must render all the same.

use crate::unseal::{ItemError, UnsealError};
use crate::unsealed_secret::UnsealedSecret;
use api::SealedSecretSpec;
use envelope::Plaintext;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use template::{Limits, Outside, Rendered, Renderer, TemplateError, Values};
use zeroize::Zeroizing;

/// A template that does not render.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadTemplate {
    /// What is wrong with it.
    Faulty(TemplateError),
    /// Not rendered any more: those before it have spent what all templates of an object may cost.
    NotRendered(String),
}

/// Renders every template into `secret`. All that do not render are named, each once.
pub(crate) fn render(
    templates: &BTreeMap<String, String>,
    secret: &mut UnsealedSecret,
    outside: &mut Outside<'_>,
) -> Result<(), UnsealError> {
    if templates.is_empty() {
        return Ok(());
    }
    let mut values = Values::new();
    for (name, value) in &secret.data {
        values.insert(name.clone(), Zeroizing::new(value.expose().to_vec()));
    }
    for (name, text) in templates {
        if !secret.data.contains_key(name) {
            values.insert(name.clone(), Zeroizing::new(text.clone().into_bytes()));
        }
    }
    let renderer = Renderer::new(&values, Limits::default());
    let mut rendered = BTreeMap::new();
    let bad = each(templates, |name, text| {
        let outside = Outside { now: outside.now, random: &mut *outside.random };
        let Rendered { mut bytes, varies } = renderer.render(name, text, outside)?;
        rendered.insert(name.to_owned(), (Plaintext::new(std::mem::take(&mut *bytes)), varies));
        Ok(())
    });
    for (name, (value, varies)) in rendered {
        if let Entry::Vacant(place) = secret.data.entry(name) {
            if varies {
                secret.varying.insert(place.key().clone());
            }
            place.insert(value);
        }
    }
    refuse(Vec::new(), bad)
}

/// Names the items that do not open, and beside them the templates that are none: what the others would make of values
/// that are not there says nothing.
pub(crate) fn check(spec: &SealedSecretSpec, items: Vec<ItemError>) -> Result<(), UnsealError> {
    let values = Values::new();
    let renderer = Renderer::new(&values, Limits::default());
    refuse(items, each(texts_of(spec), |name, text| renderer.check(name, text)))
}

/// The templates of a spec; none where there are none.
pub(crate) fn texts_of(spec: &SealedSecretSpec) -> &BTreeMap<String, String> {
    static NONE: BTreeMap<String, String> = BTreeMap::new();
    spec.template.data.as_ref().unwrap_or(&NONE)
}

fn each(
    templates: &BTreeMap<String, String>,
    mut attempt: impl FnMut(&str, &str) -> Result<(), TemplateError>,
) -> Vec<BadTemplate> {
    let mut bad = Vec::new();
    let mut spent = false;
    for (name, text) in templates {
        if spent {
            bad.push(BadTemplate::NotRendered(name.clone()));
        } else if let Err(error) = attempt(name, text) {
            spent = error.is_spent();
            bad.push(BadTemplate::Faulty(error));
        }
    }
    bad
}

fn refuse(items: Vec<ItemError>, templates: Vec<BadTemplate>) -> Result<(), UnsealError> {
    match (items.is_empty(), templates.is_empty()) {
        (true, true) => Ok(()),
        (false, true) => Err(UnsealError::Items(items)),
        (_, false) => Err(UnsealError::Templates { items, templates }),
    }
}
