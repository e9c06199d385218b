//! `render`: the templates of a SealedSecret, over its opened values.
//!
//! As upstream has it: a template sees the opened values and, under names that none of them has, the texts of all templates
//! as they stand, so that plain text can be used like a value. It does not see what other templates give. An opened value
//! wins over what a template of its name gives, which must still render. A `null` in place of a text leaves the opened
//! value of its name out of the Secret; templates see it.

use super::error::UnsealError;
use crate::item_error::{BadTemplate, ItemError};
use crate::unsealed_secret::UnsealedSecret;
use api::SealedSecretSpec;
use envelope::Plaintext;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use template::{Detail, Limits, Outside, Reference, Rendered, Renderer, Template, TemplateError, Values};
use zeroize::Zeroizing;

/// Renders every template into `secret`, and takes out what a `null` leaves out. All that do not render are named, each once.
///
/// All texts are read before the first is rendered: which of them are no templates, or too large to be read, must not depend on
/// what a rendering spent, and that on values.
pub(crate) fn render(
    texts: &Texts,
    secret: &mut UnsealedSecret,
    outside: &mut Outside<'_>,
) -> Result<(), UnsealError> {
    if texts.is_empty() {
        return Ok(());
    }
    let mut values = Values::new();
    for (name, value) in &secret.data {
        values.insert(name.clone(), Zeroizing::new(value.expose().to_vec()));
    }
    for (name, text) in written(texts) {
        if !secret.data.contains_key(name) {
            values.insert(name, Zeroizing::new(text.as_bytes().to_vec()));
        }
    }
    let renderer = Renderer::new(&values, Limits::default());
    let templates = parse(&renderer, texts).map_err(without_items)?;
    let (rendered, bad) = each(templates, |_, template| {
        let outside = Outside { now: outside.now, random: &mut *outside.random };
        renderer.execute(&template, outside)
    });
    if !bad.is_empty() {
        return Err(without_items(bad));
    }
    for (name, Rendered { mut bytes, varies }) in rendered {
        if let Entry::Vacant(entry) = secret.data.entry(name.to_owned()) {
            if varies {
                secret.varying.insert(name.to_owned());
            }
            entry.insert(Plaintext::new(std::mem::take(&mut *bytes)));
        }
    }
    secret.data.retain(|name, _| texts.get(name) != Some(&None));
    Ok(())
}

/// The error that names the items that do not open, and beside them the templates that are none: what the others would make of values
/// that are not there says nothing.
pub(crate) fn beside(spec: &SealedSecretSpec, items: Vec<ItemError>) -> UnsealError {
    let values = Values::new();
    let renderer = Renderer::new(&values, Limits::default());
    match parse(&renderer, texts_of(spec)) {
        Ok(_) => UnsealError::Items(items),
        Err(templates) => UnsealError::Templates { items, templates },
    }
}

/// What is wrong with a template, as far as its text shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateFault {
    /// It cannot be parsed.
    NotATemplate {
        /// The template's name.
        template: String,
        /// Line and cause.
        detail: Detail,
    },
    /// It was not parsed, because the templates before it spent what all of an object may cost.
    NotParsed(String),
    /// It uses a value that no item and no other template has.
    UnknownValue {
        /// The template's name.
        template: String,
        /// The name of the value, and the line.
        reference: Reference,
    },
}

/// Checks templates without any value. `items` are the names of the sealed values.
pub fn template_faults(
    items: &BTreeSet<String>,
    texts: &BTreeMap<String, Option<String>>,
) -> Vec<TemplateFault> {
    let values = Values::new();
    let renderer = Renderer::new(&values, Limits::default());
    let (templates, bad) = each(written(texts), |name, text| renderer.parse(name, text));
    let bad = bad.into_iter().map(|bad| match bad {
        BadTemplate::Faulty(error) => TemplateFault::NotATemplate {
            template: error.template().to_owned(),
            detail: error.detail().clone(),
        },
        BadTemplate::NotRendered(template) => TemplateFault::NotParsed(template),
    });
    let is_known = |name: &str| items.contains(name) || texts.get(name).is_some_and(Option::is_some);
    let unknown = templates.iter().flat_map(|(name, template)| {
        let references = template.references().into_iter().filter(|reference| !is_known(&reference.name));
        references.map(|reference| TemplateFault::UnknownValue { template: (*name).to_owned(), reference })
    });
    bad.chain(unknown).collect()
}

/// `spec.template.data`: what is rendered, by name, and `None` for what is left out.
pub(crate) type Texts = BTreeMap<String, Option<String>>;

/// The texts of a spec; none where there are none.
pub(crate) fn texts_of(spec: &SealedSecretSpec) -> &Texts {
    static NONE: Texts = BTreeMap::new();
    spec.template.data.as_ref().unwrap_or(&NONE)
}

/// The names in `spec.template.data` whose texts have template actions in them. Any other text is what it is.
pub fn templated(spec: &SealedSecretSpec) -> impl Iterator<Item = &str> {
    written(texts_of(spec)).filter(|(_, text)| text.contains("{{")).map(|(name, _)| name)
}

fn written(texts: &Texts) -> impl Iterator<Item = (&str, &str)> {
    texts.iter().filter_map(|(name, text)| Some((name.as_str(), text.as_deref()?)))
}

/// Parses all templates; the error lists each that cannot be parsed.
fn parse<'t>(
    renderer: &Renderer<'_>,
    texts: &'t Texts,
) -> Result<Vec<(&'t str, Template)>, Vec<BadTemplate>> {
    let (templates, bad) = each(written(texts), |name, text| renderer.parse(name, text));
    if bad.is_empty() { Ok(templates) } else { Err(bad) }
}

/// Attempts it with each until what all may cost together is spent: what came of it, and what failed.
fn each<'t, T, R>(
    templates: impl IntoIterator<Item = (&'t str, T)>,
    mut attempt: impl FnMut(&str, T) -> Result<R, TemplateError>,
) -> (Vec<(&'t str, R)>, Vec<BadTemplate>) {
    let (mut done, mut bad) = (Vec::new(), Vec::new());
    let mut spent = false;
    for (name, template) in templates {
        if spent {
            bad.push(BadTemplate::NotRendered(name.to_owned()));
            continue;
        }
        match attempt(name, template) {
            Ok(result) => done.push((name, result)),
            Err(error) => {
                spent = error.is_spent();
                bad.push(BadTemplate::Faulty(error));
            }
        }
    }
    (done, bad)
}

/// The error where all items opened.
fn without_items(templates: Vec<BadTemplate>) -> UnsealError {
    UnsealError::Templates { items: Vec::new(), templates }
}
