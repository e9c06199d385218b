//! [`ReadOnce`]: the kubeconfig of a run: which files count, and all of them as one.
//!
//! Decided: read once, by whoever asks first, and kept for the run, instead of anew for the namespace, the client and the
//! certificate cache: `kubectl config use-context` meanwhile would seal with one cluster's key for another's namespace.

use super::ConnectionError;
use crate::shown::shown_path;
use kube::config::Kubeconfig;
use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// What the kubeconfig files said when they were read. Copies share it.
#[derive(Clone, Default)]
pub(crate) struct ReadOnce(Arc<OnceLock<Result<Option<Kubeconfig>, Arc<KubeconfigError>>>>);

/// Why there is no kubeconfig that can be used. Never quotes it: tokens stand in it.
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

impl ReadOnce {
    /// The merged kubeconfig, or none where there is no file, or only empty ones. `named` counts at the first call.
    pub(super) fn get(&self, named: Option<&Path>) -> Result<Option<&Kubeconfig>, ConnectionError> {
        let read = self.0.get_or_init(|| read(named).map_err(Arc::new)).as_ref();
        read.map(Option::as_ref).map_err(|error| ConnectionError::Kubeconfig(Arc::clone(error)))
    }
}

impl fmt::Debug for ReadOnce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReadOnce")
    }
}

/// As kubectl has it: a file that was named by a flag must exist, others may be missing.
fn read(named: Option<&Path>) -> Result<Option<Kubeconfig>, KubeconfigError> {
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
        // `kubectl config unset current-context` leaves an empty one, which is none.
        next.current_context = next.current_context.filter(|name| !name.is_empty());
        merged = merged.merge(next).map_err(|_| KubeconfigError::Merge)?;
    }
    let is_empty = merged.contexts.is_empty() && merged.clusters.is_empty();
    Ok((!is_empty).then_some(merged))
}

/// Where a kubeconfig is looked for, in this order.
pub(super) fn files(named: Option<&Path>) -> Vec<PathBuf> {
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

    #[test]
    fn what_was_read_stays_whatever_becomes_of_the_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let (read, text) = (ReadOnce::default(), |server: &str| {
            format!(
                "clusters: [{{name: c, cluster: {{server: '{server}'}}}}]\nusers: [{{name: a, user: {{token: hunter2}}}}]"
            )
        });
        let server = |read: &ReadOnce| {
            let kubeconfig = read.get(Some(file.path())).unwrap().unwrap();
            kubeconfig.clusters[0].cluster.as_ref().unwrap().server.clone().unwrap()
        };
        std::fs::write(file.path(), text("http://first")).unwrap();
        assert_eq!(server(&read), "http://first");
        std::fs::write(file.path(), text("http://second")).unwrap();
        assert_eq!(server(&read.clone()), "http://first");
        assert_eq!(server(&ReadOnce::default()), "http://second");
        assert_eq!(format!("{read:?}"), "ReadOnce");

        let broken = ReadOnce::default();
        std::fs::write(file.path(), "users: [").unwrap();
        assert!(broken.get(Some(file.path())).is_err());
        std::fs::write(file.path(), text("http://third")).unwrap();
        assert!(broken.get(Some(file.path())).is_err(), "nor is a failure looked at again");
    }
}
