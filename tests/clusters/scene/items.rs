//! SealedSecrets for both clusters, made without a command: whole ones, and one more item.

use anyhow::{Context as _, Result};
use api::annotations::RECIPIENTS;
use envelope::Plaintext;
use rand::rngs::SysRng;
use recipients::Recipients;
use sealing::{OtherRecipient, SealFor, SecretToSeal, seal_items, seal_secret_for};
use serde_json::{Value, json};

use crate::scene::cluster::recipients_of;
use crate::stage::Scene;

impl Scene {
    /// Seals a Secret for both clusters; its items are sealed to the first.
    pub(crate) async fn seal(&self, name: &str, values: &[(&str, &str)]) -> Result<Value> {
        self.seal_in_scope(name, None, values).await
    }

    /// Seals a Secret for both clusters, with the scope of an annotation.
    pub(crate) async fn seal_in_scope(
        &self,
        name: &str,
        scope: Option<&str>,
        values: &[(&str, &str)],
    ) -> Result<Value> {
        let [first, second] = &self.clusters;
        let (first, second) = (first.certificate().await?, second.certificate().await?);
        let to = SealFor { first: &first, others: vec![OtherRecipient::Certificate(&second)] };
        let annotations = scope.map(|scope| json!({ format!("sealedsecrets.bitnami.com/{scope}"): "true" }));
        let metadata = json!({
            "name": name, "namespace": self.namespace, "labels": { "made-by": "clusters" }, "annotations": annotations,
        });
        let secret = SecretToSeal {
            metadata: serde_json::from_value(metadata)?,
            type_: Some("Opaque".into()),
            immutable: None,
            data: values
                .iter()
                .map(|(key, value)| ((*key).into(), Plaintext::new((*value).into())))
                .collect(),
        };
        Ok(serde_json::to_value(seal_secret_for(&mut SysRng, &to, &secret)?)?)
    }

    /// Sets an item of an object of strict scope, sealed for both clusters: to the one with this index, and with entries for both.
    pub(crate) async fn merge(&self, sealed: &mut Value, to: usize, item: &str, value: &str) -> Result<()> {
        let first = self.clusters[to].certificate().await?;
        let other = self.clusters[1 - to].certificate().await?;
        let to = SealFor { first: &first, others: vec![OtherRecipient::Certificate(&other)] };
        let name = sealed["metadata"]["name"].as_str().context("no name")?;
        let label = format!("{}/{name}", self.namespace);
        let values = [(item, value.as_bytes())].into_iter();
        let added = seal_items(&mut SysRng, &to, label.as_bytes(), values)?;
        for (item, envelope) in added.encrypted_data {
            sealed["spec"]["encryptedData"][item] = json!(envelope);
        }
        let group = added.group.context("no group")?;
        let recipients = match recipients_of(sealed) {
            Some(text) => {
                let mut recipients = Recipients::from_text(text)?;
                recipients.add(group)?;
                recipients
            }
            None => Recipients::new(group),
        };
        sealed["metadata"]["annotations"][RECIPIENTS] = json!(recipients.to_text()?);
        Ok(())
    }

    /// Applies one file to both clusters.
    pub(crate) async fn apply(&self, sealed: &Value) -> Result<()> {
        for cluster in &self.clusters {
            cluster.person.apply(sealed).await?;
        }
        Ok(())
    }
}
