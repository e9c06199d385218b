//! `look`: reads a SealedSecret into a report. It accepts as much as possible: errors become problems of the report.

use crate::commands::common::known_keys::state_here;
use crate::commands::inspect::certificates::Certificates;
use crate::commands::inspect::item::item;
use crate::commands::inspect::problem::Problem;
use crate::commands::inspect::recipients::recipients;
use crate::commands::inspect::report::{SealedSecretReport, TemplateItem};
use crate::manifest::sealed_secrets::known_fields::unknown_fields;
use crate::manifest::yaml::node::{YamlNode, YamlValue};
use crate::terminal::likeness::like;
use api::Scope;
use api::annotations::{CLUSTER_WIDE, NAMESPACE_WIDE};
use sealing::{NotedKeys, TemplateFault, recipients_in};
use std::collections::{BTreeMap, BTreeSet};

/// For at most this many unknown names it is looked which one was meant.
const MOST_SUGGESTIONS: usize = 10;

/// The `apiVersion` of SealedSecrets.
const API_VERSION: &str = "bitnami.com/v1alpha1";

/// The report about the SealedSecret in `node`. The caller adds where it was found.
pub(crate) fn look(node: &YamlNode, certificates: &Certificates) -> SealedSecretReport {
    let mut problems = Vec::new();
    let field = |path: &[&str]| non_empty(node.at(path));
    let (namespace, name) = (field(&["metadata", "namespace"]), field(&["metadata", "name"]));
    if node.get("apiVersion").and_then(YamlNode::text) != Some(API_VERSION) {
        problems.push(Problem::Version);
    }
    let annotations = texts(node.at(&["metadata", "annotations"]));
    let scope = scope(node, &annotations, &mut problems);
    if name.is_none() {
        problems.push(Problem::NoName);
    }
    if namespace.is_none() && scope != Scope::ClusterWide {
        problems.push(Problem::NoNamespace);
    }

    let names = |path: &[&str]| {
        let at = node.at(path).into_iter().flat_map(YamlNode::entries);
        at.map(|(name, _)| name.to_owned()).collect()
    };
    let unknown = unknown_fields(names);
    let sealed = node.at(&["spec", "encryptedData"]);
    let entries = || sealed.into_iter().flat_map(YamlNode::entries);
    let items: Vec<_> = entries().map(|(key, value)| item(key, value.text(), &mut problems)).collect();
    let deprecated = node.at(&["spec", "data"]).is_some_and(|data| !matches!(data.value, YamlValue::Null));
    if deprecated {
        problems.push(Problem::Deprecated);
    } else if items.is_empty() {
        let is_misspelt = unknown.iter().any(|field| field.meant == Some("encryptedData"));
        let is_there = sealed.is_some() || is_misspelt;
        problems.push(if is_there { Problem::NoItems } else { Problem::NoItemsField });
    }
    problems.extend(unknown.into_iter().map(Problem::UnknownField));
    let sizes: BTreeSet<usize> = items.iter().filter_map(|item| item.key_bits).collect();
    if sizes.len() > 1 {
        problems.push(Problem::MixedKeys(sizes.iter().copied().collect()));
    }
    let key_bits = sizes.iter().copied().next().filter(|_| sizes.len() == 1);
    let mut certificate =
        certificates.sealed_with(&annotations, entries().map(|(name, _)| name), key_bits, &mut problems);
    let recipients = recipients_in(Some(&annotations)).map(|read| recipients(read, &items, &mut problems));
    certificate.newest_is_recipient = recipients.iter().flatten().any(|recipient| {
        recipient.certificate.is_some()
            && recipient.certificate == certificate.newest
            && recipient.items.len() == items.len()
    });
    let noted_keys = NotedKeys::of(Some(&annotations), entries().map(|(name, _)| name));
    let of_keys = Problem::of_keys(&noted_keys, state_here);
    let is_leaked = of_keys == Some(Problem::Compromised);
    if is_leaked || is_marked(node) {
        problems.insert(0, Problem::Compromised);
    }
    let encrypted_data = texts(sealed);
    let template_data = template(node, scope, &encrypted_data, &mut problems);
    problems.extend(of_templates(node));
    problems.extend(of_keys.filter(|_| !is_leaked));
    SealedSecretReport {
        file: String::new(),
        document: 0,
        bound_to: bound_to(scope, namespace.as_deref(), name.as_deref()),
        scope: scope.as_str(),
        type_: field(&["spec", "template", "type"]),
        immutable: match node.at(&["spec", "template", "immutable"]).map(|node| &node.value) {
            Some(YamlValue::Boolean(immutable)) => Some(*immutable),
            _ => None,
        },
        namespace,
        name,
        items,
        template_data,
        certificate,
        recipients: recipients.unwrap_or_default(),
        problems,
        cluster: None,
        noted_keys,
        encrypted_data,
    }
}

/// Whether the object's own status, which came with it from a cluster, says that a leaked key opens it.
fn is_marked(node: &YamlNode) -> bool {
    let leaked = node.at(&["status", "compromisedBy"]).map(|keys| &keys.value);
    matches!(leaked, Some(YamlValue::List(keys)) if !keys.is_empty())
}

fn scope(node: &YamlNode, annotations: &BTreeMap<String, String>, problems: &mut Vec<Problem>) -> Scope {
    let is_true = |name| annotations.get(name).is_some_and(|value| value == "true");
    if is_true(CLUSTER_WIDE) && is_true(NAMESPACE_WIDE) {
        problems.push(Problem::BothScopes);
    }
    for name in [CLUSTER_WIDE, NAMESPACE_WIDE] {
        // A boolean without quotes is no string, and has no effect either.
        let stated = node.at(&["metadata", "annotations", name]);
        let says_no = matches!(stated.and_then(YamlNode::text), Some("false" | ""));
        if stated.is_some() && !says_no && !is_true(name) {
            problems.push(Problem::ScopeNotTrue(name));
        }
    }
    let own = Scope::of(Some(annotations));
    let template = Scope::of(Some(&texts(node.at(&["spec", "template", "metadata", "annotations"]))));
    // kubeseal writes the same scope in both; no annotation means strict.
    if template != own && template != Scope::Strict {
        problems.push(Problem::TemplateScope { own, template });
    }
    own
}

fn template(
    node: &YamlNode,
    scope: Scope,
    encrypted_data: &BTreeMap<String, String>,
    problems: &mut Vec<Problem>,
) -> Vec<TemplateItem> {
    let own = |field| non_empty(node.at(&["metadata", field]));
    for (field, is_bound) in [("name", scope == Scope::Strict), ("namespace", scope != Scope::ClusterWide)] {
        let template = non_empty(node.at(&["spec", "template", "metadata", field]));
        let Some(template) = template.filter(|template| own(field).is_some_and(|own| own != *template))
        else {
            continue;
        };
        problems.push(if is_bound {
            let own = bound_to(scope, own("namespace").as_deref(), own("name").as_deref());
            Problem::Renamed { field, template, own }
        } else {
            Problem::TemplateOther(field)
        });
    }
    let data = texts(node.at(&["spec", "template", "data"]));
    let plain: Vec<String> =
        data.iter().filter(|(_, value)| !value.contains("{{")).map(|(key, _)| key.clone()).collect();
    let hidden: Vec<String> = data.keys().filter(|key| encrypted_data.contains_key(*key)).cloned().collect();
    let items = data
        .iter()
        .map(|(key, value)| TemplateItem { key: key.clone(), is_template: value.contains("{{") })
        .collect();
    if !plain.is_empty() {
        problems.push(Problem::PlainTemplate(plain));
    }
    if !hidden.is_empty() {
        problems.push(Problem::TemplateHidden(hidden));
    }
    items
}

/// What is wrong with the templates themselves.
fn of_templates(node: &YamlNode) -> Vec<Problem> {
    let entries = |path: &[&str]| node.at(path).into_iter().flat_map(YamlNode::entries).collect::<Vec<_>>();
    let items: BTreeSet<String> =
        entries(&["spec", "encryptedData"]).into_iter().map(|(name, _)| name.to_owned()).collect();
    let texts: BTreeMap<String, Option<String>> = entries(&["spec", "template", "data"])
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.text().map(str::to_owned)))
        .collect();
    let names: Vec<&str> = items.iter().map(String::as_str).collect();
    let mut suggestions = 0..MOST_SUGGESTIONS;
    let faults = sealing::template_faults(&items, &texts).into_iter();
    faults
        .map(|fault| match fault {
            TemplateFault::NotATemplate { template, detail } => {
                Problem::NotATemplate { template, why: detail.to_string() }
            }
            TemplateFault::NotParsed(template) => Problem::NotATemplate {
                template,
                why: "which was not read, because those before it take too much".into(),
            },
            TemplateFault::UnknownValue { template, reference } => {
                let meant = suggestions.next().and_then(|_| like(&reference.name, &names)).map(str::to_owned);
                Problem::UnknownName { template, line: reference.line, name: reference.name, meant }
            }
        })
        .collect()
}

fn bound_to(scope: Scope, namespace: Option<&str>, name: Option<&str>) -> String {
    let namespace = namespace.unwrap_or("(unknown)");
    match scope {
        Scope::Strict => format!("{namespace}/{}", name.unwrap_or("(unknown)")),
        Scope::NamespaceWide => format!("{namespace}/*"),
        Scope::ClusterWide => "*/*".into(),
    }
}

fn non_empty(node: Option<&YamlNode>) -> Option<String> {
    node.and_then(YamlNode::text).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
}

/// The entries of a map that are strings.
fn texts(node: Option<&YamlNode>) -> BTreeMap<String, String> {
    let entries = node.into_iter().flat_map(YamlNode::entries);
    entries.filter_map(|(key, value)| Some((key.to_owned(), value.text()?.to_owned()))).collect()
}
