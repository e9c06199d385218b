//! [`Cluster`]: a cluster with a running controller, and what its users see of a SealedSecret.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::annotations::RECIPIENTS;
use api::{Condition, ConditionStatus, SealedSecretStatus};
use envelope::Certificate;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tests::lab::Maker;
use tests::network::http_client::http_client;
use tests::pod::Pod;
use tests::process::cli::Cli;
use tests::test::eventually::eventually;
use tests::user::person::Person;
use tokio::process::Command;

use crate::stage::Site;

/// Longer than anything takes on a busy machine.
pub(crate) const SOON: Duration = Duration::from_mins(1);

/// Upstream's words before the items that do not open.
const NO_KEY: &str = "no key could decrypt secret (";

/// A cluster with a running controller.
pub(crate) struct Cluster {
    pub person: Person,
    pub maker: Maker,
    pub site: Arc<Site>,
    namespace: String,
    pod: Option<Pod>,
}

impl Cluster {
    pub(crate) async fn start(site: &Arc<Site>, maker: Maker, namespace: &str) -> Result<Self> {
        let (site, namespace) = (Arc::clone(site), namespace.to_owned());
        let person = Person::with(&site.lab, Maker::Ours)?;
        let mut cluster = Self { person, maker, site, namespace, pod: None };
        cluster.start_controller().await?;
        Ok(cluster)
    }

    /// Starts the controller, and waits until it is ready.
    pub(crate) async fn start_controller(&mut self) -> Result<()> {
        let pod = Pod::of(&self.site.chart.deployment()?).maker(self.maker).flag("key-size", "2048");
        // Tests send requests one after the other, and upstream's kubeseal does not send one again that was too many.
        let pod = pod.flag("rate-limit", "1000").flag("rate-limit-burst", "1000");
        let pod = match self.maker {
            // There is one replica, and an election takes seconds.
            Maker::Ours => pod.flag("leader-elect", "false"),
            // It tries an object that does not open again, and each try counts against the rate of its requests.
            Maker::Upstream => pod.flag("kubeclient-qps", "-1").flag("max-unseal-retries", "1"),
        };
        let mut pod = pod.start(&self.site.lab).await?;
        pod.wait_ready().await?;
        self.pod = Some(pod);
        Ok(())
    }

    /// Stops the controller. Ours must exit with success.
    pub(crate) async fn stop(&mut self) -> Result<()> {
        let Some(pod) = self.pod.take() else { return Ok(()) };
        let status = pod.stop().await?;
        ensure!(self.maker == Maker::Upstream || status.success(), "our controller ended with {status}");
        Ok(())
    }

    pub(crate) fn pod(&self) -> Result<&Pod> {
        self.pod.as_ref().context("no controller runs")
    }

    /// The kubeseal of a maker, for this cluster.
    pub(crate) fn kubeseal(&self, maker: Maker) -> Result<Cli> {
        self.site.lab.kubeseal(maker)
    }

    /// The certificate that the controller serves.
    pub(crate) async fn certificate(&self) -> Result<Certificate> {
        let pem = self.get(&format!("{}/v1/cert.pem", self.pod()?.url())).await?;
        Ok(Certificate::from_pem(&pem)?)
    }

    /// How many SealedSecrets the controller has opened or refused since it started.
    pub(crate) async fn unseal_requests(&self) -> Result<u64> {
        let metrics = self.get(&self.pod()?.metrics_url()).await?;
        let name = "sealed_secrets_controller_unseal_requests_total ";
        let value = metrics.lines().find_map(|line| line.strip_prefix(name)).context(metrics.clone())?;
        Ok(value.parse()?)
    }

    async fn get(&self, url: &str) -> Result<String> {
        let http = http_client().build()?;
        Ok(http.get(url).send().await?.error_for_status()?.text().await?)
    }

    /// Has the controller make a new sealing key, as an administrator does, and waits until its certificate is served.
    pub(crate) async fn renew_key(&self) -> Result<()> {
        let before = self.certificate().await?.fingerprint();
        let process = self.pod()?.process_id().context("the controller ended")?.to_string();
        ensure!(Command::new("kill").args(["-USR1", &process]).status().await?.success(), "kill failed");
        eventually(SOON, "the new certificate is served", async || {
            ensure!(self.certificate().await?.fingerprint() != before, "the old one is served");
            Ok(())
        })
        .await
    }

    /// Waits until the controller has unsealed the object as it is in `sealed`, which was applied, to exactly these values. Returns the
    /// status.
    pub(crate) async fn opens(&self, sealed: &Value, values: &[(&str, &str)]) -> Result<SealedSecretStatus> {
        let name = name_of(sealed)?;
        let recipients = recipients_of(sealed).map(digest);
        let what = format!("{name} is unsealed by the controller of {:?}", self.maker);
        let status = eventually(SOON, &what, async || {
            let status = self.status(name).await?;
            let synced = status.condition(Condition::SYNCED).context("no condition Synced")?;
            ensure!(synced.status == ConditionStatus::True, "{:?}", synced.message);
            if self.maker == Maker::Ours {
                let target = status.target.as_ref().context("the status names no Secret")?;
                ensure!(target.recipients == recipients, "with another annotation: {target:?}");
            }
            Ok(status)
        })
        .await?;
        let values: Vec<_> = values.iter().map(|(key, value)| (*key, value.as_bytes())).collect();
        self.person.sees_values(&self.namespace, name, &values).await?;
        Ok(status)
    }

    /// Waits until the controller says of exactly these items that they do not open, in a message with these words; returns the message.
    pub(crate) async fn refuses(&self, sealed: &Value, items: &[&str], words: &str) -> Result<String> {
        let name = name_of(sealed)?;
        let items: BTreeSet<&str> = items.iter().copied().collect();
        let what = format!("{name} is refused by the controller of {:?}", self.maker);
        eventually(SOON, &what, async || {
            let status = self.status(name).await?;
            let synced = status.condition(Condition::SYNCED).context("no condition Synced")?;
            let message = synced.message.clone().unwrap_or_default();
            ensure!(synced.status == ConditionStatus::False, "Synced is {:?}: {message}", synced.status);
            let lists = message.split(NO_KEY).skip(1).filter_map(|rest| rest.split(')').next());
            let named: BTreeSet<&str> = lists.flat_map(|list| list.split(", ")).collect();
            ensure!(named == items, "the items are {named:?}, and not {items:?}: {message}");
            ensure!(message.contains(words), "the message has no \"{words}\": {message}");
            Ok(message)
        })
        .await
    }

    /// The status, if it is of the newest generation.
    async fn status(&self, name: &str) -> Result<SealedSecretStatus> {
        let object = self.person.get_sealed(&self.namespace, name).await?;
        let status = object.status.unwrap_or_default();
        ensure!(
            status.observed_generation == object.metadata.generation,
            "the status is of an older generation"
        );
        Ok(status)
    }

    /// The versions of the SealedSecret and its Secret: they change with each write.
    pub(crate) async fn versions(&self, sealed: &Value) -> Result<[Option<String>; 2]> {
        let name = name_of(sealed)?;
        let object = self.person.get_sealed(&self.namespace, name).await?;
        let secret = self.person.get_secret(&self.namespace, name).await?;
        Ok([object.metadata.resource_version, secret.metadata.resource_version])
    }
}

/// The name of a Kubernetes object.
pub(crate) fn name_of(object: &Value) -> Result<&str> {
    object["metadata"]["name"].as_str().context("the object has no name")
}

/// The annotation for the recipients.
pub(crate) fn recipients_of(sealed: &Value) -> Option<&str> {
    sealed["metadata"]["annotations"][RECIPIENTS].as_str()
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
