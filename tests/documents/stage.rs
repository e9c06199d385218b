//! [`Stage`]: the programs, and the cluster of the page that is being followed.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use tests::binaries::Binaries;
use tests::lab::Lab;
use tests::programs::Programs;
use tests::programs::program::Program;
use tests::test::suite;
use tokio::sync::{Mutex, OnceCell};

#[derive(Default)]
pub(crate) struct Stage {
    /// Found or built for the first page that is followed: tests that only read pages need none.
    programs: OnceCell<(Programs, Binaries)>,
    /// Held here too, so that an interrupted suite stops it.
    lab: Mutex<Option<Arc<Lab>>>,
}

impl Stage {
    /// An empty cluster. The one before it must be stopped.
    pub(crate) async fn cluster(&self) -> Result<Arc<Lab>> {
        let (programs, binaries) = self.programs.get_or_try_init(ready).await?.clone();
        let lab = Arc::new(Lab::start_with(programs, binaries).await?);
        *self.lab.lock().await = Some(Arc::clone(&lab));
        Ok(lab)
    }
}

async fn ready() -> Result<(Programs, Binaries)> {
    let build = || {
        let programs = [Program::SYSTEM.as_slice(), &Program::AGE].concat();
        Ok((Programs::ready(&programs)?, Binaries::ready()?))
    };
    tokio::task::spawn_blocking(build).await.context("building panicked")?
}

impl suite::Stage for Stage {
    async fn stop(&self) -> Result<()> {
        match self.lab.lock().await.take() {
            Some(lab) => lab.stop().await,
            None => Ok(()),
        }
    }
}
