//! `advise`: what is to be done after a new key was made, with the commands for it.

use crate::controller::address::ControllerAddress;
use crate::key_store::stored_key::StoredKey;
use crate::project::Project;
use crate::terminal::program::name;
use crate::terminal::shell_words::shell_words;
use crate::terminal::warnings::note;
use envelope::Fingerprint;
use std::path::Path;

/// Notes on standard error: make a backup, and replace a certificate that is kept in a file.
pub(crate) fn advise(keys_of: &ControllerAddress, new: &StoredKey) {
    let Some(fingerprint) = new.fingerprint() else { return };
    note(format_args!(
        "nothing but {} in this cluster opens what is sealed from now on: make a backup with `{}`",
        fingerprint.short(),
        backup(keys_of, fingerprint)
    ));
    // A project file that cannot be read is no reason to say nothing.
    let has_project = Project::find(Path::new(".")).is_ok_and(|project| project.is_some());
    let fetch = if has_project {
        format!("fetch the certificate with `{} clusters fetch`, and commit it", name())
    } else {
        let words = keys_of.words();
        let words = [name(), "--fetch-cert"].into_iter().chain(words.iter().map(String::as_str));
        format!(
            "if you keep the certificate in a file, fetch it again with `{} > cert.pem`, and commit it",
            shell_words(words)
        )
    };
    note(format_args!("{fetch}, once the controller serves the new key"));
}

/// The command that makes a backup. Its file has a name of its own for each key.
fn backup(keys_of: &ControllerAddress, newest: Fingerprint) -> String {
    let (file, flags) = (format!("keys-{}.age", newest.short()), keys_of.words_for_keys());
    let words = [name(), "keys", "backup", "-o", &file].into_iter();
    shell_words(words.chain(flags.iter().map(String::as_str)))
}
