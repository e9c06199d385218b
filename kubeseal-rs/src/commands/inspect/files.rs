//! `read`: the SealedSecrets of one input, or of all that are given.
//!
//! Decided: of several, one that is broken or something else keeps nothing of the others from being told; a pattern such as
//! `deploy/*` names all sorts of files.

use crate::commands::inspect::certificates::Certificates;
use crate::commands::inspect::error::InspectError;
use crate::commands::inspect::report::Report;
use crate::commands::{sealed_files, templates};
use crate::error::CommandError;
use crate::error::cause::on_one_line;
use crate::files::encoding::to_utf8;
use crate::files::input::{Input, read_all};
use crate::terminal::escape::shown_path;
use crate::terminal::warnings::{alert, warn};
use std::fs::File;
use std::path::PathBuf;
use std::slice;
use zeroize::Zeroizing;

/// What was found.
pub(crate) struct Found {
    pub reports: Vec<Report>,
    /// What could not be read, and why.
    faults: Vec<String>,
}

/// Reads them all; directories are walked through.
pub(crate) fn read(inputs: &[Input], certificates: &Certificates) -> Result<Found, CommandError> {
    match inputs {
        [Input::File(path)] if path.is_dir() => {}
        [input] => {
            let reports = crate::commands::inspect::read(input, &bytes(input)?, certificates)?;
            return Ok(Found { reports, faults: Vec::new() });
        }
        _ => {}
    }
    let mut files =
        Files { certificates, reports: Vec::new(), faults: Vec::new(), templates: Vec::new(), count: 0 };
    for input in inputs {
        match input {
            Input::File(path) if path.is_dir() => files.walk(path),
            input => files.take(input, true),
        }
    }
    if let Some(note) = templates::note(&files.templates, "what is sealed in there is not told") {
        alert(note);
    }
    if files.reports.is_empty() && files.faults.is_empty() {
        return Err(InspectError::NothingInAny(files.count).into());
    }
    Ok(Found { reports: files.reports, faults: files.faults })
}

impl Found {
    /// How it ended, once everything is told.
    pub(crate) fn outcome(self) -> Result<(), CommandError> {
        if self.faults.is_empty() { Ok(()) } else { Err(InspectError::NotAll(self.faults).into()) }
    }
}

struct Files<'a> {
    certificates: &'a Certificates,
    reports: Vec<Report>,
    faults: Vec<String>,
    /// Files that do not parse, because they are templates.
    templates: Vec<String>,
    count: usize,
}

impl Files<'_> {
    fn walk(&mut self, directory: &PathBuf) {
        let (files, faults) = sealed_files::find(slice::from_ref(directory));
        for (path, fault) in faults {
            self.faults.push(format!("{}: {}", shown_path(path), on_one_line(&fault)));
        }
        for file in files {
            self.take(&Input::File(file), false);
        }
    }

    /// What has no SealedSecret is passed over, with a word about it where it was named.
    fn take(&mut self, input: &Input, is_named: bool) {
        const WORD: &[u8] = b"SealedSecret";
        self.count += 1;
        let bytes = match bytes(input) {
            Ok(bytes) => bytes,
            Err(failure) => return self.faults.push(on_one_line(&failure)),
        };
        // What a directory has beside them need not even parse.
        if !is_named && !bytes.windows(WORD.len()).any(|window| window == WORD) {
            return;
        }
        match crate::commands::inspect::read(input, &bytes, self.certificates) {
            Ok(mut found) => self.reports.append(&mut found),
            Err(error) => match error.downcast_ref() {
                Some(InspectError::Nothing(_)) if is_named => {
                    warn(format_args!("found no SealedSecret in {input}; it is passed over"));
                }
                Some(InspectError::Nothing(_)) => {}
                Some(InspectError::Broken { .. }) if bytes.windows(2).any(|two| two == b"{{") => {
                    self.templates.push(input.to_string());
                }
                _ => self.faults.push(on_one_line(&error)),
            },
        }
    }
}

fn bytes(input: &Input) -> Result<Zeroizing<Vec<u8>>, CommandError> {
    Ok(to_utf8(match input {
        Input::Stdin => input.read("SealedSecrets, in YAML or JSON,")?,
        Input::File(path) => File::open(path)
            .and_then(read_all)
            .map_err(|source| InspectError::Read { path: path.clone(), source })?,
    }))
}
