//! [`Image`]: a container image of a few files, written as an OCI archive without Docker, a daemon or root. `ctr images
//! import`, `docker load`, `podman load` and `skopeo` accept it.
//!
//! The same files give the same bytes: the archive holds no time and nothing of this machine.

pub(crate) mod archive;
pub mod programs;
pub mod reference;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::image::archive::{Archive, archive};
use crate::image::reference::Reference;
use crate::platform::architecture;
use crate::tar_writer::TarWriter;

/// Images have no time: with one, the digest would differ at each build.
const CREATED: &str = "1970-01-01T00:00:00Z";

/// The files of an image, and how its program is run.
#[derive(Debug, Clone)]
pub struct Image {
    reference: Reference,
    /// By path without the first slash; parent folders are added. All belong to root.
    files: BTreeMap<String, Content>,
    user: String,
    entrypoint: Vec<String>,
    environment: Vec<String>,
    labels: BTreeMap<String, String>,
    ports: Vec<u16>,
}

/// An image that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The digest of its manifest, by which a registry and a node know it: `sha256:…`.
    pub digest: String,
    /// The size of its file, in bytes.
    pub size: usize,
}

#[derive(Debug, Clone)]
enum Content {
    File { source: PathBuf, mode: u32 },
    Symlink { target: String },
}

impl Image {
    /// An empty image, for this machine's architecture.
    pub fn new(reference: Reference) -> Self {
        Self {
            reference,
            files: BTreeMap::new(),
            user: String::new(),
            entrypoint: Vec::new(),
            environment: Vec::new(),
            labels: BTreeMap::new(),
            ports: Vec::new(),
        }
    }

    /// Adds the program `source` as `/path`.
    #[must_use]
    pub fn program(self, path: &str, source: &Path) -> Self {
        self.file(path, source, 0o755)
    }

    /// Adds the file `source` as `/path`.
    #[must_use]
    pub fn file(self, path: &str, source: &Path, mode: u32) -> Self {
        self.with(path, Content::File { source: source.to_owned(), mode })
    }

    /// Adds a symbolic link at `/path`.
    #[must_use]
    pub fn symlink(self, path: &str, target: &str) -> Self {
        self.with(path, Content::Symlink { target: target.to_owned() })
    }

    /// Sets the user: `UID:GID`, as numbers, where `runAsNonRoot` is to be checked.
    #[must_use]
    pub fn user(mut self, user: &str) -> Self {
        user.clone_into(&mut self.user);
        self
    }

    /// Sets the command.
    #[must_use]
    pub fn entrypoint(mut self, command: &[&str]) -> Self {
        self.entrypoint = command.iter().map(ToString::to_string).collect();
        self
    }

    /// Adds an environment variable.
    #[must_use]
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push(format!("{name}={value}"));
        self
    }

    /// Adds a label.
    #[must_use]
    pub fn label(mut self, name: &str, value: &str) -> Self {
        self.labels.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Adds a TCP port at which the program listens.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.ports.push(port);
        self
    }

    /// Its full name.
    pub const fn reference(&self) -> &Reference {
        &self.reference
    }

    /// Writes the image to `file`, and creates its folder. The whole archive is held in memory.
    pub fn write(&self, file: &Path) -> Result<Written> {
        let archive = self.archive()?;
        if let Some(dir) = file.parent() {
            fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))?;
        }
        fs::write(file, &archive.bytes).with_context(|| format!("cannot write {}", file.display()))?;
        Ok(Written { digest: archive.digest, size: archive.bytes.len() })
    }

    fn archive(&self) -> Result<Archive> {
        archive(&self.reference, self.layer()?, |layer| self.config(layer))
    }

    fn with(mut self, path: &str, content: Content) -> Self {
        self.files.insert(path.trim_start_matches('/').to_owned(), content);
        self
    }

    fn layer(&self) -> Result<Vec<u8>> {
        let mut tar = TarWriter::new();
        let mut last = "";
        for (path, content) in &self.files {
            tar.parents(path, last)?;
            match content {
                Content::File { source, mode } => {
                    let bytes =
                        fs::read(source).with_context(|| format!("cannot read {}", source.display()))?;
                    tar.file(path, *mode, &bytes)?;
                }
                Content::Symlink { target } => tar.symlink(path, target)?,
            }
            last = path;
        }
        Ok(tar.finish()?)
    }

    /// The image's configuration, in the format of the OCI image specification.
    fn config(&self, layer: &Value) -> Value {
        let ports: serde_json::Map<_, _> =
            self.ports.iter().map(|port| (format!("{port}/tcp"), json!({}))).collect();
        json!({
            "created": CREATED,
            "architecture": architecture(),
            "os": "linux",
            "config": {
                "User": self.user,
                "ExposedPorts": ports,
                "Env": self.environment,
                "Entrypoint": self.entrypoint,
                "Labels": self.labels,
            },
            "rootfs": { "type": "layers", "diff_ids": [layer] },
            "history": [{ "created": CREATED, "created_by": "cargo xtask image" }],
        })
    }
}

#[cfg(test)]
mod tests;
