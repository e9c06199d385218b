//! `catch_panic`: runs work on objects that users wrote on a thread of its own, where a panic ends no other work; and
//! [`end_on_panic`], for every other panic.
//!
//! Decided: panics unwind, in releases as well. An object that makes a library panic would otherwise end this process,
//! and the next one, and every replica's. A panic anywhere else ends the process: otherwise one task would be gone, and
//! the others would continue without a sign of it.

use std::cell::Cell;
use std::panic::{self, PanicHookInfo};

#[cfg(panic = "abort")]
compile_error!("one hostile object would end the controller: panics have to unwind");

thread_local! {
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Runs the work on a blocking thread. Returns None if it panicked.
pub(crate) async fn catch_panic<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let joined = tokio::task::spawn_blocking(|| {
        CAUGHT.set(true);
        let done = panic::catch_unwind(panic::AssertUnwindSafe(work));
        CAUGHT.set(false);
        done.ok()
    });
    joined.await.ok().flatten()
}

/// From here on, a panic is logged, and ends the process unless `catch_panic` runs the work.
///
/// The log line has the location and the literal message of the panic; never arguments of the message, which may be
/// values.
pub(crate) fn end_on_panic() {
    panic::set_hook(Box::new(|panic| {
        log(panic);
        if !CAUGHT.get() {
            std::process::abort();
        }
    }));
}

fn log(panic: &PanicHookInfo<'_>) {
    let at = panic.location().map(ToString::to_string).unwrap_or_default();
    let why = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or_default();
    tracing::error!(at, why, hint = "this is a bug in the controller: please report it", "panicked");
}

#[cfg(test)]
mod tests {
    use crate::process::panic_guard::catch_panic;

    #[tokio::test]
    async fn a_panic_is_none_and_the_thread_goes_on() {
        assert_eq!(catch_panic(|| 1).await, Some(1));
        let panicked = catch_panic(|| -> u8 { [0][std::hint::black_box(1)] }).await;
        assert_eq!(panicked, None);
        assert_eq!(catch_panic(|| 2).await, Some(2));
    }
}
