//! `reseal --live`: SealedSecrets of the cluster, such as those that are in no file, are resealed and written back.
//!
//! `objects` lists and writes them, `error` says why that failed.
//!
//! Decided: each is written as soon as it is resealed, and only if it is still as it was read, so that a run that is stopped leaves no
//! half of an object, and what a user or tool changes meanwhile stays.

pub(crate) mod error;
pub(crate) mod objects;

use crate::certificate::key_states::is_of_cluster;
use crate::cluster::gitops::Keeper;
use crate::commands::common::failures::count;
use crate::commands::reseal::live::error::LiveError;
use crate::commands::reseal::live::objects::{LiveObject, LiveObjects};
use crate::commands::reseal::progress::Progress;
use crate::commands::reseal::resealer::Resealer;
use crate::commands::reseal::staleness::{Old, Present};
use crate::commands::reseal::summary::{ResealSummary, Resealed};
use crate::controller::address::ControllerAddress;
use crate::error::{CommandError, Context as _};
use crate::files::output::progress_lines::ProgressLines;
use crate::manifest::sealed_secrets::SealedObject;
use crate::terminal::confirm::confirmed;
use crate::terminal::escape::shown;
use crate::terminal::warnings::{alert, is_quiet};
use envelope::Certificate;
use std::path::Path;

/// At most this many names are in a warning.
const MOST_NAMES: usize = 5;

/// Lists what is old, or reseals it.
pub(crate) struct LiveJob<'a> {
    pub present: &'a Present<'a>,
    /// None if nothing is to be changed.
    pub resealer: Option<&'a Resealer<'a>>,
    /// Whether the user confirmed it on the command line.
    pub is_confirmed: bool,
}

/// A SealedSecret that is sealed to another certificate.
struct OldObject {
    sealed: SealedObject,
    /// What would put the old values back.
    keeper: Option<Keeper>,
    /// Why it does not open, as its status says.
    said: Option<String>,
    old: Old,
}

/// Refuses a certificate of another cluster, or of a retired key: what is sealed to it and written back would not open any more.
pub(crate) fn require_own_certificate(
    controller: &ControllerAddress,
    certificate: &Certificate,
) -> Result<(), CommandError> {
    let is_own = is_of_cluster(controller, certificate)
        .context("cannot find out whether the cluster has the key of this certificate")?;
    if is_own { Ok(()) } else { Err(LiveError::OtherCertificate(certificate.fingerprint()).into()) }
}

impl LiveJob<'_> {
    pub(crate) fn run(&self, objects: &LiveObjects) -> Result<(), CommandError> {
        let mut report = ResealSummary::of(objects.place());
        let mut old = Vec::new();
        for LiveObject { location, keeper, said, sealed } in objects.list()? {
            match sealed {
                Err(error) => report.failures.add_at(&location, &LiveError::Shape(error)),
                Ok(sealed) => match self.present.old(&sealed) {
                    None => report.up_to_date += 1,
                    Some(found) => old.push(OldObject { sealed, keeper, said, old: found }),
                },
            }
        }
        let mut stdout = ProgressLines::new();
        match self.resealer {
            None => old.iter().for_each(|it| report.stale(&it.sealed.location, &it.old)),
            Some(_) if old.is_empty() => {}
            Some(resealer) => {
                warn_of_keepers(&old);
                if !self.is_confirmed {
                    confirm(old.len(), &objects.place())?;
                }
                reseal(resealer, objects, old, &mut report, &mut stdout);
            }
        }
        let is_check = self.resealer.is_none();
        if !is_quiet() {
            stdout.print(&(report.lines() + &report.sum(is_check)));
        }
        report.outcome(is_check)?;
        Ok(stdout.finish()?)
    }
}

fn reseal(
    resealer: &Resealer<'_>,
    objects: &LiveObjects,
    all: Vec<OldObject>,
    report: &mut ResealSummary,
    stdout: &mut ProgressLines,
) {
    let progress = Progress::over(all.len());
    let (sealed, others): (Vec<SealedObject>, Vec<_>) =
        all.into_iter().map(|it| (it.sealed, (it.old, it.said))).unzip();
    let mut asked = sealed.iter().zip(others);
    resealer.reseal_each(&sealed, |answer| {
        let Some((object, (old, said))) = asked.next() else { return };
        let place = object.location.to_string();
        progress.at(Path::new(&place));
        match answer {
            Err(failure) => match said.filter(|_| failure.is_of_the_object()) {
                Some(said) => {
                    report
                        .failures
                        .add_at(&place, &LiveError::NotOpened { failure: Box::new(failure), said });
                }
                None => report.failures.add_at(&place, &failure),
            },
            Ok(resealed) => {
                if let Err(error) = objects.write(object, resealed) {
                    report.failures.add_at(&place, &error);
                } else {
                    let was_revoked = old.leaked().is_some();
                    report.resealed(&[Resealed { place, was_revoked }]);
                }
            }
        }
        let lines = report.lines();
        if !lines.is_empty() && !is_quiet() {
            progress.beside(|| stdout.print(&lines));
        }
        progress.done();
    });
    progress.end();
}

/// What applies the sources of the objects puts the old values back.
fn warn_of_keepers(old: &[OldObject]) {
    let by_tools = old.iter().filter_map(|it| match &it.keeper {
        Some(Keeper::Tool(mark)) => Some(format!("{}, as {} says", it.sealed.location, shown(mark))),
        _ => None,
    });
    if let Some(names) = first_names(by_tools) {
        alert(format_args!(
            "a tool applies these from their source, such as Git, and will put the old values back: {names}; reseal the files there"
        ));
    }
    let by_kubectl = old.iter().filter(|it| it.keeper == Some(Keeper::Kubectl));
    if let Some(names) = first_names(by_kubectl.map(|it| it.sealed.location.to_string())) {
        alert(format_args!(
            "these were applied with kubectl; if their files are kept, reseal these too, because the next `kubectl apply` puts the old values \
             back: {names}"
        ));
    }
}

/// None if there are no names.
fn first_names(names: impl Iterator<Item = String>) -> Option<String> {
    let mut names: Vec<String> = names.collect();
    let more = names.len().saturating_sub(MOST_NAMES);
    names.truncate(MOST_NAMES);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    (!names.is_empty()).then(|| names.join("; "))
}

fn confirm(number: usize, place: &str) -> Result<(), LiveError> {
    let question = format!("Reseal {} in {place}, and write them back?", count(number, "SealedSecret"));
    match confirmed(&question) {
        Some(true) => Ok(()),
        Some(false) => Err(LiveError::NotSure),
        None => Err(LiveError::NoTerminal),
    }
}
