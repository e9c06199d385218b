//! [`Source`]: a GitRepository object, and the status that source-controller would write for each commit.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use k8s_openapi::jiff::Timestamp;
use kube::Client;
use kube::api::{Api, DynamicObject, Patch, PatchParams};
use kube::core::{ApiResource, GroupVersionKind};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::cluster::flux::archive;
use crate::cluster::flux::kustomization::FIELD_MANAGER;
use crate::network::file_server::FileServer;

/// How often a git repository is checked for a new commit.
const INTERVAL: Duration = Duration::from_millis(200);

/// A GitRepository, to which a test commits.
pub struct Source<'a> {
    artifacts: &'a FileServer,
    repositories: Api<DynamicObject>,
    /// Part of the paths of its artifacts too.
    namespace: String,
    name: String,
}

impl<'a> Source<'a> {
    pub(crate) async fn create(
        client: &Client,
        artifacts: &'a FileServer,
        namespace: &str,
        name: &str,
    ) -> Result<Self> {
        let kind = GroupVersionKind::gvk("source.toolkit.fluxcd.io", "v1", "GitRepository");
        let repositories = Api::namespaced_with(client.clone(), namespace, &ApiResource::from_gvk(&kind));
        let manifest = json!({
            "apiVersion": kind.api_version(), "kind": kind.kind,
            "metadata": { "name": name, "namespace": namespace },
            // Never used: there is no source-controller.
            "spec": { "interval": "1m", "url": format!("https://git.example.com/{name}"), "ref": { "branch": "main" } },
        });
        repositories
            .patch(name, &PatchParams::apply(FIELD_MANAGER).force(), &Patch::Apply(manifest))
            .await
            .context("cannot create a GitRepository")?;
        Ok(Self { artifacts, repositories, namespace: namespace.to_owned(), name: name.to_owned() })
    }

    /// Commits these files, and removes all others; returns the revision.
    pub async fn commit(&self, files: &[(&str, &str)]) -> Result<String> {
        // As with git, the same files committed again are another commit.
        let id: [u8; 20] = rand::random();
        self.publish(&hex(&id), archive::of_files(files)?).await
    }

    /// Publishes the last commit of the git repository at `dir`, and each later one, as source-controller does for a
    /// branch. Returns only with an error.
    pub async fn follow(&self, dir: &Path) -> Result<Infallible> {
        let mut published = None;
        loop {
            let head = archive::head(dir).await?;
            if let Some(id) = head.as_ref().filter(|id| published.as_ref() != Some(*id)) {
                self.publish(id, archive::of_commit(dir, id).await?).await?;
                published = head;
            }
            tokio::time::sleep(INTERVAL).await;
        }
    }

    async fn publish(&self, id: &str, archive: Vec<u8>) -> Result<String> {
        let revision = format!("main@sha1:{id}");
        let path = format!("gitrepository/{}/{}/{id}.tar.gz", self.namespace, self.name);
        let digest = format!("sha256:{}", hex(&Sha256::digest(&archive)));
        let size = archive.len();
        let url = self.artifacts.add(&path, archive);
        let now = Timestamp::now().to_string();
        let generation = self.repositories.get(&self.name).await?.metadata.generation;
        let status = json!({ "status": {
            "observedGeneration": generation,
            "artifact": {
                "url": url, "path": path, "revision": revision, "digest": digest, "size": size, "lastUpdateTime": now,
            },
            "conditions": [{
                "type": "Ready", "status": "True", "reason": "Succeeded", "lastTransitionTime": now,
                "observedGeneration": generation, "message": format!("stored artifact for revision '{revision}'"),
            }],
        }});
        self.repositories
            .patch_status(&self.name, &PatchParams::default(), &Patch::Merge(status))
            .await
            .context("cannot publish an artifact")?;
        Ok(revision)
    }
}

impl std::fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("name", &self.name).finish_non_exhaustive()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
