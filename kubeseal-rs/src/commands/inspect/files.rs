//! `read`: the SealedSecrets of one input, or of all files.
//!
//! Decided: of several files, a broken one does not stop the others, because a pattern such as `deploy/*` names all
//! sorts of files.
//!
//! Decided: with `--check`, a template that is not looked at is an error, but for those of Helm charts, because a pull request could otherwise end the
//! check of a file with a `{{`.

use crate::commands::common::{sealed_files, templated_files};
use crate::commands::inspect::certificates::Certificates;
use crate::commands::inspect::error::InspectError;
use crate::commands::inspect::look::look;
use crate::commands::inspect::report::SealedSecretReport;
use crate::error::CommandError;
use crate::error::cause::on_one_line;
use crate::files::encoding::to_utf8;
use crate::files::escapes::may_mention;
use crate::files::input::Input;
use crate::manifest::error::ManifestError;
use crate::manifest::unparsed::template_text::is_only_template;
use crate::manifest::yaml::node::{YamlNode, YamlValue};
use crate::manifest::yaml::parse::parse_without_repeated_keys;
use crate::terminal::escape::shown_path;
use crate::terminal::program::name;
use crate::terminal::warnings::{alert, warn};
use std::fs;
use std::path::PathBuf;
use std::slice;
use yaml_edit_in_place::split::documents;

/// The reports of all SealedSecrets that were found.
pub(crate) struct InspectedFiles {
    pub reports: Vec<SealedSecretReport>,
    /// Files that could not be read, and why.
    errors: Vec<String>,
}

/// Reads all inputs; directories are searched. If the reports are for a check, only a chart's templates may be left out.
pub(crate) fn read(
    inputs: &[Input],
    certificates: &Certificates,
    is_check: bool,
) -> Result<InspectedFiles, CommandError> {
    match inputs {
        [Input::File(path)] if path.is_dir() => {}
        [input] => {
            let Documents { reports, broken } = read_input(input, &bytes(input)?, certificates)?;
            return match broken.into_iter().next() {
                Some(Unread { error, .. }) => Err(error.into()),
                None if reports.is_empty() => Err(InspectError::Nothing(input.clone()).into()),
                None => Ok(InspectedFiles { reports, errors: Vec::new() }),
            };
        }
        _ => {}
    }
    let mut files = Files {
        certificates,
        is_check,
        reports: Vec::new(),
        errors: Vec::new(),
        templates: Vec::new(),
        count: 0,
    };
    for input in inputs {
        match input {
            Input::File(path) if path.is_dir() => files.walk(path),
            input => files.take(input, true),
        }
    }
    if let Some(note) = templated_files::note(&files.templates, "their sealed values are not shown") {
        alert(note);
    }
    if files.reports.is_empty() && files.errors.is_empty() {
        return Err(InspectError::NothingInAny(files.count).into());
    }
    Ok(InspectedFiles { reports: files.reports, errors: files.errors })
}

impl InspectedFiles {
    /// An error if a file could not be read; to be returned once the reports are printed.
    pub(crate) fn outcome(self) -> Result<(), CommandError> {
        if self.errors.is_empty() { Ok(()) } else { Err(InspectError::NotAll(self.errors).into()) }
    }
}

struct Files<'a> {
    certificates: &'a Certificates,
    is_check: bool,
    reports: Vec<SealedSecretReport>,
    errors: Vec<String>,
    /// Files that do not parse, because they are templates.
    templates: Vec<String>,
    count: usize,
}

impl Files<'_> {
    fn walk(&mut self, directory: &PathBuf) {
        let (files, errors) = sealed_files::find(slice::from_ref(directory));
        for (path, error) in errors {
            self.errors.push(format!("{}: {}", shown_path(path), on_one_line(&error)));
        }
        for file in files {
            self.take(&Input::File(file), false);
        }
    }

    /// Reads a file. One without a SealedSecret is skipped, with a message if the user named it.
    fn take(&mut self, input: &Input, is_named: bool) {
        self.count += 1;
        let bytes = match bytes(input) {
            Ok(bytes) => bytes,
            Err(failure) => return self.errors.push(on_one_line(&failure)),
        };
        // Other files of a directory need not parse.
        if !is_named && !may_mention(&bytes, &["SealedSecret"]) {
            return;
        }
        let Documents { mut reports, broken } = match read_input(input, &bytes, self.certificates) {
            Ok(documents) => documents,
            Err(error) => return self.errors.push(on_one_line(&error)),
        };
        if is_named && reports.is_empty() && broken.is_empty() {
            warn(format_args!("found no SealedSecret in {input}; it is skipped"));
        }
        self.reports.append(&mut reports);
        // One line for each file: the first error is the one to correct, and a template beside it changes nothing.
        if let Some(Unread { error, .. }) = broken.iter().find(|unread| !unread.is_template) {
            self.errors.push(on_one_line(error));
        } else if !broken.is_empty() && self.is_check && !is_of_a_chart(input) {
            self.errors.extend(templated_files::note(&[input.to_string()], &not_checked()));
        } else if !broken.is_empty() {
            self.templates.push(input.to_string());
        }
    }
}

fn not_checked() -> String {
    format!(
        "it was not checked: `helm template CHART > rendered.yaml`, and `{} inspect --check rendered.yaml`",
        name()
    )
}

fn is_of_a_chart(input: &Input) -> bool {
    matches!(input, Input::File(path) if templated_files::is_of_a_chart(path))
}

fn bytes(input: &Input) -> Result<Vec<u8>, CommandError> {
    Ok(to_utf8(match input {
        Input::Stdin => input.read("SealedSecrets, in YAML or JSON,")?,
        Input::File(path) => {
            fs::read(path).map_err(|source| InspectError::Read { path: path.clone(), source })?
        }
    }))
}

/// What the documents of an input hold.
#[derive(Default)]
struct Documents {
    reports: Vec<SealedSecretReport>,
    broken: Vec<Unread>,
}

/// A document that does not parse.
struct Unread {
    error: InspectError,
    is_template: bool,
}

/// A report on each SealedSecret; other objects beside them do not matter, nor templates that name none.
fn read_input(input: &Input, bytes: &[u8], certificates: &Certificates) -> Result<Documents, ManifestError> {
    let stream = std::str::from_utf8(bytes).map_err(|_| ManifestError::NotText(input.clone()))?;
    let mut read = Documents::default();
    let mut number = 0;
    for document in documents(stream) {
        let nodes = match parse_without_repeated_keys(document) {
            Ok(nodes) => nodes,
            Err(broken) => {
                number += broken.sound + 1;
                let is_template = is_only_template(document);
                if is_template && !may_mention(document.text.as_bytes(), &["SealedSecret", "encryptedData"]) {
                    continue;
                }
                let line = broken.position.map_or(document.first_line, |position| position.line);
                let error = InspectError::Broken {
                    input: input.clone(),
                    document: number,
                    line,
                    error: broken.error,
                };
                read.broken.push(Unread { error, is_template });
                continue;
            }
        };
        for node in &nodes {
            number += 1;
            for sealed in sealed_secrets(node) {
                let mut report = look(sealed, certificates);
                report.file = match input {
                    Input::File(path) => path.display().to_string(),
                    Input::Stdin => input.to_string(),
                };
                report.document = number;
                read.reports.push(report);
            }
        }
    }
    Ok(read)
}

/// The SealedSecrets in a node, which is one or a list of them.
fn sealed_secrets(node: &YamlNode) -> Vec<&YamlNode> {
    let is_sealed = |node: &YamlNode| node.get("kind").and_then(YamlNode::text) == Some("SealedSecret");
    if is_sealed(node) {
        return vec![node];
    }
    let kind = node.get("kind").and_then(YamlNode::text).unwrap_or_default();
    match node.get("items").map(|items| &items.value) {
        // The items of a SealedSecretList need no kind.
        Some(YamlValue::List(items)) => {
            items.iter().filter(|item| kind == "SealedSecretList" || is_sealed(item)).collect()
        }
        _ => Vec::new(),
    }
}
