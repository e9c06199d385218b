//! What is done: one file per command.

pub(crate) mod annotations;
pub(crate) mod completion;
pub(crate) mod create;
pub(crate) mod edit;
pub(crate) mod fingerprint_note;
pub(crate) mod guard;
pub(crate) mod inspect;
pub(crate) mod keys;
pub(crate) mod reason;
pub(crate) mod reseal;
pub(crate) mod templates;
pub(crate) mod upstream;

use crate::commands::upstream::{fetch_cert, merge_into, raw, re_encrypt, recovery_unseal, seal, validate};
use crate::error::CommandError;
use crate::files::output::Output;
use crate::process::program::version_line;
use crate::settings::Mode;

/// Does what was meant.
pub(crate) fn run(mode: Mode) -> Result<(), CommandError> {
    match mode {
        Mode::Version => Ok(Output::Stdout.write(version_line().as_bytes())?),
        Mode::FetchCert(fetch) => fetch_cert::fetch_cert(&fetch),
        Mode::Raw(raw) => raw::raw(&raw),
        Mode::Seal(seal) => seal::seal(&seal),
        Mode::RecoveryUnseal(recovery) => recovery_unseal::recovery_unseal(&recovery),
        Mode::Validate(validate) => validate::validate(&validate),
        Mode::ReEncrypt(re_encrypt) => re_encrypt::re_encrypt(&re_encrypt),
        Mode::MergeInto(merge) => merge_into::merge_into(&merge),
        Mode::Create(create) => create::create(*create),
        Mode::Guard(guard) => guard::guard(&guard),
        Mode::Inspect(inspect) => inspect::inspect(&inspect),
        Mode::Keys(keys) => keys::keys(&keys),
        Mode::Completion(shell) => completion::completion(shell),
        Mode::Edit(edit) => edit::edit(&edit),
        Mode::Reseal(reseal) => reseal::reseal(&reseal),
    }
}
