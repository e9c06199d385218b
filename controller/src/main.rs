//! The program `sealed-secrets-controller`. Everything but its allocator is in the library.

use std::alloc::System;
use std::process::ExitCode;
use zeroizing_alloc::ZeroAlloc;

/// Wipes all memory that is freed. Private keys and values pass through buffers of libraries (HTTP, TLS, JSON), in
/// base64 and in plain text; no library wipes those.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    controller::main()
}
