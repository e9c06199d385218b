//! `read`: the kubeconfig files, merged into one. [`ResolvedCluster`](crate::cluster::resolved::ResolvedCluster) reads them once in a run.

use crate::terminal::escape::shown_path;
use kube::config::Kubeconfig;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Why no kubeconfig can be used. Never shows one, because it holds tokens.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KubeconfigError {
    #[error("cannot read the kubeconfig {}", shown_path(.path))]
    Read {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{} is not a kubeconfig", shown_path(.0))]
    Malformed(PathBuf),
    #[error("the kubeconfig files contradict each other in kind or apiVersion")]
    Merge,
}

/// The merged kubeconfig. None if there is no file, or if all files are empty. As with kubectl, a file that a flag names must
/// exist, others may be missing.
pub(crate) fn read(named: Option<&Path>) -> Result<Option<Kubeconfig>, KubeconfigError> {
    let mut merged = Kubeconfig::default();
    for path in files(named) {
        let mut next = match Kubeconfig::read_from(&path) {
            Ok(next) => next,
            Err(kube::config::KubeconfigError::ReadConfig(source, _))
                if named.is_none() && source.kind() == ErrorKind::NotFound =>
            {
                continue;
            }
            Err(kube::config::KubeconfigError::ReadConfig(source, path)) => {
                return Err(KubeconfigError::Read { path, source });
            }
            // Its text would quote the file.
            Err(_) => return Err(KubeconfigError::Malformed(path)),
        };
        // `kubectl config unset current-context` leaves an empty name, which means none.
        next.current_context = next.current_context.filter(|name| !name.is_empty());
        merged = merged.merge(next).map_err(|_| KubeconfigError::Merge)?;
    }
    let is_empty = merged.contexts.is_empty() && merged.clusters.is_empty();
    Ok((!is_empty).then_some(merged))
}

/// The paths of kubeconfig files, in the order of their precedence.
pub(crate) fn files(named: Option<&Path>) -> Vec<PathBuf> {
    if let Some(file) = named {
        return vec![file.to_owned()];
    }
    let listed: Vec<PathBuf> = std::env::var_os("KUBECONFIG")
        .map(|list| std::env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect())
        .unwrap_or_default();
    if listed.is_empty() {
        std::env::home_dir().map(|home| home.join(".kube").join("config")).into_iter().collect()
    } else {
        listed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_broken_kubeconfig_is_shown() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "users: [{name: a, user: {token: hunter2-token}").unwrap();
        let error = read(Some(file.path())).unwrap_err();
        assert!(matches!(error, KubeconfigError::Malformed(_)));
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
