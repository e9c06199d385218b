//! [`FilesJob`]: goes through the files in order. Where the controller reseals many at the same time, some files are read ahead; each is
//! written, and reported, as soon as the answers for it and for the files before it are there.

use crate::commands::common::sealed_files::SealedFilesError;
use crate::commands::reseal::file::{Answer, File, FileContent};
use crate::commands::reseal::progress::Progress;
use crate::commands::reseal::resealer::Resealer;
use crate::commands::reseal::staleness::{Old, Present};
use crate::commands::reseal::summary::ResealSummary;
use crate::files::output::progress_lines::ProgressLines;
use crate::manifest::sealed_secrets::SealedObject;
use crate::terminal::escape::shown_path;
use crate::terminal::warnings::is_quiet;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};

/// Number of files that are read ahead.
const READ_AHEAD: usize = 64;

/// What to do with the files.
pub(crate) struct FilesJob<'a> {
    pub present: &'a Present<'a>,
    /// None if nothing is to be changed.
    pub resealer: Option<&'a Resealer<'a>>,
    /// The namespace of SealedSecrets that state none.
    pub namespace: Option<&'a str>,
    /// The paths that the user named.
    pub named: &'a [PathBuf],
}

/// A file that was read, and what became of its old SealedSecrets so far.
struct ReadFile<'a> {
    path: &'a Path,
    content: Result<FileContent, SealedFilesError>,
    old: Vec<Option<Old>>,
    answers: Vec<Answer>,
}

/// Where results go.
struct Results {
    report: ResealSummary,
    progress: Progress,
    stdout: ProgressLines,
}

impl FilesJob<'_> {
    /// Returns the results, of which those of each file are printed.
    pub(crate) fn run(&self, files: &[PathBuf], report: ResealSummary) -> (ResealSummary, ProgressLines) {
        let progress = Progress::over(files.len());
        let mut results = Results { report, progress, stdout: ProgressLines::new() };
        let mut rest = files;
        while !rest.is_empty() {
            let number = if self.resealer.is_some_and(Resealer::is_fast) { READ_AHEAD } else { 1 };
            let (together, later) = rest.split_at(number.min(rest.len()));
            self.do_together(together, &mut results);
            rest = later;
        }
        results.progress.end();
        (results.report, results.stdout)
    }

    fn do_together(&self, paths: &[PathBuf], results: &mut Results) {
        let mut waiting = VecDeque::new();
        let mut objects = Vec::new();
        for path in paths {
            results.progress.at(path);
            let file = self.read(path);
            objects.extend(file.to_reseal(self.namespace));
            waiting.push_back(file);
        }
        self.finish_complete(&mut waiting, results);
        if let Some(resealer) = self.resealer {
            resealer.reseal_each(&objects, |answer| {
                if let Some(file) = waiting.front_mut() {
                    file.answers.push(answer);
                }
                self.finish_complete(&mut waiting, results);
            });
        }
    }

    fn read<'p>(&self, path: &'p Path) -> ReadFile<'p> {
        let content = File::read(path, self.is_named(path));
        let old = match &content {
            Ok(FileContent::Sealed(file)) => file.old(self.present),
            _ => Vec::new(),
        };
        ReadFile { path, content, old, answers: Vec::new() }
    }

    fn is_named(&self, path: &Path) -> bool {
        self.named.iter().any(|named| named == path)
    }

    /// Finishes the files at the front that wait for no answer.
    fn finish_complete(&self, waiting: &mut VecDeque<ReadFile<'_>>, results: &mut Results) {
        let is_complete = |file: &mut ReadFile<'_>| self.resealer.is_none() || file.is_complete();
        while let Some(file) = waiting.pop_front_if(is_complete) {
            self.finish(file, &mut results.report);
            // After each file: a run that is stopped has printed what it changed, and a long run shows progress.
            let lines = results.report.lines();
            if !lines.is_empty() && !is_quiet() {
                results.progress.beside(|| results.stdout.print(&lines));
            }
            results.progress.done();
        }
    }

    fn finish(&self, file: ReadFile<'_>, report: &mut ResealSummary) {
        let ReadFile { path, content, old, answers } = file;
        let is_named = self.is_named(path);
        match content {
            Ok(FileContent::Nothing) if is_named => report.without_any.push(shown_path(path)),
            Ok(FileContent::Nothing) => {}
            Ok(FileContent::Template(seals)) => {
                // A template that the user named, or that `--check` finds, counts.
                let counts = is_named || self.resealer.is_none() && seals;
                if counts {
                    report.failures.add(path, None, &SealedFilesError::Template);
                } else {
                    report.templates.push(shown_path(path));
                }
            }
            Ok(FileContent::Sealed(file)) => {
                report.files += 1;
                match self.resealer {
                    None => file.check(old, report),
                    Some(_) => file.write(old, answers, self.present, report),
                }
            }
            Err(error) => report.failures.add(path, None, &error),
        }
    }
}

impl ReadFile<'_> {
    fn to_reseal(&self, namespace: Option<&str>) -> Vec<SealedObject> {
        match &self.content {
            Ok(FileContent::Sealed(file)) => file.to_reseal(&self.old, namespace),
            _ => Vec::new(),
        }
    }

    fn is_complete(&self) -> bool {
        self.answers.len() == self.old.iter().flatten().count()
    }
}
