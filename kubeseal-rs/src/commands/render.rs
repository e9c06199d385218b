//! `render`: shows what the templates of a SealedSecret make of its values, without opening them.
//!
//! `values` reads the values that the user gives, and makes placeholders of the others. Templates are rendered by the crate `sealing`, within the bounds of
//! the controller.

pub(crate) mod error;
pub(crate) mod values;

use crate::commands::common::sealed_input;
use crate::commands::render::error::RenderFailure;
use crate::commands::render::values::GivenValues;
use crate::error::CommandError;
use crate::files::output::Output;
use crate::manifest::error::ManifestError;
use crate::manifest::sealed_secrets::SealedObject;
use crate::manifest::write::write_readable_secret;
use crate::settings::flag_value::{self, Format, paths_of};
use crate::terminal::escape::{shown, shown_text};
use crate::terminal::program::name;
use crate::terminal::warnings::alert;
use clap::Args;
use jiff::Timestamp;
use rand::Rng as _;
use sealing::{InFull, Outside, TemplateFault, UnsealedSecret};
use std::io::{IsTerminal as _, stdout};
use std::path::PathBuf;

/// The first part of `help render`.
pub(crate) const LONG_ABOUT: &str = "Show what the templates of a SealedSecret make of its values: the Secret that it becomes, with \
    readable values. Nothing is opened, and no cluster is asked: a placeholder such as <password> stands for each value that \
    --values does not give.\n\n\
    The files of --values are YAML, with the name and the text of an item on each line, or Secrets.\n\n\
    Templates are rendered as by the controller, within the same bounds; `now` and random functions give something \
    else each time. Exits with 1 if a template does not render; the message names the template, its line and the cause.";

/// Show what templates make of values, without opening them.
#[derive(Debug, Default, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
        {0} render deploy/db.yaml\n\n  \
        # With values of your own, for those that a template computes with\n  \
        {0} render deploy/db.yaml --values test-values.yaml\n\n  \
        # One item, as it is\n  \
        {0} render deploy/db.yaml --item config.ini", name()))]
pub(crate) struct RenderArgs {
    /// File with SealedSecrets, in YAML or JSON (default: standard input).
    #[arg(value_name = "FILE", value_parser = flag_value::path())]
    pub file: Option<PathBuf>,

    /// File with values of items: YAML with a name and a text for each, or a Secret; may be repeated, and the last one counts.
    #[arg(long, value_name = "FILE", value_parser = flag_value::path())]
    pub values: Vec<PathBuf>,

    /// Print this item only, as it is; at a terminal, control characters are escaped.
    #[arg(long, value_name = "NAME")]
    pub item: Option<String>,

    /// Output format: yaml (the default) or json.
    #[arg(short = 'o', long, value_parser = flag_value::offered_format(), hide_possible_values = true, value_name = "FORMAT")]
    pub format: Option<Format>,
}

pub(crate) fn run(args: RenderArgs) -> Result<(), CommandError> {
    let input = flag_value::input(args.file);
    let mut values = GivenValues::read(&paths_of(args.values))?;
    let objects = sealed_input::read(&input)?;
    if objects.is_empty() {
        return Err(ManifestError::NothingSealed(input).into());
    }
    let mut secrets = Vec::new();
    for object in &objects {
        secrets.push(rendered(object, &mut values)?);
    }
    objects.iter().for_each(warn_of_unknown_names);
    for name in values.unused() {
        alert(format_args!("--values has {name}, which is no item of {input}"));
    }
    let written = if let Some(item) = args.item {
        let value = one_item(&item, &secrets)?;
        if stdout().is_terminal() { escaped(&value) } else { value }
    } else {
        let mut written = Vec::new();
        for secret in secrets {
            write_readable_secret(args.format.unwrap_or(Format::Yaml), secret, &mut written)?;
        }
        written
    };
    Ok(Output::Stdout.write_private(&written)?)
}

fn rendered(object: &SealedObject, values: &mut GivenValues) -> Result<UnsealedSecret, RenderFailure> {
    if object.spec.data.is_some() {
        return Err(RenderFailure::Deprecated(object.location.clone()));
    }
    let (data, placeholders) = values.of(object);
    let mut random = |bytes: &mut [u8]| rand::rng().fill_bytes(bytes);
    let outside = Outside { now: Timestamp::now(), random: &mut random };
    let mut secret =
        sealing::render_with(&object.metadata, &object.spec, data, outside).map_err(|source| {
            let location = object.location.clone();
            RenderFailure::Templates { location, placeholders, source: Box::new(InFull(source)) }
        })?;
    // It has no owner before it is in the cluster.
    secret.metadata.owner_references = None;
    Ok(secret)
}

/// A template that asks for a value that no item has renders, but to something else than was meant.
fn warn_of_unknown_names(object: &SealedObject) {
    let items = object.spec.encrypted_data.keys().cloned().collect();
    let texts = object.spec.template.data.iter().flatten();
    let texts = texts.map(|(name, text)| (name.clone(), text.clone())).collect();
    for fault in sealing::template_faults(&items, &texts) {
        if let TemplateFault::UnknownValue { template, reference } = fault {
            alert(format_args!(
                "spec.template.data.{}, line {}: {} is neither an item nor in spec.template.data",
                shown(&template),
                reference.line,
                shown(&reference.name)
            ));
        }
    }
}

/// A template may hold what a terminal would obey. Tabs stay.
fn escaped(value: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(value);
    text.split('\t').map(shown_text).collect::<Vec<_>>().join("\t").into_bytes()
}

fn one_item(item: &str, secrets: &[UnsealedSecret]) -> Result<Vec<u8>, RenderFailure> {
    let mut found = secrets.iter().filter_map(|secret| secret.data.get(item));
    match (found.next(), found.next()) {
        (Some(value), None) => Ok(value.expose().to_vec()),
        (Some(_), Some(_)) => Err(RenderFailure::SeveralItems(item.to_owned())),
        (None, _) => {
            let names = secrets.iter().flat_map(|secret| secret.data.keys().cloned()).collect();
            Err(RenderFailure::NoItem { item: item.to_owned(), names })
        }
    }
}
