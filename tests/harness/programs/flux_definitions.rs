//! Flux's CustomResourceDefinitions, from the modules of the controllers that serve them.

use std::fs;

use anyhow::{Context as _, Result};

use crate::programs::module_files;
use crate::programs::program::Program;

const SOURCE_CONTROLLER: &str = "github.com/fluxcd/source-controller";
/// Of the release of Flux that kustomize-controller is from: its go.mod requires this version of
/// `source-controller/api`.
const VERSION: (&str, &str) = ("v1.9.6", "h1:nG534/bI6nVpyHra7ONAk6xDB3xPsVT+EOLHZHXPrrc=");

/// The kinds of sources that kustomize-controller watches.
const SOURCES: [&str; 3] = ["buckets", "gitrepositories", "ocirepositories"];

/// The CustomResourceDefinitions that kustomize-controller needs to start, as one YAML stream. Blocks while a module is
/// downloaded.
pub(crate) fn flux_definitions() -> Result<String> {
    let program = Program::KustomizeController;
    let dir = program.module_dir();
    let kustomize = module_files::required_by(&dir, program.module())?;
    let source = module_files::at_version(&dir, SOURCE_CONTROLLER, VERSION.0, VERSION.1)?;
    let kustomizations = kustomize.join("config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml");
    let sources =
        SOURCES.map(|kind| source.join(format!("config/crd/bases/source.toolkit.fluxcd.io_{kind}.yaml")));
    let mut yaml = String::new();
    for path in [kustomizations].iter().chain(&sources) {
        let definition =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        yaml = format!("{yaml}{definition}\n");
    }
    Ok(yaml)
}
