//! [`Cached`]: the certificate that a cluster gave last, kept for `--offline` and to notice that it changed.
//!
//! Decided: one small file per context, server and controller, because one context's name means different clusters
//! in different kubeconfigs, and tunnels give different clusters one address. Keeping it is best effort: a read-only
//! home keeps nobody from sealing.

use crate::controller::ControllerAddress;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs::{self, DirBuilder};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A certificate and where it came from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Cached {
    /// For a person who looks into the file.
    server: String,
    context: String,
    controller: String,
    pub(super) fingerprint: String,
    fetched: String,
    pub(super) certificate: String,
}

/// Why there is nothing kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CacheError {
    #[error("{}", .0.step())]
    Connection(#[source] crate::connection::ConnectionError),
    #[error("there is no home directory to keep certificates in")]
    NoPlace,
    #[error("no certificate of {controller} in {server} is kept in {}", .directory.display())]
    Absent { controller: String, server: String, directory: PathBuf },
    #[error("cannot read {}", .path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} is damaged", .0.display())]
    Damaged(PathBuf),
}

impl Cached {
    /// What is kept of this controller.
    pub(super) fn of(controller: &ControllerAddress) -> Result<Self, CacheError> {
        let (context, server) = controller.connection.identity().map_err(CacheError::Connection)?;
        let directory = directory().ok_or(CacheError::NoPlace)?;
        let path = directory.join(file_name(controller, &context, &server));
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let controller = format!("{}/{}", controller.namespace, controller.name);
                return Err(CacheError::Absent { controller, server, directory });
            }
            Err(source) => return Err(CacheError::Read { path, source }),
        };
        serde_json::from_slice(&text).map_err(|_| CacheError::Damaged(path))
    }

    /// Keeps it, if it can be kept.
    pub(super) fn keep(controller: &ControllerAddress, fingerprint: &str, certificate: &str, now: Timestamp) {
        let Ok((context, server)) = controller.connection.identity() else { return };
        let Some(directory) = directory() else { return };
        let path = directory.join(file_name(controller, &context, &server));
        let kept = Self {
            server,
            context,
            controller: format!("{}/{}", controller.namespace, controller.name),
            fingerprint: fingerprint.into(),
            fetched: now.to_string(),
            certificate: certificate.into(),
        };
        if let Ok(text) = serde_json::to_vec_pretty(&kept) {
            // Best effort: see above.
            let _ = write(&directory, &path, &text);
        }
    }

    /// When it was fetched, if the file says it.
    pub(super) fn fetched(&self) -> Option<Timestamp> {
        self.fetched.parse().ok()
    }
}

fn directory() -> Option<PathBuf> {
    let absolute = |path: PathBuf| path.is_absolute().then_some(path);
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).and_then(absolute);
    let cache = cache.or_else(|| std::env::home_dir().and_then(absolute).map(|home| home.join(".cache")))?;
    Some(cache.join("kubeseal-rs").join("certificates"))
}

/// Of a fixed length, whatever names and addresses look like.
fn file_name(controller: &ControllerAddress, context: &str, server: &str) -> String {
    let mut hash = Sha256::new();
    for part in [context, server, &controller.namespace, &controller.name] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let digest: [u8; 32] = hash.finalize().into();
    let [first, second] =
        [0, 8].map(|at| digest[at..at + 8].iter().fold(0, |n, byte| n << 8 | u64::from(*byte)));
    format!("{first:016x}{second:016x}.json")
}

fn write(directory: &Path, path: &Path, text: &[u8]) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(directory)?;
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(text)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
