//! The program `kubeseal-rs`; everything it does is in the library of the same name.

use std::process::ExitCode;

fn main() -> ExitCode {
    kubeseal_rs::run(std::env::args_os())
}
