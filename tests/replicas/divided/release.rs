//! [`Release`]: a release of the chart that unseals a part of the cluster, with its one controller.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use api::{ConditionStatus, sealing_key};
use envelope::{Certificate, Plaintext};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::{Api, ListParams};
use sealing::{OtherRecipient, SealFor, SecretToSeal, seal_secret_for};
use serde_json::{Value, json};
use tests::lab::{Lab, Maker};
use tests::pod::Pod;
use tests::user::person::Person;

/// The label by which releases divide a cluster here; its value is the release's namespace.
pub(crate) const OWNER: &str = "owner";

pub(crate) struct Release {
    /// Its namespace, which is its name too.
    pub home: String,
    pub person: Person,
    pod: Pod,
    certificate: Certificate,
}

impl Release {
    /// Installs the chart with these values, and runs its controller.
    pub(crate) async fn start(lab: &Lab, home: &str, values: &[(&str, &str)]) -> Result<Self> {
        let chart = lab.chart(home)?.set("fullnameOverride", home);
        let chart = values.iter().fold(chart, |chart, (name, value)| chart.set(name, value)).render().await?;
        chart.apply(&lab.client()).await?;
        let mut pod = Pod::of(&chart.deployment()?).flag("key-size", "2048").start(lab).await?;
        pod.wait_ready().await?;
        let controller = [format!("--controller-namespace={home}"), format!("--controller-name={home}")];
        let fetch = ["--fetch-cert", &controller[0], &controller[1]];
        let certificate = lab.kubeseal(Maker::Ours)?.output(&fetch, b"").await?;
        let certificate = Certificate::from_pem(&String::from_utf8(certificate)?)?;
        Ok(Self { home: home.to_owned(), person: Person::with(lab, Maker::Ours)?, pod, certificate })
    }

    /// A SealedSecret of one value with this release's label, which opens here, and at the other release if that is given.
    pub(crate) fn sealed(
        &self,
        namespace: &str,
        name: &str,
        value: &str,
        other: Option<&Self>,
    ) -> Result<Value> {
        let others = other.map(|other| OtherRecipient::Certificate(&other.certificate)).into_iter().collect();
        let to = SealFor { first: &self.certificate, others };
        let metadata = ObjectMeta {
            namespace: Some(namespace.to_owned()),
            name: Some(name.to_owned()),
            ..ObjectMeta::default()
        };
        let data = BTreeMap::from([("v".to_owned(), Plaintext::new(value.into()))]);
        let secret = SecretToSeal { metadata, type_: None, immutable: None, data };
        let mut sealed = serde_json::to_value(seal_secret_for(&mut rand::rng(), &to, &secret)?)?;
        sealed["metadata"]["labels"] = json!({ OWNER: self.home });
        Ok(sealed)
    }

    /// Waits until it has handled what came before: a SealedSecret that comes now is unsealed.
    pub(crate) async fn caught_up(&self, namespace: &str, name: &str) -> Result<()> {
        self.person.apply(&self.sealed(namespace, name, "1", None)?).await?;
        self.person.sees_synced(namespace, name, ConditionStatus::True).await.map(drop)
    }

    /// The number of lines of its log that name an object.
    pub(crate) fn lines_about(&self, name: &str) -> Result<usize> {
        Ok(self.pod.logs()?.lines().filter(|line| line.contains(name)).count())
    }

    /// Whether this release's key opened it last.
    pub(crate) fn opened(&self, openers: Option<&BTreeSet<String>>) -> bool {
        let fingerprint = self.certificate.fingerprint().to_string();
        openers.is_some_and(|openers| *openers == BTreeSet::from([fingerprint]))
    }

    /// Checks that it has one key and one Lease in its own namespace, which its own controller holds; returns the key and the holder.
    pub(crate) async fn belongings(&self, lab: &Lab) -> Result<(Vec<u8>, String)> {
        let secrets: Api<Secret> = Api::namespaced(lab.client(), &self.home);
        let keys = secrets.list(&ListParams::default().labels(sealing_key::LABEL)).await?.items;
        let leases =
            Api::<Lease>::namespaced(lab.client(), &self.home).list(&ListParams::default()).await?.items;
        ensure!(keys.len() == 1 && leases.len() == 1, "{} keys, {} Leases", keys.len(), leases.len());
        let key = keys.into_iter().next().and_then(|key| key.data?.remove("tls.crt"));
        let holder = leases.into_iter().next().and_then(|lease| lease.spec?.holder_identity);
        let holder = holder.context("nothing holds the Lease")?;
        ensure!(holder.contains(self.pod.name()), "{holder} holds the Lease, not {}", self.pod.name());
        Ok((key.context("a key without a certificate")?.0, holder))
    }

    pub(crate) async fn stop(self) -> Result<()> {
        let status = self.pod.stop().await?;
        ensure!(status.success(), "the controller ended with {status}");
        Ok(())
    }
}
