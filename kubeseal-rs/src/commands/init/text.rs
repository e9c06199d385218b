//! `render`: the text of a new project file.

use crate::commands::init::choice::Chosen;
use crate::project::certificate_file::default_path;
use crate::project::cluster_name::ClusterName;
use crate::project::file::SCHEMA_PATH;
use crate::settings::kubeconfig_flags::KubeconfigFlags;
use serde_json::Value;
use std::fmt::Write as _;

/// The clusters, and a rule for all files, with comments.
pub(crate) fn render(chosen: &Chosen, flags: &KubeconfigFlags) -> String {
    let mut text = format!(
        "# yaml-language-server: $schema={SCHEMA_PATH}\n\
         # The clusters that Secrets of this repository are sealed for. `kubeseal-rs clusters list` shows what is known of them.\n\
         clusters:\n"
    );
    let mut names = Vec::new();
    for (name, context) in &chosen.clusters {
        let path = default_path(name.as_str());
        let mut fields = format!("certificate: {}, context: {}", path.display(), quoted(context));
        let controller = [
            ("controllerName", &flags.controller_name),
            ("controllerNamespace", &flags.controller_namespace),
        ];
        for (field, value) in controller {
            if let Some(value) = value.as_ref().filter(|value| !value.is_empty()) {
                // Writing to a String cannot fail.
                let _ = write!(fields, ", {field}: {}", quoted(value));
            }
        }
        let name = key(name);
        let _ = writeln!(text, "  {name}: {{ {fields} }}");
        names.push(name);
    }
    for (name, recipient) in &chosen.recipients {
        let name = key(name);
        let _ = writeln!(
            text,
            "  # Opens with the private half of this key of age, without any cluster.\n  {name}: {{ recipient: {recipient} }}"
        );
        names.push(name);
    }
    let _ = writeln!(
        text,
        "\n# The first rule whose path matches a file counts, so write rules for single folders above the last one.\n\
         # The owners of the Secret's namespace on every cluster of `to` read the value: name clusters together only where the\n\
         # namespace has the same owners on all of them.\n\
         rules:\n  - {{ path: \"**\", to: [{}] }}",
        names.join(", ")
    );
    text
}

/// A text as YAML and JSON both read it.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The name of a cluster, quoted where YAML would read something else than text.
fn key(name: &ClusterName) -> String {
    const OTHERS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let name = name.as_str();
    let is_text = name.starts_with(|c: char| c.is_ascii_lowercase()) && !OTHERS.contains(&name);
    if is_text { name.to_owned() } else { quoted(name) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::file::ProjectFile;
    use std::path::Path;

    #[test]
    fn what_is_written_is_read() {
        let age = age::x25519::Identity::generate().to_public();
        let names = ["prod-eu", "no", "0123", "1e3", "-", "--x", "null", "y", "inf"];
        let context = |name: &str| format!("arn:aws:eks:eu-west-1:1:cluster/{name} \"#\u{e9}'");
        let chosen = Chosen {
            clusters: names.iter().map(|name| (name.parse().unwrap(), context(name))).collect(),
            recipients: vec![("dr".parse().unwrap(), age)],
        };
        let flags =
            KubeconfigFlags { controller_name: Some("sealed-secrets".into()), ..KubeconfigFlags::default() };
        let text = render(&chosen, &flags);
        let file = ProjectFile::parse(&text).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
        let read: Vec<&str> = file.clusters.iter().map(|cluster| cluster.name.as_str()).collect();
        assert_eq!(read, [&names[..], &["dr"]].concat());
        assert_eq!(file.clusters[0].connection.context, Some(context("prod-eu")));
        assert_eq!(file.clusters[0].connection.controller_name.as_deref(), Some("sealed-secrets"));
        assert!(file.rules[0].matches(Path::new("any/file.yaml")) && file.rules[0].to.len() == 10);
    }
}
