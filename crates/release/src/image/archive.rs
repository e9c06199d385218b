//! An image as one file: an OCI image layout in a tar archive.
//!
//! Decided: layers are not compressed, because the digest then depends on the files only, and not on the version of a
//! compressor; what pushes an image to a registry (docker, podman, skopeo) compresses it there.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::checksums;
use crate::image::reference::Reference;
use crate::tar_writer::TarWriter;

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// An image that can be loaded.
pub(crate) struct Archive {
    /// The whole file.
    pub(crate) bytes: Vec<u8>,
    /// The digest of its manifest.
    pub(crate) digest: String,
}

/// Contents by digest.
#[derive(Default)]
struct Blobs(BTreeMap<String, Vec<u8>>);

impl Blobs {
    /// Stores `bytes`, and returns their descriptor for a manifest.
    fn add(&mut self, media_type: &str, bytes: Vec<u8>) -> Value {
        let digest = checksums::of(&bytes);
        let descriptor =
            json!({ "mediaType": media_type, "digest": format!("sha256:{digest}"), "size": bytes.len() });
        self.0.insert(digest, bytes);
        descriptor
    }
}

/// The archive of the image `reference` with this one layer, and the configuration that `config` makes from the layer's
/// digest.
pub(crate) fn archive(
    reference: &Reference,
    layer: Vec<u8>,
    config: impl FnOnce(&Value) -> Value,
) -> Result<Archive> {
    let mut blobs = Blobs::default();
    let layer = blobs.add(LAYER, layer);
    let config = config(&layer["digest"]);
    let platform = json!({ "architecture": config["architecture"], "os": config["os"] });
    let config = blobs.add(CONFIG, json_bytes(&config)?);
    let manifest = json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer] });
    let mut manifest = blobs.add(MANIFEST, json_bytes(&manifest)?);
    manifest["platform"] = platform;
    // Both, as `docker save` writes them: containerd and podman read the first, skopeo the second.
    manifest["annotations"] = json!({
        "io.containerd.image.name": reference.to_string(),
        "org.opencontainers.image.ref.name": reference.tag,
    });
    let digest = manifest["digest"].as_str().context("a descriptor without digest")?.to_owned();
    let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [manifest] });
    // Docker before version 25 reads this file instead.
    let docker = json!([{
        "Config": blob_path(&config["digest"]),
        "RepoTags": [reference.to_string()],
        "Layers": [blob_path(&layer["digest"])],
    }]);
    let mut tar = TarWriter::new();
    tar.file("oci-layout", 0o644, &json_bytes(&json!({ "imageLayoutVersion": "1.0.0" }))?)?;
    tar.file("index.json", 0o644, &json_bytes(&index)?)?;
    tar.file("manifest.json", 0o644, &json_bytes(&docker)?)?;
    tar.directory("blobs")?;
    tar.directory("blobs/sha256")?;
    for (digest, bytes) in &blobs.0 {
        tar.file(&format!("blobs/sha256/{digest}"), 0o644, bytes)?;
    }
    Ok(Archive { bytes: tar.finish()?, digest })
}

fn json_bytes(value: &Value) -> Result<Vec<u8>> {
    serde_json::to_vec(value).context("cannot write JSON")
}

fn blob_path(digest: &Value) -> String {
    format!("blobs/{}", digest.as_str().unwrap_or_default().replace(':', "/"))
}
