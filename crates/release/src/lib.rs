//! What a release consists of, built from a checkout without Docker, a daemon or root, and without a clock: the same sources give the
//! same bytes.
//!
//! - [`program`]: the two programs, linked statically or not;
//! - [`archive`]: `kubeseal-rs` for one platform, with its completions and man pages, as `.tar.gz` or `.zip`;
//! - [`krew`]: the manifest that is made from all archives;
//! - [`image`]: container images.
//!
//! Decided: a package of its own instead of modules of `xtask`, because archives are built on macOS and Windows too, where neither the
//! controller nor the harness is. `cargo xtask release` and the program of this package (`cargo run --package release`) are the same.

pub mod archive;
pub(crate) mod checksums;
pub mod command;
pub(crate) mod elf;
pub mod image;
pub mod krew;
pub mod platform;
pub mod program;
pub(crate) mod tar_writer;
pub mod workspace;
