//! What kubeseal of either maker does to a SealedSecret that is in a file.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::lab::Maker;
use tests::process::cli::CliOutput;
use tests::user::person::Person;

use crate::scene::cluster::{Cluster, name_of};
use crate::stage::Scene;

/// The file of the certificate.
const CERTIFICATE: &str = "cert.pem";

/// The file of the SealedSecret.
const FILE: &str = "sealed.json";

/// A command that has a controller seal everything to its newest key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reseal {
    /// Our `reseal --all`.
    Verb,
    /// `--re-encrypt` of this maker.
    ReEncrypt(Maker),
}

impl Reseal {
    pub(crate) const ALL: [Self; 3] =
        [Self::Verb, Self::ReEncrypt(Maker::Ours), Self::ReEncrypt(Maker::Upstream)];
}

impl Scene {
    /// Runs the command with the controller of the cluster. The object that it writes, or what it says if it fails.
    pub(crate) async fn reseal(
        &self,
        cluster: usize,
        how: Reseal,
        sealed: &Value,
    ) -> Result<Result<Value, String>> {
        let cluster = &self.clusters[cluster];
        let text = sealed.to_string();
        let output = match how {
            Reseal::Verb => {
                let path = self.folder.path().join(FILE);
                std::fs::write(&path, &text)?;
                let path = path.display().to_string();
                let mut output = cluster.kubeseal(Maker::Ours)?.run(&["reseal", "--all", &path], b"").await?;
                output.stdout = std::fs::read(path)?;
                output
            }
            Reseal::ReEncrypt(maker) => {
                cluster.kubeseal(maker)?.run(&["--re-encrypt"], text.as_bytes()).await?
            }
        };
        written(output)
    }

    /// Runs `--merge-into` with the certificate of the cluster, for one item.
    pub(crate) async fn merge_into(
        &self,
        cluster: usize,
        maker: Maker,
        sealed: &Value,
        item: &str,
        value: &str,
    ) -> Result<Value> {
        let cluster: &Cluster = &self.clusters[cluster];
        let (certificate, file) = (self.folder.path().join(CERTIFICATE), self.folder.path().join(FILE));
        std::fs::write(&certificate, cluster.certificate().await?.to_pem())?;
        std::fs::write(&file, sealed.to_string())?;
        let (certificate, path) = (certificate.display().to_string(), file.display().to_string());
        let secret = Person::secret(&self.namespace, name_of(sealed)?, &json!({ item: value }));
        let args = ["--merge-into", &path, "--cert", &certificate];
        cluster.kubeseal(maker)?.output(&args, secret.to_string().as_bytes()).await?;
        serde_json::from_slice(&std::fs::read(&file)?).context("kubeseal wrote no JSON")
    }
}

fn written(output: CliOutput) -> Result<Result<Value, String>> {
    if !output.status.success() {
        return Ok(Err(output.stderr));
    }
    let text = output.success()?;
    Ok(Ok(serde_json::from_slice(&text).context("kubeseal wrote no JSON")?))
}
