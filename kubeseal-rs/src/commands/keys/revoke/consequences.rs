//! `print_consequences`: what follows from a leak: which values must be changed, and what could not be checked.

use crate::commands::keys::usage::{KeyUsage, SealedFiles, in_cluster, in_files, ring};
use crate::error::{CommandError, Hint as _};
use crate::files::output::progress_lines::ProgressLines;
use crate::key_store::KeyStore;
use crate::key_store::stored_key::StoredKey;
use crate::terminal::warnings::warn;
use envelope::{Certificate, Fingerprint};
use sealing::KeyRing;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The SealedSecrets that were checked.
struct Looked {
    uses: Vec<KeyUsage>,
    /// Files that could not be read, and why.
    errors: Vec<String>,
    /// Whether the cluster's SealedSecrets could be listed.
    is_cluster_known: bool,
}

/// Checks files and cluster, and prints the result.
pub(crate) fn print_consequences(
    store: &KeyStore,
    keys: &[StoredKey],
    leaked: &[&StoredKey],
    certificates: BTreeMap<Fingerprint, Certificate>,
    files: &SealedFiles,
    stdout: &mut ProgressLines,
) -> Result<(), CommandError> {
    let ring = ring(keys);
    let leaked = KeyRing::new(leaked.iter().filter_map(|key| key.key().ok().cloned()));
    let files = in_files(files, &ring, &leaked);
    let objects = store.sealed_secrets();
    let mut uses =
        objects.as_ref().map(|objects| in_cluster(objects, Some(&ring), &leaked)).unwrap_or_default();
    uses.extend(files.uses);
    let looked = Looked { uses, errors: files.errors, is_cluster_known: objects.is_ok() };
    stdout.print(&consequences(&certificates.into_keys().collect(), &looked));
    match objects {
        Err(error) if error.is_forbidden() => {
            warn(format_args!(
                "which SealedSecrets in the cluster were sealed with it is not known: {}",
                error.with_hint()
            ));
            Ok(())
        }
        objects => Ok(objects.map(drop)?),
    }
}

fn consequences(leaked: &BTreeSet<Fingerprint>, looked: &Looked) -> String {
    let is_leaked = |it: &&KeyUsage| !it.keys.is_disjoint(leaked) || !it.named.is_disjoint(leaked);
    let known: Vec<&KeyUsage> = looked.uses.iter().filter(is_leaked).collect();
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
    if !looked.is_cluster_known {
        text.push_str(
            "\nThe SealedSecrets in the cluster could not be looked at. The controller marks those that it opened with the key, with \
             the condition Compromised.\n",
        );
    }
    let unknown = looked.uses.iter().filter(|it| it.unknown && !is_leaked(it)).map(|it| it.location.as_str());
    let unknown: Vec<&str> = unknown.chain(looked.errors.iter().map(String::as_str)).collect();
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
