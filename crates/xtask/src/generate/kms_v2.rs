//! The client of the Kubernetes KMS v2 API, from its definition in `crates/key-wrapping`.

use std::fs;

use anyhow::{Context as _, Result};
use harness::workspace;

use super::generated::Generated;

const DIR: &str = "crates/key-wrapping/src/providers/kms_v2";

const HEADER: &str = "//! Generated from api.proto by `cargo xtask generate`. Change it there.\n\n";

pub(super) fn generated() -> Result<Generated> {
    Ok(Generated {
        path: workspace::root().join(DIR).join("api.rs"),
        contents: contents()?,
        source: "crates/key-wrapping/src/providers/kms_v2/api.proto",
    })
}

fn contents() -> Result<String> {
    let definition = protox::compile(["api.proto"], [workspace::root().join(DIR)]);
    let definition = definition.context("cannot read api.proto")?;
    let out = tempfile::tempdir().context("cannot make a folder")?;
    tonic_prost_build::configure()
        .build_server(false)
        .build_transport(false)
        // Requests and answers hold data keys.
        .skip_debug(["."])
        .btree_map(".")
        .out_dir(out.path())
        .compile_fds(definition)
        .context("cannot generate code")?;
    // The name of the package.
    let code = fs::read_to_string(out.path().join("v2.rs")).context("no code was generated")?;
    Ok(format!("{HEADER}{code}"))
}
