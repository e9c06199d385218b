//! [`GivenValues`]: the values of the files of `--values`, and placeholders for the others.

use crate::commands::common::sealed_input;
use crate::error::CommandError;
use crate::files::input::Input;
use crate::manifest::error::ManifestError;
use crate::manifest::objects::each_object;
use crate::manifest::sealed_secrets::SealedObject;
use crate::manifest::secrets;
use crate::manifest::yaml::node::YamlNode;
use crate::manifest::yaml::parse::parse;
use crate::settings::flag_value;
use crate::terminal::escape::shown;
use envelope::Plaintext;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use yaml_edit_in_place::split::documents;

/// Values that the user gives. They have no Debug.
#[derive(Default)]
pub(crate) struct GivenValues {
    /// The first are overruled by those behind them.
    files: Vec<Values>,
    used: BTreeSet<String>,
}

struct Values {
    /// The name of the Secret that they come from, if one of several.
    secret: Option<String>,
    items: BTreeMap<String, Vec<u8>>,
}

impl GivenValues {
    pub(crate) fn read(files: &[PathBuf]) -> Result<Self, CommandError> {
        let mut given = Self::default();
        for file in files {
            given.add(&flag_value::input(Some(file.clone())))?;
        }
        Ok(given)
    }

    fn add(&mut self, input: &Input) -> Result<(), CommandError> {
        let bytes = sealed_input::text(input, "values, in YAML,")?;
        if holds_secrets(&bytes) {
            let secrets = secrets::read(input, &bytes)?;
            let is_one = secrets.len() == 1;
            for found in secrets {
                let secret = found.secret.metadata.name.filter(|_| !is_one);
                let items =
                    found.secret.data.iter().map(|(name, value)| (name.clone(), value.expose().to_vec()));
                self.files.push(Values { secret, items: items.collect() });
            }
            return Ok(());
        }
        let mut items = BTreeMap::new();
        each_object(input, &bytes, &mut |object| {
            for (name, value) in object.map()? {
                items.insert(name, value.text()?.unwrap_or_default().into_bytes());
            }
            Ok::<(), ManifestError>(())
        })?;
        self.files.push(Values { secret: None, items });
        Ok(())
    }

    /// The values of the items of a SealedSecret, and the names of those that have placeholders.
    pub(crate) fn of(&mut self, object: &SealedObject) -> (BTreeMap<String, Plaintext>, Vec<String>) {
        let name = object.metadata.name.as_ref();
        let mut placeholders = Vec::new();
        let mut data = BTreeMap::new();
        for item in object.spec.encrypted_data.keys() {
            let mut files = self.files.iter().rev();
            let fits = |values: &&Values| values.secret.is_none() || values.secret.as_ref() == name;
            let value = files.find_map(|values| Some(values).filter(fits)?.items.get(item).cloned());
            if value.is_some() {
                self.used.insert(item.clone());
            } else {
                placeholders.push(item.clone());
            }
            data.insert(
                item.clone(),
                Plaintext::new(value.unwrap_or_else(|| format!("<{item}>").into_bytes())),
            );
        }
        (data, placeholders)
    }

    /// The names that were of no use, as they can be shown.
    pub(crate) fn unused(&self) -> BTreeSet<String> {
        let names = self.files.iter().flat_map(|values| values.items.keys());
        names.filter(|name| !self.used.contains(*name)).map(|name| shown(name)).collect()
    }
}

/// Whether there is a Secret, or a List, and not just names and values.
fn holds_secrets(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let first = documents(text).into_iter().find_map(|document| parse(document).ok()?.into_iter().next());
    let has = |key| first.as_ref().is_some_and(|node| node.get(key).is_some());
    first.as_ref().and_then(|node| node.get("kind")).and_then(YamlNode::text).is_some() && has("apiVersion")
}
