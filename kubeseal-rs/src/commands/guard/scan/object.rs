//! `look`: plaintext in a document that parses, at any depth. A new kind of object with secrets needs a line in `visit`.

use crate::commands::guard::report::finding::{Finding, FindingKind};
use crate::commands::guard::scan::annotation_copy::{UnpackBudget, Unread, json_in};
use crate::commands::guard::scan::stated::Stated;
use crate::commands::guard::value::credential::{holds_credential, is_secret_name};
use crate::commands::guard::value::plain::{Extent, is_certificate, is_plain};
use crate::commands::guard::value::reference::{is_reference, is_vault_key};
use crate::commands::guard::value::sealed::is_unsealed;
use crate::files::decoded::from_base64;
use crate::files::escapes::mentions;
use crate::manifest::yaml::node::{YamlNode, YamlValue};
use crate::manifest::yaml::parse::parse_without_repeated_keys;
use api::annotations::LAST_APPLIED;
use api::sealing_key;
use key_wrapping::WrappedKey;
use yaml_edit_in_place::split::DocumentText;

/// Copies in annotations of copies in annotations are not followed further.
const MAX_DEPTH: usize = 4;

/// The prefix of argocd-vault-plugin's annotations.
const VAULT_PLUGIN: &str = "avp.kubernetes.io/";

/// Everything that is found in `node`, which is document number `document`; and what the SealedSecrets in it state.
pub(crate) fn findings(
    node: &YamlNode,
    document: usize,
    budget: &mut UnpackBudget,
) -> (Vec<Finding>, Vec<Stated>) {
    findings_within(node, Nesting { document, depth: 0, annotation: None }, budget)
}

fn findings_within(
    node: &YamlNode,
    nesting: Nesting,
    budget: &mut UnpackBudget,
) -> (Vec<Finding>, Vec<Stated>) {
    let mut search = Search { nesting, budget, found: Vec::new(), stated: Vec::new() };
    search.visit(node, 1, None);
    (search.found, search.stated)
}

/// Where in the file the searched node is.
#[derive(Debug, Clone, Copy)]
struct Nesting {
    document: usize,
    /// Number of annotations around this node.
    depth: usize,
    /// The line of the outermost of them.
    annotation: Option<usize>,
}

struct Search<'b> {
    nesting: Nesting,
    budget: &'b mut UnpackBudget,
    found: Vec<Finding>,
    stated: Vec<Stated>,
}

impl Search<'_> {
    /// Searches a node and its children. The items of a list need no kind: it is `implied`, by a `SecretList` as by a `Secret` with items, which
    /// kubectl takes for a list.
    fn visit(&mut self, node: &YamlNode, around: usize, implied: Option<&str>) {
        let line = line(node, around);
        if let YamlValue::List(items) = &node.value {
            for item in items {
                self.visit(item, line, implied);
            }
        }
        let kind = node.get("kind").and_then(YamlNode::text).or(implied);
        let version = node.get("apiVersion").and_then(YamlNode::text);
        match kind {
            // Without a version it is sealed as a Secret, too.
            Some("Secret") if version.is_none_or(|version| matches!(version, "" | "v1")) => {
                self.secret(node, line);
            }
            Some("SealedSecret") => self.sealed_secret(node, line),
            Some("SecretGenerator") => self.generator(node, line),
            // `restore` reads lists of keys without kinds.
            None | Some("") if node.at(&["metadata", "labels", sealing_key::LABEL]).is_some() => {
                self.secret(node, line);
            }
            _ => {}
        }
        for (key, value) in node.entries() {
            if key == "annotations" {
                value.entries().for_each(|(name, value)| self.annotation(name, value, line));
                continue;
            }
            if LAST_APPLIED.contains(&key) {
                self.annotation(key, value, line);
            }
            if let ("secretGenerator", YamlValue::List(generators)) = (key, &value.value) {
                for generator in generators {
                    self.generator(generator, line);
                }
            }
            let implied =
                kind.filter(|_| key == "items").map(|kind| kind.strip_suffix("List").unwrap_or(kind));
            self.visit(value, line, implied);
        }
    }

    fn secret(&mut self, node: &YamlNode, around: usize) {
        let annotations = node.at(&["metadata", "annotations"]);
        let has_vault_keys =
            annotations.is_some_and(|all| all.entries().any(|(name, _)| name.starts_with(VAULT_PLUGIN)));
        let is_sealing_key = node.at(&["metadata", "labels", sealing_key::LABEL]).is_some();
        let passes = |text: &str| {
            is_reference(text)
                || is_certificate(text)
                || has_vault_keys && is_vault_key(text)
                // Nothing in a wrapped key is in plain.
                || is_sealing_key && WrappedKey::from_json(text.as_bytes()).is_ok()
        };
        for field in ["data", "stringData"] {
            for (key, value) in node.get(field).into_iter().flat_map(YamlNode::entries) {
                let is_plain = match &value.value {
                    YamlValue::Text(text) if passes(text) || field == "data" && decoded(text, passes) => {
                        false
                    }
                    YamlValue::Text(text) => is_plain(text, Extent::Whole),
                    // Not a string, but meant as a value.
                    YamlValue::Boolean(_) | YamlValue::Number => true,
                    YamlValue::Null | YamlValue::List(_) | YamlValue::Map(_) => false,
                };
                if is_plain {
                    let (name, key) = (name(node), key.to_owned());
                    let what = if is_sealing_key {
                        FindingKind::SealingKey { name, key }
                    } else {
                        FindingKind::Secret { name, key }
                    };
                    self.find(line(value, around), what);
                }
            }
        }
    }

    fn sealed_secret(&mut self, node: &YamlNode, around: usize) {
        self.stated.extend(Stated::of(node, self.nesting.document, name(node), |node| line(node, around)));
        let items = node.at(&["spec", "encryptedData"]);
        for (key, value) in items.into_iter().flat_map(YamlNode::entries) {
            let is_plain = match &value.value {
                YamlValue::Text(text) => is_unsealed(text),
                YamlValue::Boolean(_) | YamlValue::Number => true,
                YamlValue::Null | YamlValue::List(_) | YamlValue::Map(_) => false,
            };
            if is_plain {
                let what = FindingKind::Unsealed { name: name(node), key: key.to_owned() };
                self.find(line(value, around), what);
            }
        }
        let data = node.at(&["spec", "template", "data"]);
        for (key, value) in data.into_iter().flat_map(YamlNode::entries) {
            let is_credential = match &value.value {
                YamlValue::Text(text) => holds_credential(key, text),
                YamlValue::Number => is_secret_name(key),
                _ => false,
            };
            if is_credential {
                self.find(
                    line(value, around),
                    FindingKind::TemplateData { name: name(node), key: key.to_owned() },
                );
            }
        }
    }

    /// Kustomize's `secretGenerator`: its `literals`. The files that it names are scanned by themselves.
    fn generator(&mut self, node: &YamlNode, around: usize) {
        let Some(YamlValue::List(literals)) = node.get("literals").map(|literals| &literals.value) else {
            return;
        };
        let generator = node.get("name").and_then(YamlNode::text).unwrap_or_default();
        for literal in literals {
            let Some((key, value)) = literal.text().and_then(|text| text.split_once('=')) else { continue };
            if is_plain(value.trim().trim_matches(['"', '\'']), Extent::Whole) {
                let what = FindingKind::Literal { generator: generator.to_owned(), key: key.to_owned() };
                self.find(line(literal, around), what);
            }
        }
    }

    /// An annotation with a copy of the applied object; harmless if that was sealed.
    fn annotation(&mut self, annotation: &str, value: &YamlNode, around: usize) {
        let Some(text) = value.text().filter(|_| self.nesting.depth < MAX_DEPTH) else { return };
        let line = line(value, around);
        let document = self.nesting.document;
        let outermost = self.nesting.annotation.unwrap_or(line);
        let Ok(json) = json_in(text, self.budget) else {
            self.budget.unread.push(Unread { line: outermost, document });
            return;
        };
        let text = match &json {
            Some(json) => json.as_str(),
            None if LAST_APPLIED.contains(&annotation) => text,
            None => return,
        };
        let holds_plaintext = match parse_without_repeated_keys(DocumentText { text, first_line: 1 }) {
            Ok(nodes) => {
                let nesting =
                    Nesting { document, depth: self.nesting.depth + 1, annotation: Some(outermost) };
                nodes.iter().any(|node| !findings_within(node, nesting, self.budget).0.is_empty())
            }
            // Cut off, or edited.
            Err(_) => ["\"Secret\"", "ata\":{\""].iter().all(|word| mentions(text.as_bytes(), &[word])),
        };
        if holds_plaintext {
            self.find(line, FindingKind::LastApplied { annotation: annotation.to_owned() });
        }
    }

    fn find(&mut self, line: usize, what: FindingKind) {
        self.found.push(Finding { line, document: Some(self.nesting.document), what });
    }
}

/// The node's line, if the parser knows it; else that of the node around it.
fn line(node: &YamlNode, around: usize) -> usize {
    node.position.map_or(around, |position| position.line)
}

/// Whether `holds` is true for the text of which this is the base64.
fn decoded(base64: &str, holds: impl Fn(&str) -> bool) -> bool {
    from_base64(base64.as_bytes()).is_some_and(|bytes| std::str::from_utf8(&bytes).is_ok_and(holds))
}

/// Namespace and name, as far as they are stated.
fn name(node: &YamlNode) -> String {
    let field = |key| node.at(&["metadata", key]).and_then(YamlNode::text);
    match (field("namespace"), field("name")) {
        (Some(namespace), Some(name)) => format!("{namespace}/{name}"),
        (None, name) => name.unwrap_or_default().to_owned(),
        (Some(_), None) => String::new(),
    }
}
