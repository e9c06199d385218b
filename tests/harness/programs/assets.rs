//! `KUBEBUILDER_ASSETS`, envtest's convention: a folder of prebuilt control plane programs. Programs that are missing
//! there are built: envtest has no controller manager. Other programs may be put into the folder too.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use crate::programs::program::Program;
use crate::programs::progress::Progress;

/// The variable that names the folder.
const VARIABLE: &str = "KUBEBUILDER_ASSETS";

/// Splits `wanted` into the programs in the folder and the others.
pub(crate) fn found(wanted: &[Program]) -> (BTreeMap<Program, PathBuf>, Vec<Program>) {
    let Some(dir) = env::var_os(VARIABLE).filter(|dir| !dir.is_empty()) else {
        return (BTreeMap::new(), wanted.to_vec());
    };
    let (found, missing) = split(wanted, Path::new(&dir));
    let absent: Vec<_> = missing.iter().map(|program| program.file_name()).collect();
    if !absent.is_empty() {
        Progress::note(&format!(
            "{VARIABLE}={} has no {}: using those built from source instead",
            dir.display(),
            absent.join(", ")
        ));
    }
    (found, missing)
}

fn split(wanted: &[Program], dir: &Path) -> (BTreeMap<Program, PathBuf>, Vec<Program>) {
    let mut found = BTreeMap::new();
    let mut missing = Vec::new();
    for &program in wanted {
        let path = dir.join(program.file_name());
        if path.is_file() {
            found.insert(program, path);
        } else {
            missing.push(program);
        }
    }
    (found, missing)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn takes_what_is_there_and_builds_the_rest() -> anyhow::Result<()> {
        let dir = tempfile::tempdir()?;
        for name in ["etcd", "helm"] {
            fs::write(dir.path().join(name), "")?;
        }
        let wanted = [Program::Etcd, Program::KubeControllerManager, Program::Helm];
        let (found, missing) = split(&wanted, dir.path());
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), [Program::Etcd, Program::Helm]);
        assert_eq!(missing, [Program::KubeControllerManager]);
        Ok(())
    }
}
