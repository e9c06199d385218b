//! [`reseal_stream`]: SealedSecrets from standard input to standard output, all of them or nothing.

use crate::commands::common::failures::Failures;
use crate::commands::common::sealed_files::SealedFilesError;
use crate::commands::reseal::failure::ResealFailure;
use crate::commands::reseal::resealer::Resealer;
use crate::commands::reseal::staleness::Present;
use crate::commands::reseal::summary::ResealSummary;
use crate::error::CommandError;
use crate::files::file_update::error::FileUpdateError;
use crate::files::input::Input;
use crate::files::output::{Output, print_text};
use crate::manifest::error::ManifestError;
use crate::manifest::sealed_file::{ObjectEdit, SealedFile};
use crate::terminal::warnings::is_quiet;

/// The path that stands for standard input.
pub(crate) const STDIN: &str = "-";

/// Without a resealer, lists what is old; else prints the input with every old SealedSecret resealed.
pub(crate) fn reseal_stream(
    present: &Present<'_>,
    resealer: Option<&Resealer<'_>>,
    namespace: Option<&str>,
) -> Result<(), CommandError> {
    let bytes = Input::Stdin.read_text("SealedSecrets, in YAML or JSON,")?;
    let text = std::str::from_utf8(&bytes).map_err(|_| SealedFilesError::from(FileUpdateError::NotText))?;
    let mut file = SealedFile::read(text).map_err(SealedFilesError::from)?;
    if file.objects().is_empty() {
        file.check_others().map_err(SealedFilesError::from)?;
        return Err(ManifestError::NothingSealed(Input::Stdin).into());
    }
    let place = Input::Stdin.to_string();
    let Some(resealer) = resealer else {
        let mut report = ResealSummary::of(place.clone());
        for object in file.objects() {
            match present.old(object) {
                None => report.up_to_date += 1,
                Some(old) => report.stale(format_args!("{place}: {}", object.location), &old),
            }
        }
        if !is_quiet() {
            print_text(&(report.lines() + &report.sum(true)))?;
        }
        return report.outcome(true);
    };
    let mut old: Vec<_> = file.objects().iter().cloned().enumerate().collect();
    old.retain(|(_, object)| present.old(object).is_some());
    let (indices, mut objects): (Vec<usize>, Vec<_>) = old.into_iter().unzip();
    for object in &mut objects {
        object.default_namespace(namespace);
    }
    let (mut edits, mut failures) = (Vec::new(), Failures::default());
    let mut asked = indices.into_iter().zip(&objects);
    resealer.reseal_each(&objects, |answer| match (answer, asked.next()) {
        (Ok(resealed), Some((index, _))) => {
            edits.push(ObjectEdit { index, changes: resealed.into_changes() });
        }
        (Err(failure), Some((_, object))) => {
            failures.add_at(&format!("{place}: {}", object.location), &failure);
        }
        (_, None) => {}
    });
    for error in file.edit_all(&edits).into_iter().filter_map(Result::err) {
        failures.add_at(&place, &ResealFailure::from(SealedFilesError::from(error)));
    }
    failures.outcome("resealed")?;
    Ok(Output::Stdout.write(file.text().as_bytes())?)
}
