//! `read`: the rules of the project file.

use crate::project::cluster::Cluster;
use crate::project::cluster_name::ClusterName;
use crate::project::file::invalid::{Invalid, Problem};
use crate::project::file::reader::{Field, Fields};
use crate::project::rule::{DEFAULT_OUTPUT, Layout, Rule, check_output};
use api::Scope;

/// The fields of a rule.
pub(crate) const FIELDS: [&str; 5] = ["path", "to", "scope", "layout", "output"];

pub(crate) const SCOPES: [&str; 3] = ["strict", "namespace-wide", "cluster-wide"];
pub(crate) const LAYOUTS: [&str; 2] = [Layout::ONE, Layout::PER_CLUSTER];

/// The rules, in the order of the file.
pub(crate) fn read(field: Field, clusters: &[Cluster]) -> Result<Vec<Rule>, Invalid> {
    field.items()?.into_iter().map(|field| rule(field, clusters)).collect()
}

fn rule(field: Field, clusters: &[Cluster]) -> Result<Rule, Invalid> {
    let mut fields = field.fields(&FIELDS)?;
    let path = fields.required("path")?;
    let to = to(fields.required("to")?, clusters)?;
    let scope = match fields.take("scope") {
        None => Scope::default(),
        Some(scope) => scope.text()?.parse().map_err(|_| scope.invalid(Problem::Choice(&SCOPES)))?,
    };
    let layout = layout(&mut fields)?;
    Rule::new(path.text()?.to_owned(), to, scope, layout).map_err(|problem| path.invalid(problem))
}

fn layout(fields: &mut Fields) -> Result<Layout, Invalid> {
    let is_per_cluster = match fields.take("layout") {
        None => false,
        Some(layout) => match layout.text()? {
            Layout::ONE => false,
            Layout::PER_CLUSTER => true,
            _ => return Err(layout.invalid(Problem::Choice(&LAYOUTS))),
        },
    };
    match (is_per_cluster, fields.take("output")) {
        (false, None) => Ok(Layout::One),
        (false, Some(output)) => Err(output.invalid(Problem::OutputOfOne)),
        (true, None) => Ok(Layout::PerCluster { output: DEFAULT_OUTPUT.into() }),
        (true, Some(output)) => {
            check_output(output.text()?).map_err(|problem| output.invalid(problem))?;
            Ok(Layout::PerCluster { output: output.text()?.to_owned() })
        }
    }
}

fn to(field: Field, clusters: &[Cluster]) -> Result<Vec<ClusterName>, Invalid> {
    let empty = field.invalid(Problem::Empty);
    let mut names: Vec<ClusterName> = Vec::new();
    for item in field.items()? {
        let text = item.text()?;
        let Some(cluster) = clusters.iter().find(|cluster| cluster.name.as_str() == text) else {
            let known = clusters.iter().map(|cluster| cluster.name.to_string()).collect();
            return Err(item.invalid(Problem::UnknownCluster { name: text.to_owned(), known }));
        };
        if names.contains(&cluster.name) {
            return Err(item.invalid(Problem::Twice(cluster.name.to_string())));
        }
        names.push(cluster.name.clone());
    }
    if names.is_empty() { Err(empty) } else { Ok(names) }
}
