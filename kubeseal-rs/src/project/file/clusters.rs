//! `read`: the clusters of the project file.

use crate::manifest::names::is_object_name;
use crate::project::cluster::{Cluster, Connection, KeySource};
use crate::project::cluster_name::ClusterName;
use crate::project::file::invalid::{Invalid, Problem};
use crate::project::file::reader::Field;
use reqwest::Url;
use std::path::{Component, Path, PathBuf};

/// The fields of a cluster.
pub(crate) const FIELDS: [&str; 6] =
    ["certificate", "recipient", "context", "controllerName", "controllerNamespace", "url"];

/// The clusters, in the order of the file.
pub(crate) fn read(field: Field) -> Result<Vec<Cluster>, Invalid> {
    let empty = field.invalid(Problem::NoCluster);
    let mut clusters: Vec<Cluster> = Vec::new();
    for (name, field) in field.entries()? {
        let name: ClusterName = name.parse().map_err(|problem| field.invalid(problem))?;
        let same = |key: &KeySource| clusters.iter().find(|other| other.key == *key);
        let same = |key: &KeySource| same(key).map(|other| other.name.to_string());
        let cluster = cluster(name, field, &same)?;
        clusters.push(cluster);
    }
    if clusters.is_empty() { Err(empty) } else { Ok(clusters) }
}

fn cluster(
    name: ClusterName,
    field: Field,
    same: &dyn Fn(&KeySource) -> Option<String>,
) -> Result<Cluster, Invalid> {
    let mut fields = field.fields(&FIELDS)?;
    let (key, field) = match (fields.take("certificate"), fields.take("recipient")) {
        (Some(field), None) => (KeySource::Certificate(certificate(&field)?), field),
        (None, Some(field)) => (KeySource::Recipient(recipient(&field)?), field),
        (None, None) => return Err(fields.invalid(Problem::NoKey)),
        (Some(_), Some(_)) => return Err(fields.invalid(Problem::TwoKeys)),
    };
    if let Some(other) = same(&key) {
        return Err(field.invalid(Problem::SameKey(other)));
    }
    let mut text = |key: &'static str, is_valid: &dyn Fn(&str) -> bool, problem: fn() -> Problem| {
        let Some(field) = fields.take(key) else { return Ok(None) };
        let text = field.text()?;
        if !is_valid(text) {
            return Err(field.invalid(problem()));
        }
        Ok(Some((text.to_owned(), field)))
    };
    let not_empty = |text: &str| !text.is_empty();
    let parts = [
        text("context", &not_empty, || Problem::Empty)?,
        text("controllerName", &is_object_name, || Problem::ControllerName)?,
        text("controllerNamespace", &is_object_name, || Problem::ControllerName)?,
        text("url", &is_url, || Problem::Url)?,
    ];
    if let (KeySource::Recipient(_), Some((_, field))) = (&key, parts.iter().flatten().next()) {
        let names = ["context", "controllerName", "controllerNamespace", "url"];
        let named = names.iter().zip(&parts).find_map(|(name, part)| part.as_ref().map(|_| *name));
        return Err(field.invalid(Problem::NotForRecipients(named.unwrap_or_default())));
    }
    let [context, controller_name, controller_namespace, url] = parts.map(|part| part.map(|(text, _)| text));
    Ok(Cluster { name, key, connection: Connection { context, controller_name, controller_namespace, url } })
}

/// A path from the root, which goes down and not into Git's own folder. That no symbolic link leads out of the repository is checked when
/// the file is opened.
fn certificate(field: &Field) -> Result<PathBuf, Invalid> {
    let text = field.text()?;
    let path = Path::new(text);
    let is_file = |path: &Path| {
        let mut parts = path.components().peekable();
        let first = parts.peek().copied();
        let is_gits = first.is_some_and(|first| first.as_os_str().eq_ignore_ascii_case(".git"));
        first.is_some() && !is_gits && parts.all(|part| matches!(part, Component::Normal(_)))
    };
    let is_path = is_file(path) && !text.ends_with('/') && !text.contains([':', '\\', '\0']);
    if is_path { Ok(path.to_owned()) } else { Err(field.invalid(Problem::CertificatePath)) }
}

/// Decided: native X25519 keys only. A plugin is a program that a pull request would choose, and keys of ssh are made for something else.
fn recipient(field: &Field) -> Result<age::x25519::Recipient, Invalid> {
    field.text()?.parse().map_err(|_| field.invalid(Problem::Recipient))
}

/// Whether it is an address that can be shown, and that TLS verifies.
fn is_url(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        url.scheme() == "https"
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    })
}
