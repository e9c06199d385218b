//! What each test uses: the suite that runs it, a namespace of its own, waiting, and cleaning up.

pub mod cleanup;
pub mod eventually;
pub mod interruption;
pub mod suite;
pub mod temp_namespace;
