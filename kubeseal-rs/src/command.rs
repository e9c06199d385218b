//! What is done: one file per command.

mod completion;
mod fetch_cert;
mod raw;
mod seal;

pub(crate) use seal::SettleError;

use crate::failure::Failure;
use crate::mode::Mode;
use crate::output::Output;
use crate::program::Program;

/// Does what was meant.
pub(crate) fn run(program: &Program, mode: Mode) -> Result<(), Failure> {
    match mode {
        Mode::Version => Ok(Output::Stdout.write(program.version_line().as_bytes())?),
        Mode::FetchCert(fetch) => fetch_cert::fetch_cert(&fetch),
        Mode::Raw(raw) => raw::raw(&raw),
        Mode::Seal(seal) => seal::seal(&seal),
        Mode::Completion(shell) => completion::completion(program, shell),
    }
}
