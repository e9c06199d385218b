//! `from_file`, `ask_new`, `ask`: a passphrase, straight into memory that is wiped; and how much work it is to try one.
//!
//! Decided: that is fixed. The crate would time the machine, both when it writes and when it reads: what an idle machine wrote, a busy
//! one refused.

use crate::files::input::Input;
use crate::key_store::backup::error::BackupError;
use crate::terminal::prompt;
use age::secrecy::SecretString;
use std::io::IsTerminal as _;
use std::path::Path;
use zeroize::Zeroizing;

/// The work of trying a passphrase that we write, as a power of two: about a second and 256 MiB, as of `age -p`.
pub(crate) const WORK: u8 = 18;

/// The most that we take, as `age -d`: 4 GiB. Earlier versions of this program wrote what took the machine a second.
pub(crate) const MOST_WORK: u8 = 22;

/// What it is called in questions.
const NAME: &str = "passphrase of the backup";

/// The first line of a file.
pub(crate) fn from_file(file: &Path) -> Result<SecretString, BackupError> {
    let bytes = Input::File(file.to_owned())
        .read_text("a passphrase")
        .map_err(|source| BackupError::Read { what: "the passphrase", source })?;
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    secret(line.strip_suffix(b"\r").unwrap_or(line))
}

/// A new one, typed twice.
pub(crate) fn ask_new() -> Result<SecretString, BackupError> {
    need_terminal(BackupError::NoTerminal)?;
    secret(&prompt::ask(NAME).map_err(BackupError::Prompt)?)
}

/// One that is known, typed once: that of the backup in this file, which may be one of several.
pub(crate) fn ask(from: &Input) -> Result<SecretString, BackupError> {
    need_terminal(BackupError::NoTerminalToDecrypt)?;
    secret(&prompt::ask_once(&format!("{NAME} {from}")).map_err(BackupError::Prompt)?)
}

/// Never from a pipe: what comes through it was meant for something else.
fn need_terminal(without: BackupError) -> Result<(), BackupError> {
    if std::io::stdin().is_terminal() { Ok(()) } else { Err(without) }
}

fn secret(bytes: &[u8]) -> Result<SecretString, BackupError> {
    let text = std::str::from_utf8(bytes).map_err(|_| BackupError::NoPassphrase)?;
    if text.is_empty() {
        return Err(BackupError::NoPassphrase);
    }
    // Of the exact size, so that turning it into a box moves nothing.
    let mut exact = Zeroizing::new(String::with_capacity(text.len()));
    exact.push_str(text);
    Ok(SecretString::from(std::mem::take(&mut *exact)))
}
