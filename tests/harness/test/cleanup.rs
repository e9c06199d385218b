//! [`Cleanup`]: undoes what a test did to a cluster that later tests share.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::failure::report;

/// Runs a future when it is dropped: when the test is over, has failed, has panicked or has timed out. The drop waits
/// for it, so that the next test does not see the change; but not in a runtime with one thread, which cannot do both.
#[must_use = "it undoes when it is dropped"]
pub struct Cleanup(
    /// The lock only makes it `Sync`: tests share the value that holds a cleanup, and only its owner takes the future.
    Mutex<Option<BoxFuture<'static, Result<()>>>>,
);

impl Cleanup {
    /// The future starts when this is dropped.
    pub fn new(undo: impl Future<Output = Result<()>> + Send + 'static) -> Self {
        Self(Mutex::new(Some(undo.boxed())))
    }

    /// Runs the future now, and returns its error.
    pub async fn now(mut self) -> Result<()> {
        match self.take() {
            Some(undo) => undo.await,
            None => Ok(()),
        }
    }

    fn take(&mut self) -> Option<BoxFuture<'static, Result<()>>> {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Cleanup {
    #[expect(
        clippy::print_stderr,
        reason = "a destructor cannot fail, and a test must not pass over what it left behind"
    )]
    fn drop(&mut self) {
        let (Some(undo), Ok(runtime)) = (self.take(), Handle::try_current()) else { return };
        let undo = async {
            if let Err(error) = undo.await {
                eprintln!("{}", report(&error.context("a test could not clean up")));
            }
        };
        match runtime.runtime_flavor() {
            RuntimeFlavor::MultiThread => tokio::task::block_in_place(|| runtime.block_on(undo)),
            _ => drop(runtime.spawn(undo)),
        }
    }
}

impl fmt::Debug for Cleanup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cleanup").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[test]
    fn it_undoes_once_however_the_test_ends() {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let undone = Arc::new(AtomicUsize::new(0));
        let cleanup = || {
            let undone = Arc::clone(&undone);
            Cleanup::new(async move {
                tokio::time::sleep(Duration::from_millis(1)).await;
                undone.fetch_add(1, Ordering::Relaxed);
                Ok(())
            })
        };
        runtime.block_on(async { cleanup().now().await }).expect("undone");
        runtime.block_on(async { drop(cleanup()) });
        let endless = async {
            let _cleanup = cleanup();
            std::future::pending::<()>().await;
        };
        let late = runtime.block_on(async { tokio::time::timeout(Duration::from_millis(1), endless).await });
        late.expect_err("it takes for ever");
        let panics = || {
            runtime.block_on(async {
                let _cleanup = cleanup();
                panic!("as a failed assertion does");
            })
        };
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics)).expect_err("it panics");
        assert_eq!(undone.load(Ordering::Relaxed), 4);
    }
}
