//! [`Cached`]: the certificate that a controller served last, cached for `--offline` and to warn when it changes.
//!
//! Decided: one small file per context, server and controller, because one context's name means different clusters in
//! different kubeconfigs, and tunnels give different clusters one address. Caching is best effort: a read-only home
//! does not prevent sealing.
//!
//! Decided: a certificate is cached only if TLS verified the API server. One that came over plain http (as with
//! `kubectl proxy`) or with `--insecure-skip-tls-verify` may be an attacker's, and a later run without that flag would
//! seal with it.

use crate::cluster::error::ConnectionError;
use crate::controller::address::ControllerAddress;
use crate::files::user_file::{self, Existing, cache_directory};
use crate::terminal::escape::shown_path;
use envelope::Certificate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

const DIRECTORY: &str = "certificates";

/// A certificate and where it came from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Cached {
    /// For users who read the file.
    server: String,
    context: String,
    controller: String,
    pub(crate) fingerprint: String,
    fetched: String,
    pub(crate) certificate: String,
    /// Whether TLS verified the API server. Files of old versions do not have the field.
    #[serde(default)]
    verified: bool,
}

/// Why the cache has no certificate.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CacheError {
    #[error("{}", .0.step())]
    Connection(#[source] Arc<ConnectionError>),
    #[error("there is no home directory to keep certificates in")]
    NoPlace,
    #[error("no certificate of {controller} in {server} is cached in {}", shown_path(.directory))]
    Absent { controller: String, server: String, directory: PathBuf },
    #[error("cannot read {}", shown_path(.path))]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} is damaged", shown_path(.0))]
    Damaged(PathBuf),
    #[error("{} does not say that TLS was verified when the certificate was fetched", .0.display())]
    Unverified(PathBuf),
}

impl Cached {
    /// The certificate that this controller served last.
    pub(crate) fn of(controller: &ControllerAddress) -> Result<Self, CacheError> {
        let (context, server) = controller.cluster.identity().map_err(CacheError::Connection)?;
        let directory = cache_directory(DIRECTORY).ok_or(CacheError::NoPlace)?;
        let path = directory.join(file_name(controller, &context, &server));
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let controller = controller.service();
                return Err(CacheError::Absent { controller, server, directory });
            }
            Err(source) => return Err(CacheError::Read { path, source }),
        };
        match serde_json::from_slice::<Self>(&text) {
            Ok(cached) if cached.verified => Ok(cached),
            Ok(_) => Err(CacheError::Unverified(path)),
            Err(_) => Err(CacheError::Damaged(path)),
        }
    }

    /// Stores the certificate that this controller serves, if it can be stored. Only for certificates that came over
    /// verified TLS.
    pub(crate) fn keep(controller: &ControllerAddress, certificate: &Certificate, now: Timestamp) {
        let Ok((context, server)) = controller.cluster.identity() else { return };
        let Some(directory) = cache_directory(DIRECTORY) else { return };
        let name = file_name(controller, &context, &server);
        let cached = Self {
            server,
            context,
            controller: controller.service(),
            fingerprint: certificate.fingerprint().to_string(),
            fetched: now.to_string(),
            certificate: certificate.to_pem(),
            verified: true,
        };
        // Best effort: see the header of this file.
        let _ = user_file::write(&directory, &name, &cached, Existing::Replaced);
    }

    /// Removes the certificate that this controller served last.
    pub(crate) fn drop(controller: &ControllerAddress) {
        if let Ok((context, server)) = controller.cluster.identity()
            && let Some(directory) = cache_directory(DIRECTORY)
        {
            let _ = fs::remove_file(directory.join(file_name(controller, &context, &server)));
        }
    }

    /// Removes this certificate, for every context and controller.
    pub(crate) fn drop_everywhere(certificate: &Certificate) {
        let fingerprint = certificate.fingerprint().to_string();
        let entries = cache_directory(DIRECTORY).map(fs::read_dir).into_iter().flatten().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            if user_file::read::<Self>(&path).is_some_and(|cached| cached.fingerprint == fingerprint) {
                let _ = fs::remove_file(path);
            }
        }
    }

    /// The controller and its context or server, in words.
    pub(crate) fn from(&self) -> String {
        in_words(&self.controller, &self.context, &self.server)
    }

    /// How [`from`](Self::from) names this controller. None without a cluster.
    pub(crate) fn name_of(controller: &ControllerAddress) -> Option<String> {
        let (context, server) = controller.cluster.identity().ok()?;
        Some(in_words(&controller.service(), &context, &server))
    }

    /// When it was fetched. None if the file is of a version that did not record it.
    pub(crate) fn fetched(&self) -> Option<Timestamp> {
        self.fetched.parse().ok()
    }
}

fn in_words(controller: &str, context: &str, server: &str) -> String {
    let source = if context.is_empty() { server } else { context };
    format!("{controller} in {source}")
}

/// A file name of fixed length, whatever names and addresses look like.
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
