//! What is done: one file per command.

mod annotations;
mod completion;
mod create;
mod edit;
mod fetch_cert;
mod guard;
mod hint;
mod in_place;
mod inspect;
mod keys;
mod loose;
mod merge_into;
mod raw;
mod re_encrypt;
mod reason;
mod recovery_unseal;
mod reseal;
mod seal;
mod templates;
mod unplaced;
mod validate;
mod walk;

pub(crate) use create::CreateError;
pub(crate) use edit::EditError;
pub(crate) use guard::GuardError;
pub(crate) use in_place::InPlaceError;
pub(crate) use inspect::InspectError;
pub(crate) use keys::KeysError;
pub(crate) use merge_into::MergeError;
pub(crate) use re_encrypt::OtherAnswer;
pub(crate) use recovery_unseal::NotOpened;
pub(crate) use reseal::{NotResealed, NothingToReseal, Stale};
pub(crate) use seal::SettleError;
pub(crate) use validate::DoesNotOpen;

use crate::failure::Failure;
use crate::mode::Mode;
use crate::output::Output;
use crate::program::version_line;

/// Does what was meant.
pub(crate) fn run(mode: Mode) -> Result<(), Failure> {
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
