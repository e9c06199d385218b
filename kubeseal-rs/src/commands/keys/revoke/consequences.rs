//! `print_consequences`: what follows from a leak: which values must be changed, and what could not be checked.

use crate::commands::keys::revoke::looked::Looked;
use crate::commands::keys::usage::KeyUsage;
use crate::error::{CommandError, Hint as _};
use crate::files::output::progress_lines::ProgressLines;
use crate::terminal::warnings::warn;
use envelope::Fingerprint;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Prints what was found.
pub(crate) fn print_consequences(
    looked: Looked,
    leaked: &BTreeSet<Fingerprint>,
    stdout: &mut ProgressLines,
) -> Result<(), CommandError> {
    stdout.print(&consequences(leaked, &looked));
    match looked.cluster {
        Err(error) if error.is_forbidden() => {
            warn(format_args!(
                "which SealedSecrets in the cluster were sealed with it is not known: {}",
                error.with_hint()
            ));
            Ok(())
        }
        cluster => Ok(cluster?),
    }
}

fn consequences(leaked: &BTreeSet<Fingerprint>, looked: &Looked) -> String {
    let known: Vec<&KeyUsage> = looked.sealed_with_it().collect();
    let mut text = String::new();
    if known.is_empty() {
        text.push_str("\nNothing that was looked at was sealed with it.\n");
    } else {
        text.push_str(
            "\nWith the key, these values can be read. Change each where it comes from, and seal the new one:\n",
        );
        for it in known {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  {}: {}", it.location, it.items.join(", "));
        }
        text.push_str("Sealing the old values anew protects nothing.\n");
    }
    text.push_str(&history(leaked));
    if looked.cluster.is_err() {
        text.push_str(
            "\nThe SealedSecrets in the cluster could not be looked at. The controller marks those that it opened with the key, with \
             the condition Compromised.\n",
        );
    }
    let unknown = looked.unknown();
    if !unknown.is_empty() {
        let _ = writeln!(text, "\nIt is not known which key these need:\n  {}", unknown.join("\n  "));
    }
    text
}

/// A resealed SealedSecret is current in the files and in the cluster, but its value is unchanged, and the old
/// ciphertext stays in Git.
fn history(fingerprints: &BTreeSet<Fingerprint>) -> String {
    let mut text = "\nEvery value that was ever sealed with this key can be read with it, in the history of your repository: also one that was \
                    resealed since, and is up to date now. Change these as well."
        .to_owned();
    if !fingerprints.is_empty() {
        text.push_str(
            " This finds the commits whose SealedSecrets name the certificate, as kubeseal-rs notes it; what other programs or --raw \
             sealed names none, and counts from the day on which the key was made:",
        );
    }
    text.push('\n');
    for fingerprint in fingerprints {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  git log --all -S {fingerprint}");
    }
    text
}
