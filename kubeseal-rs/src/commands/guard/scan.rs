//! `scan`: every finding in one file, and what its SealedSecrets state about their recipients (`stated`). Manifests go through `object`; text that does not parse, such as a Helm template, through `unparsed`; files
//! of which kustomize makes Secrets through `kustomize`; every text through `private_key`. `allow_comment` knows which lines may pass.

pub(crate) mod allow_comment;
pub(crate) mod annotation_copy;
pub(crate) mod kustomize;
pub(crate) mod object;
pub(crate) mod private_key;
pub(crate) mod stated;
pub(crate) mod text;
pub(crate) mod unparsed;
pub(crate) mod unparsed_flow;
pub(crate) mod value_map;

use crate::commands::guard::report::finding::{Finding, FindingKind, ScanWarning};
use crate::commands::guard::scan::allow_comment::AllowedLines;
use crate::commands::guard::scan::annotation_copy::{PACKED, UnpackBudget};
use crate::commands::guard::scan::kustomize::Generated;
use crate::commands::guard::scan::stated::Stated;
use crate::commands::guard::scan::text::Text;
use crate::commands::guard::value::plain::is_encrypted_file;
use crate::files::escapes::{may_mention, mentions};
use crate::manifest::unparsed::template_text::{is_only_template, without_actions};
use crate::manifest::yaml::parse::parse_without_repeated_keys;
use serde::de::IgnoredAny;
use std::collections::HashSet;
use std::path::Path;
use yaml_edit_in_place::split::{DocumentText, documents};

/// What was found in a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ScanResult {
    pub findings: Vec<Finding>,
    /// Of the SealedSecrets in it, to be compared with the project file.
    pub stated: Vec<Stated>,
    pub warnings: Vec<ScanWarning>,
    /// Parts of it do not parse, and look like a template.
    pub is_template: bool,
    /// Whether its name is a manifest's and it is no text, or an annotation of it unpacks to too much.
    pub is_unread: bool,
}

/// A file to scan. It has no Debug, because it holds values.
pub(crate) struct ScannedFile<'c> {
    pub path: &'c Path,
    /// The work tree from which the path goes, of a file that is staged. Else it goes from the current directory.
    pub work_tree: Option<&'c Path>,
    pub bytes: &'c [u8],
    /// Whether the user named it.
    pub is_named: bool,
    /// The `secretGenerator` that makes a Secret of it.
    pub generated: Option<Generated>,
}

/// How a file is scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Manifests, and templates of them.
    Manifests,
    /// Manifests, if it parses: the user named it, and its extension says nothing.
    Unknown,
    /// Text only.
    Text,
}

impl Kind {
    /// By its name, and the extensions that templating and editors append.
    fn of(path: &Path, is_named: bool) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        if name == "kustomization" {
            return Self::Manifests;
        }
        // Editors keep earlier versions as `a.yaml~`, `#a.yaml#` and `a.yaml.orig`.
        let name = name.trim_matches(['~', '#']);
        let mut extensions = name.split('.').skip(1);
        if extensions.any(|extension| matches!(extension, "yaml" | "yml" | "json" | "tpl")) {
            Self::Manifests
        } else if is_named {
            Self::Unknown
        } else {
            Self::Text
        }
    }
}

pub(crate) fn scan(file: &ScannedFile<'_>) -> ScanResult {
    let text = Text::of(file.bytes);
    let kind = Kind::of(file.path, file.is_named);
    let mut result = ScanResult::default();
    match text.text() {
        Some(text) if kind != Kind::Text => manifest(text, kind, &mut result),
        Some(text) => keys(text, &mut result),
        None if kind == Kind::Manifests && !is_encrypted_file(file.bytes) => {
            result.warnings.push(ScanWarning {
                line: None,
                document: None,
                why: "not text; it was not scanned".into(),
            });
            // Others, such as `a.json.gz`, only have the word in their names.
            let last = file.path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
            result.is_unread = matches!(last.as_str(), "yaml" | "yml" | "json" | "tpl");
        }
        None => {}
    }
    if let Some(generated) = &file.generated {
        let mut found = generated.findings(file.bytes, text.text());
        if let Some(allowed) = text.text().map(AllowedLines::of) {
            found.retain(|finding| !allowed.has(finding.line));
        }
        result.findings.append(&mut found);
        result.findings.sort_by_key(|finding| finding.line);
    }
    result
}

fn keys(text: &str, result: &mut ScanResult) {
    let allowed = AllowedLines::of(text);
    for line in private_key::lines(text) {
        if !allowed.has(line) {
            result.findings.push(Finding { line, document: None, what: FindingKind::PrivateKey });
        }
    }
}

fn manifest(text: &str, kind: Kind, result: &mut ScanResult) {
    let allowed = AllowedLines::of(text);
    let mut number = 0;
    let mut findings = Vec::new();
    let mut budget = UnpackBudget::default();
    for document in documents(text) {
        let mut found = Vec::new();
        let first = number + 1;
        number += count_and_look(document, first, kind, &mut found, &mut budget, result);
        // Only a reported value hides a key: an allowed value does not allow the key on the next line.
        found.retain(|finding| !allowed.has(finding.line));
        let reported_lines: HashSet<usize> = found.iter().map(|finding| finding.line).collect();
        for line in private_key::lines(document.text).into_iter().map(|line| document.first_line - 1 + line) {
            // A key in a reported value begins on the line of the value, or on the next one.
            let is_reported = reported_lines.contains(&line) || reported_lines.contains(&(line - 1));
            if !is_reported && !allowed.has(line) {
                let document = (kind == Kind::Manifests).then_some(first);
                found.push(Finding { line, document, what: FindingKind::PrivateKey });
            }
        }
        findings.append(&mut found);
    }
    findings.sort_by_key(|finding| finding.line);
    result.findings.append(&mut findings);
    if let Some(unread) = budget.unread.iter().find(|unread| !allowed.has(unread.line)) {
        result.is_unread = true;
        result.warnings.push(ScanWarning {
            line: Some(unread.line),
            document: Some(unread.document),
            why: "the annotations of this file unpack to more than 8 MiB; this one was not scanned".into(),
        });
    }
}

/// Scans a document, and returns the number of objects in it.
fn count_and_look(
    document: DocumentText<'_>,
    first: usize,
    kind: Kind,
    findings: &mut Vec<Finding>,
    budget: &mut UnpackBudget,
    result: &mut ScanResult,
) -> usize {
    // Nothing can be found in a document without the word, unless it is compressed, and parsing takes time.
    let text = document.text.as_bytes();
    if !may_mention(text, &["ecret"]) && !mentions(text, &PACKED) {
        return 1;
    }
    match parse_without_repeated_keys(document) {
        Ok(nodes) => {
            let before = findings.len();
            for (index, node) in nodes.iter().enumerate() {
                let (mut found, mut stated) = object::findings(node, first + index, budget);
                findings.append(&mut found);
                result.stated.append(&mut stated);
            }
            if findings.len() == before && is_broken_json(document.text) {
                findings.append(&mut unparsed::findings(document.text, document.first_line, first));
            }
            nodes.len()
        }
        // It is another text, such as a page about them.
        Err(_) if kind != Kind::Manifests && !begins_as_manifest(document.text) => 1,
        Err(broken) => {
            let number = first + broken.sound;
            findings.append(&mut unparsed::findings(document.text, document.first_line, number));
            template_or_unread(document, number, result);
            if document.text.contains("{{") {
                result.is_template = true;
            } else {
                result.warnings.push(ScanWarning {
                    line: Some(broken.position.map_or(document.first_line, |position| position.line)),
                    document: Some(number),
                    why: format!("does not parse ({}); searched as text", broken.error),
                });
            }
            broken.sound + 1
        }
    }
}

/// What the SealedSecrets in a document that does not parse state about their recipients. Of a template, as far as it parses without its actions.
fn template_or_unread(document: DocumentText<'_>, number: usize, result: &mut ScanResult) {
    let Some(unread) = Stated::unread(document, number) else { return };
    if !is_only_template(document) {
        result.stated.push(unread);
        return;
    }
    let plain = without_actions(document.text);
    let nodes = parse_without_repeated_keys(DocumentText { text: &plain, ..document }).unwrap_or_default();
    let stated = nodes.iter().flat_map(|node| object::findings(node, number, &mut UnpackBudget::default()).1);
    let (mut read, others): (Vec<_>, Vec<_>) =
        stated.partition(|stated| matches!(stated.recipients, Some((_, Ok(_)))));
    if read.is_empty() || !others.is_empty() {
        result.warnings.push(ScanWarning {
            line: unread.recipients.map(|(line, _)| line),
            document: Some(number),
            why: "the recipients in a template are not compared with the project file; check what it renders: `helm template CHART > \
                  rendered.yaml`, and guard rendered.yaml"
                .into(),
        });
    }
    result.stated.append(&mut read);
}

/// Whether it looks like JSON and is invalid. As YAML it may parse, with a comment and a key taken for one word.
fn is_broken_json(text: &str) -> bool {
    let is_meant =
        text.trim_start().strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '/']));
    is_meant
        && serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>().any(|object| object.is_err())
}

/// Whether the text begins like a manifest or a template.
fn begins_as_manifest(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_end);
    let first = lines.find(|line| !(line.is_empty() || line.starts_with('#') || line.starts_with("---")));
    first.is_some_and(|line| {
        ["apiVersion:", "kind:", "metadata:", "{"].iter().any(|begin| line.starts_with(begin))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(path: &Path, bytes: &[u8], is_named: bool) -> ScanResult {
        super::scan(&ScannedFile { path, work_tree: None, bytes, is_named, generated: None })
    }

    #[test]
    fn a_file_that_is_named_is_looked_into_whatever_it_is_called() {
        let secret = b"kind: Secret\nstringData: {a: b}\n";
        let found = |name: &str, is_named| scan(Path::new(name), secret, is_named).findings.len();
        for name in
            ["a.yaml", "a.yaml.gotmpl", "a.yaml~", "#a.yaml#", "a.json.orig", ".a.yml.swp", "a.yaml.bak"]
        {
            assert_eq!(found(name, false), 1, "{name}");
        }
        for name in ["p.txt", "values", "a"] {
            assert_eq!((found(name, false), found(name, true)), (0, 1), "{name}");
        }
        let template = b"{{ if .a }}\nkind: Secret\nstringData:\n  a: b\n{{ end }}\n";
        assert_eq!(scan(Path::new("values"), template, true).findings.len(), 1);
        let page = b"# Secrets\n\n```yaml\nkind: Secret\nstringData:\n  a: b\n```\n";
        assert_eq!(scan(Path::new("a.md"), page, true), ScanResult::default());
    }
}
