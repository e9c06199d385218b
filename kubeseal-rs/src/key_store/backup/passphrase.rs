//! `from_file`, `prompt_new`, `prompt_for`, `prompt_for_identity`: reads a passphrase from a file or the terminal.

use crate::files::input::Input;
use crate::key_store::backup::error::BackupError;
use crate::terminal::escape::shown_path;
use crate::terminal::prompt;
use age::secrecy::SecretString;
use std::io::IsTerminal as _;
use std::path::Path;

/// The name of the passphrase in prompts.
const NAME: &str = "passphrase of the backup";

/// The passphrase on the first line of a file.
pub(crate) fn from_file(file: &Path) -> Result<SecretString, BackupError> {
    let bytes = Input::File(file.to_owned())
        .read_text("a passphrase")
        .map_err(|source| BackupError::Read { what: "the passphrase", source })?;
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    secret(line.strip_suffix(b"\r").unwrap_or(line))
}

/// Prompts for a new passphrase, twice.
pub(crate) fn prompt_new() -> Result<SecretString, BackupError> {
    need_terminal(BackupError::NoTerminal)?;
    secret(&prompt::read(NAME).map_err(BackupError::Prompt)?)
}

/// Prompts once for the passphrase of the backup in this file, which may be one of several.
pub(crate) fn prompt_for(from: &Input) -> Result<SecretString, BackupError> {
    need_terminal(BackupError::NoTerminalToDecrypt)?;
    secret(&prompt::read_once(&format!("{NAME} {from}")).map_err(BackupError::Prompt)?)
}

/// Prompts once for the passphrase of an identity: of an SSH key, or of a file of age identities.
pub(crate) fn prompt_for_identity(key: &Path) -> Result<SecretString, BackupError> {
    need_terminal(BackupError::NoTerminalForIdentity(key.to_owned()))?;
    secret(&prompt::read_once(&format!("passphrase of {}", shown_path(key))).map_err(BackupError::Prompt)?)
}

/// Whether a passphrase can be prompted for: never from a pipe, which holds the command's input.
pub(crate) fn has_terminal() -> bool {
    std::io::stdin().is_terminal()
}

fn need_terminal(without: BackupError) -> Result<(), BackupError> {
    if has_terminal() { Ok(()) } else { Err(without) }
}

fn secret(bytes: &[u8]) -> Result<SecretString, BackupError> {
    let text = std::str::from_utf8(bytes).map_err(|_| BackupError::NoPassphrase)?;
    if text.is_empty() {
        return Err(BackupError::NoPassphrase);
    }
    Ok(SecretString::from(text.to_owned()))
}
