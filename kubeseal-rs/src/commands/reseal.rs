//! `reseal`: everything under some paths that is sealed to an older certificate, to the present one, in place.
//!
//! `walk` finds the files, `staleness` tells what is old, `resealer` seals it again, `report` says what came of it.
//! Files are changed by `sealed_file`, which changes nothing else in them.

pub(crate) mod fault;
pub(crate) mod file;
pub(crate) mod progress;
pub(crate) mod report;
pub(crate) mod resealer;
pub(crate) mod staleness;
pub(crate) mod walk;

use crate::commands::reseal::fault::Fault;
use crate::commands::reseal::file::{File, Found};
use crate::commands::reseal::progress::Progress;
use crate::commands::reseal::report::{NothingToReseal, Report};
use crate::commands::reseal::resealer::Resealer;
use crate::commands::reseal::staleness::Present;
use crate::controller::error::CANNOT_ASK;
use crate::error::{Context as _, Failure};
use crate::files::output::progress_lines::Telling;
use crate::settings::reseal::{Means, Reseal};
use crate::terminal::warnings::{alert, is_quiet, warn};
use sealing::KeyRing;

pub(crate) fn reseal(reseal: &Reseal) -> Result<(), Failure> {
    let keys = match &reseal.means {
        Means::Check(keys) | Means::Keys(keys) if !keys.files.is_empty() => {
            keys.load().context("cannot open without a cluster")?
        }
        _ => KeyRing::default(),
    };
    let certificate = reseal.certificate.certificate()?;
    let present = Present::new(&certificate, &keys, reseal);
    let resealer = match &reseal.means {
        Means::Check(_) => None,
        Means::Controller(address) => Some(Resealer::asking(address, &certificate).context(CANNOT_ASK)?),
        Means::Keys(_) => Some(Resealer::with(&keys, &certificate)),
    };

    let (files, not_found) = walk::files(&reseal.paths);
    let progress = Progress::over(files.len());
    let mut report = Report::new(not_found);
    let mut telling = Telling::begin();
    let count = files.len();
    for path in files {
        progress.at(&path);
        let is_named = reseal.paths.contains(&path);
        match File::read(&path, is_named, resealer.is_some()) {
            Ok(Found::Nothing) if is_named => report.nothing_in(&path),
            Ok(Found::Nothing) => {}
            Ok(Found::Template(seals)) => {
                // What was asked about by name, or whether all is well, is not passed over.
                let counts = is_named || resealer.is_none() && seals;
                if counts {
                    report.failed(&path, None, &Fault::Template);
                } else {
                    report.template(&path);
                }
            }
            Ok(Found::Sealed(file)) => {
                report.looked_into();
                match &resealer {
                    None => file.check(&present, &mut report),
                    Some(resealer) => {
                        file.reseal(&present, resealer, reseal.namespace.as_deref(), &mut report);
                    }
                }
            }
            Err(fault) => report.failed(&path, None, &fault),
        }
        // After each file: a run that is stopped has told what it changed, and one that takes long shows progress.
        let lines = report.lines();
        if !lines.is_empty() && !is_quiet() {
            progress.beside(|| telling.tell(&lines));
        }
        progress.done();
    }
    progress.end();
    if let Some(note) = report.note() {
        alert(note);
    }
    if report.has_found_nothing() {
        return Err(NothingToReseal(count).into());
    }
    for path in report.without_any() {
        warn(format_args!("found no SealedSecret in {path}; it is passed over"));
    }

    let is_check = resealer.is_none();
    if !is_quiet() {
        telling.tell(&report.sum(is_check));
    }
    report.outcome(is_check)?;
    Ok(telling.end()?)
}
