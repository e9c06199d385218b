//! `inspect`: what can be told about SealedSecrets without opening them.
//!
//! `files` finds them, `look` reads one into a `Report`, `item` and `problem` say what is in it and wrong with it, `certificates` which
//! one it was sealed with, `live` what the cluster says; `text` prints a report for people.

pub(crate) mod certificates;
pub(crate) mod error;
pub(crate) mod files;
pub(crate) mod item;
pub(crate) mod live;
pub(crate) mod look;
pub(crate) mod problem;
pub(crate) mod report;
pub(crate) mod text;

use crate::cli::verb::inspect::InspectFormat;
use crate::commands::inspect::certificates::Certificates;
use crate::commands::inspect::error::InspectError;
use crate::commands::inspect::live::{Cluster, is_compromised};
use crate::commands::inspect::problem::Problem;
use crate::commands::inspect::report::Report;
use crate::error::Failure;
use crate::files::input::Input;
use crate::files::output::Output;
use crate::manifest::error::ManifestError;
use crate::manifest::yaml::node::{YamlNode, YamlValue};
use crate::manifest::yaml::parse::parse;
use crate::settings::inspect::Inspect;
use crate::terminal::escape::shown_json;
use crate::terminal::paint::Paint;
use jiff::Timestamp;
use yaml_edit_in_place::split::documents;

pub(crate) fn inspect(inspect: &Inspect) -> Result<(), Failure> {
    let certificates = Certificates::from(&inspect.certificate)?;
    let cluster = inspect.live.as_ref().map(Cluster::connect).transpose()?;
    let mut found = files::read(&inspect.inputs, &certificates)?;
    for report in &mut found.reports {
        report.cluster = cluster.as_ref().map(|cluster| cluster.ask(report)).transpose()?;
        let is_known = report.problems.contains(&Problem::Compromised);
        if !is_known && report.cluster.as_ref().is_some_and(|state| is_compromised(report, state)) {
            report.problems.insert(0, Problem::Compromised);
        }
    }
    if found.reports.is_empty() {
        return found.outcome();
    }
    let written = match inspect.format {
        InspectFormat::Text => text::render(&found.reports, Paint::for_stdout(), Timestamp::now()),
        InspectFormat::Json => {
            shown_json(&serde_json::to_string_pretty(&found.reports).map_err(InspectError::Render)?) + "\n"
        }
    };
    Output::Stdout.write(written.as_bytes())?;
    found.outcome()
}

/// A report on each SealedSecret; other objects beside them do not matter.
fn read(input: &Input, bytes: &[u8], certificates: &Certificates) -> Result<Vec<Report>, Failure> {
    let stream = std::str::from_utf8(bytes).map_err(|_| ManifestError::NotText(input.clone()))?;
    let mut reports = Vec::new();
    let mut number = 0;
    for document in documents(stream) {
        let nodes = parse(document).map_err(|broken| InspectError::Broken {
            input: input.clone(),
            document: number + broken.sound + 1,
            line: broken.position.map_or(document.first_line, |position| position.line),
            fault: broken.fault,
        })?;
        for node in &nodes {
            number += 1;
            for sealed in sealed_secrets(node) {
                let mut report = look::look(sealed, certificates);
                report.file = match input {
                    Input::File(path) => path.display().to_string(),
                    Input::Stdin => input.to_string(),
                };
                report.document = number;
                reports.push(report);
            }
        }
    }
    if reports.is_empty() {
        return Err(InspectError::Nothing(input.clone()).into());
    }
    Ok(reports)
}

/// The SealedSecret that a node is, or those in the list that it is.
fn sealed_secrets(node: &YamlNode) -> Vec<&YamlNode> {
    let is_sealed = |node: &YamlNode| node.get("kind").and_then(YamlNode::text) == Some("SealedSecret");
    if is_sealed(node) {
        return vec![node];
    }
    let kind = node.get("kind").and_then(YamlNode::text).unwrap_or_default();
    match node.get("items").map(|items| &items.value) {
        // The items of a SealedSecretList need not say what they are.
        Some(YamlValue::List(items)) => {
            items.iter().filter(|item| kind == "SealedSecretList" || is_sealed(item)).collect()
        }
        _ => Vec::new(),
    }
}
