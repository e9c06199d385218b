//! [`Stated`]: what a SealedSecret says about who opens it. `guard::comparison` compares it with the project file.

use crate::commands::common::seal_for::recipient_keys::keys_in;
use crate::files::escapes::unescaped;
use crate::manifest::yaml::node::{YamlNode, YamlValue};
use crate::terminal::escape::shown;
use api::Scope;
use api::annotations::{CLUSTER_WIDE, NAMESPACE_WIDE, RECIPIENTS};
use recipients::Recipients;
use std::collections::BTreeMap;
use yaml_edit_in_place::split::DocumentText;

/// The annotations of a SealedSecret that say who opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stated {
    pub document: usize,
    /// Namespace and name, as far as they are stated.
    pub name: String,
    /// The line of the annotation for the recipients, and the keys in it, or why it cannot be read. None without the annotation.
    pub recipients: Option<(usize, Result<Vec<String>, String>)>,
    /// The scope of its items, if it is wider than strict, and the line of the annotation.
    pub scope: Option<(usize, Scope)>,
}

impl Stated {
    /// None if the SealedSecret has no such annotation. `line` is the line of a node.
    pub(crate) fn of(
        node: &YamlNode,
        document: usize,
        name: String,
        line: impl Fn(&YamlNode) -> usize,
    ) -> Option<Self> {
        let annotation = |name| node.at(&["metadata", "annotations", name]);
        let recipients = annotation(RECIPIENTS).map(|node| (line(node), keys(node)));
        let scopes: BTreeMap<String, String> = [CLUSTER_WIDE, NAMESPACE_WIDE]
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), annotation(name)?.text()?.to_owned())))
            .collect();
        let has_items =
            node.at(&["spec", "encryptedData"]).is_some_and(|items| items.entries().next().is_some());
        let (scope, stating) = match Scope::of(Some(&scopes)) {
            Scope::Strict => (Scope::Strict, None),
            Scope::NamespaceWide => (Scope::NamespaceWide, annotation(NAMESPACE_WIDE)),
            Scope::ClusterWide => (Scope::ClusterWide, annotation(CLUSTER_WIDE)),
        };
        let scope = stating.filter(|_| has_items).map(|node| (line(node), scope));
        (recipients.is_some() || scope.is_some()).then_some(Self { document, name, recipients, scope })
    }
}

impl Stated {
    /// Of a document that does not parse. None if it does not mention the annotation for recipients.
    pub(crate) fn unread(document: DocumentText<'_>, number: usize) -> Option<Self> {
        let text = unescaped(document.text);
        let before = &text[..text.find(RECIPIENTS)?];
        let line = document.first_line + before.matches('\n').count();
        let why = "the document does not parse".to_owned();
        Some(Self { document: number, name: String::new(), recipients: Some((line, Err(why))), scope: None })
    }
}

/// The keys in an annotation. The error shows names of members, and no value.
fn keys(annotation: &YamlNode) -> Result<Vec<String>, String> {
    let text = match &annotation.value {
        YamlValue::Text(text) => text.as_str(),
        // The API server takes it for an empty text.
        YamlValue::Null => "",
        other => return Err(format!("it is {}, and no text", other.kind())),
    };
    let recipients = Recipients::from_text(text).map_err(|error| shown(&error.to_string()))?;
    Ok(keys_in(&recipients))
}
