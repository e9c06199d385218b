//! `look`: plaintext in a document that parses, however deep it is in there.

use super::finding::{Finding, What};
use super::plain::{Extent, is_plain, is_plain_beside_sealed};
use crate::manifest::{Content, Document, Node, parse};
use api::annotations::LAST_APPLIED;

/// Everything that is found in `node`, which is document number `document`.
pub(super) fn look(node: &Node, document: usize) -> Vec<Finding> {
    let mut search = Search { document, found: Vec::new() };
    search.visit(node, 1, None);
    search.found
}

struct Search {
    document: usize,
    found: Vec<Finding>,
}

impl Search {
    /// Looks at a node, and what is in it. The items of a list need not say what they are: `implied` does.
    fn visit(&mut self, node: &Node, around: usize, implied: Option<&str>) {
        let line = node.position.map_or(around, |position| position.line);
        if let Content::List(items) = &node.content {
            for item in items {
                self.visit(item, line, implied);
            }
        }
        let kind = node.get("kind").and_then(Node::text).or(implied);
        let version = node.get("apiVersion").and_then(Node::text);
        match kind {
            // Without a version it is sealed as a Secret, too.
            Some("Secret") if version.is_none_or(|version| matches!(version, "" | "v1")) => {
                self.secret(node, line);
            }
            Some("SealedSecret") => self.sealed_secret(node, line),
            _ => {}
        }
        for (key, value) in node.entries() {
            if LAST_APPLIED.contains(&key) {
                self.last_applied(key, value, line);
            }
            let implied = if kind == Some("SecretList") && key == "items" { Some("Secret") } else { None };
            self.visit(value, line, implied);
        }
    }

    fn secret(&mut self, node: &Node, around: usize) {
        let mut keys = Vec::new();
        let fields = [node.get("data"), node.get("stringData")];
        let line = fields
            .into_iter()
            .flatten()
            .filter_map(|values| plain_keys(values, is_plain_in_whole, &mut keys))
            .min();
        if !keys.is_empty() {
            self.find(line.unwrap_or(around), What::Secret { name: name(node), keys });
        }
    }

    fn sealed_secret(&mut self, node: &Node, around: usize) {
        let mut keys = Vec::new();
        let data = node.at(&["spec", "template", "data"]);
        let line = data.and_then(|values| plain_keys(values, is_plain_beside_sealed, &mut keys));
        if !keys.is_empty() {
            self.find(line.unwrap_or(around), What::TemplateData { name: name(node), keys });
        }
    }

    /// An annotation with a copy of what was applied; harmless where that was sealed.
    fn last_applied(&mut self, annotation: &str, value: &Node, around: usize) {
        let Some(text) = value.text() else { return };
        let holds_plaintext = match parse(Document { text, first_line: 1 }) {
            Ok(nodes) => nodes.iter().any(|node| !look(node, self.document).is_empty()),
            // Cut off, or altered by hand.
            Err(_) => text.contains("\"Secret\"") && text.contains("ata\":{\""),
        };
        if holds_plaintext {
            let line = value.position.map_or(around, |position| position.line);
            self.find(line, What::LastApplied { annotation: annotation.to_owned() });
        }
    }

    fn find(&mut self, line: usize, what: What) {
        self.found.push(Finding { line, document: Some(self.document), what });
    }
}

fn is_plain_in_whole(value: &str) -> bool {
    is_plain(value, Extent::Whole)
}

/// Adds the keys that have plain values, and gives the first one's line, if the parser told it.
fn plain_keys(values: &Node, is_plain: fn(&str) -> bool, keys: &mut Vec<String>) -> Option<usize> {
    let mut first = None;
    for (key, value) in values.entries() {
        let is_plain = match &value.content {
            Content::Text(text) => is_plain(text),
            // No text, but meant as a value.
            Content::Boolean(_) | Content::Number => true,
            Content::Null | Content::List(_) | Content::Map(_) => false,
        };
        if is_plain {
            keys.push(key.to_owned());
            first = first.or(value.position.map(|position| position.line));
        }
    }
    first
}

/// Namespace and name, as far as they are stated.
fn name(node: &Node) -> String {
    let field = |key| node.at(&["metadata", key]).and_then(Node::text);
    match (field("namespace"), field("name")) {
        (Some(namespace), Some(name)) => format!("{namespace}/{name}"),
        (None, name) => name.unwrap_or_default().to_owned(),
        (Some(_), None) => String::new(),
    }
}
