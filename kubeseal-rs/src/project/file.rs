//! [`ProjectFile`]: what `.sealed-secrets.yaml` says, read strictly: a field that does not exist, or exists twice, is an error.
//!
//! Decided: read with the nodes of `manifest::yaml`, instead of serde, because an error names the line and the field. The fields are
//! described once more in `schema.json`, for editors; a test compares both.

pub(crate) mod clusters;
pub(crate) mod invalid;
pub(crate) mod reader;
pub(crate) mod rules;
#[cfg(test)]
mod tests;

use crate::manifest::yaml::parse::parse;
use crate::project::cluster::Cluster;
use crate::project::file::invalid::{Invalid, Problem};
use crate::project::file::reader::Field;
use crate::project::rule::Rule;
use yaml_edit_in_place::split::documents;

/// The name of the file.
pub(crate) const NAME: &str = ".sealed-secrets.yaml";

/// Where `init` puts the schema, so that editors find it without a network.
pub(crate) const SCHEMA_PATH: &str = ".sealed-secrets/schema.json";

/// The schema of the file, in JSON Schema, for editors.
pub(crate) const SCHEMA: &str = include_str!("schema.json");

/// The fields at the top.
pub(crate) const FIELDS: [&str; 2] = ["clusters", "rules"];

/// The content of the project file.
#[derive(Debug)]
pub(crate) struct ProjectFile {
    /// At least one, in the order of the file.
    pub clusters: Vec<Cluster>,
    /// The first whose pattern matches counts.
    pub rules: Vec<Rule>,
}

impl ProjectFile {
    pub(crate) fn parse(text: &str) -> Result<Self, Invalid> {
        let documents = documents(text);
        let [document] = documents.as_slice() else {
            return Err(Invalid::whole(match documents.len() {
                0 => Problem::NoCluster,
                count => Problem::Documents(count),
            }));
        };
        let mut nodes = parse(*document).map_err(|broken| Invalid {
            position: broken.position,
            field: broken.field.unwrap_or_default(),
            problem: broken.error.into(),
        })?;
        let (Some(node), true) = (nodes.pop(), nodes.is_empty()) else {
            return Err(Invalid::whole(Problem::Documents(nodes.len() + 1)));
        };
        let mut top = Field::top(node).fields(&FIELDS)?;
        let clusters = clusters::read(top.required("clusters")?)?;
        let rules = top.take("rules").map(|rules| rules::read(rules, &clusters)).transpose()?;
        Ok(Self { clusters, rules: rules.unwrap_or_default() })
    }
}
