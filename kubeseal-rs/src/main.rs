//! The program `kubeseal-rs`; everything it does is in the library of the same name.

use std::alloc::System;
use std::process::ExitCode;
use zeroizing_alloc::ZeroAlloc;

/// Overwrites all heap memory with zeros when it is freed or moved: values, private keys, and the copies of them that libraries make.
///
/// Decided: for the whole process, instead of wrappers around each value, because parsers, serializers, HTTP and TLS keep copies that no
/// wrapper reaches. Not wiped are the stack, the buffer of standard input, and memory that is still in use when the process ends.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    kubeseal_rs::run(std::env::args_os())
}
