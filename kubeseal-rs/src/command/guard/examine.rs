//! `examine`: everything that is found in one file.

use super::allowed::is_allowed;
use super::finding::{Doubt, Finding, What};
use super::text::Text;
use super::{key_block, object, template};
use crate::manifest::{Document, documents, parse};
use std::path::Path;

/// What was found in a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Examined {
    pub findings: Vec<Finding>,
    pub doubts: Vec<Doubt>,
    /// Parts of it do not parse, and look like a template.
    pub is_template: bool,
}

/// Looks into a file of this name.
pub(super) fn examine(path: &Path, bytes: &[u8]) -> Examined {
    let text = Text::of(bytes);
    let mut examined = Examined::default();
    match &text {
        Text::Utf8(text) if is_manifest(path) => manifest(text, &mut examined),
        Text::Utf16(text) if is_manifest(path) => manifest(text, &mut examined),
        Text::Pieces(_) if is_manifest(path) => {
            examined.doubts.push(Doubt {
                line: None,
                document: None,
                why: "not UTF-8; searched for keys only".into(),
            });
            keys(&text, &mut examined);
        }
        _ => keys(&text, &mut examined),
    }
    examined
}

/// By its name, with what templating appends to it.
fn is_manifest(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    name.split('.').skip(1).any(|extension| matches!(extension, "yaml" | "yml" | "json" | "tpl"))
}

fn keys(text: &Text<'_>, examined: &mut Examined) {
    for (lines_before, run) in text.runs() {
        for line in key_block::lines(run) {
            if !is_allowed(run, line) {
                let line = lines_before + line;
                examined.findings.push(Finding { line, document: None, what: What::PrivateKey });
            }
        }
    }
}

fn manifest(text: &str, examined: &mut Examined) {
    let mut number = 0;
    let mut findings = Vec::new();
    for document in documents(text) {
        let before = findings.len();
        let first = number + 1;
        number += count_and_look(document, first, &mut findings, examined);
        // A key in a Secret that was found is told already.
        if findings.len() == before {
            findings.extend(key_block::lines(document.text).into_iter().map(|line| Finding {
                line: document.first_line - 1 + line,
                document: Some(first),
                what: What::PrivateKey,
            }));
        }
    }
    findings.retain(|finding| !is_allowed(text, finding.line));
    findings.sort_by_key(|finding| finding.line);
    examined.findings.append(&mut findings);
}

/// Looks into a document, and gives the number of objects in it.
fn count_and_look(
    document: Document<'_>,
    first: usize,
    findings: &mut Vec<Finding>,
    examined: &mut Examined,
) -> usize {
    // Nothing that is looked for can do without the word, and parsing takes its time.
    if !document.text.contains("Secret") {
        return 1;
    }
    match parse(document) {
        Ok(nodes) => {
            for (index, node) in nodes.iter().enumerate() {
                findings.append(&mut object::look(node, first + index));
            }
            nodes.len()
        }
        Err(broken) => {
            let number = first + broken.sound;
            findings.append(&mut template::look(document.text, document.first_line, number));
            if document.text.contains("{{") {
                examined.is_template = true;
            } else {
                examined.doubts.push(Doubt {
                    line: Some(broken.position.map_or(document.first_line, |position| position.line)),
                    document: Some(number),
                    why: format!("does not parse ({}); searched as text", broken.fault),
                });
            }
            broken.sound + 1
        }
    }
}
