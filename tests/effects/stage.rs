//! One controller at a time, ours or upstream's, with the same flags, in the Deployment of our chart.

use std::sync::Arc;

use anyhow::{Result, ensure};
use api::{ObservedSealedSecret, sealing_key};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, DeleteParams, ListParams};
use tests::chart::CONTROLLER_NAME;
use tests::chart::rendered::Rendered;
use tests::chart::upstream_rights;
use tests::lab::{Lab, Maker};
use tests::pod::Pod;
use tests::test::temp_namespace::with_temp_ns;
use tests::user::person::Person;
use tokio::sync::Mutex;

/// The namespace of the controller and its keys.
pub(crate) const HOME: &str = "kube-system";

/// Flags, each with its value.
pub(crate) type Flags<'a> = &'a [(&'a str, &'a str)];

pub(crate) struct Stage {
    pub lab: Arc<Lab>,
    pub person: Person,
    chart: Rendered,
    turn: Mutex<()>,
}

pub(crate) async fn set(lab: Arc<Lab>) -> Result<Arc<Stage>> {
    let chart = lab.chart(HOME)?.render().await?;
    lab.install(&chart).await?;
    upstream_rights::grant(&lab.client(), HOME, CONTROLLER_NAME).await?;
    let person = Person::with(&lab, Maker::Ours)?;
    Ok(Arc::new(Stage { lab, person, chart, turn: Mutex::new(()) }))
}

impl Stage {
    /// Runs a test for upstream's controller and then for ours, each in a namespace of its own, in a cluster without
    /// keys.
    pub(crate) async fn both(&self, test: impl AsyncFn(Maker, &str) -> Result<()>) -> Result<()> {
        let _turn = self.turn.lock().await;
        for maker in [Maker::Upstream, Maker::Ours] {
            self.secrets().delete_collection(&DeleteParams::default(), &ListParams::default()).await?;
            let play = async |namespace: &str| {
                test(maker, namespace).await?;
                // Before the keys are deleted: the next controller would find all SealedSecrets broken.
                let sealed: Api<ObservedSealedSecret> = Api::namespaced(self.lab.client(), namespace);
                sealed.delete_collection(&DeleteParams::default(), &ListParams::default()).await?;
                Ok(())
            };
            let played = with_temp_ns(&self.lab, play).await;
            played.map_err(|error| error.context(format!("{maker:?}")))?;
        }
        Ok(())
    }

    /// Starts a controller, and waits until it is ready. Its keys are small, unless a flag says otherwise.
    pub(crate) async fn start(&self, maker: Maker, flags: Flags<'_>) -> Result<Pod> {
        let pod = Pod::of(&self.chart.deployment()?).maker(maker).flag("key-size", "2048");
        let pod = match maker {
            // A killed leader keeps its Lease, and the next one would wait for it.
            Maker::Ours => pod.flag("leader-elect", "false"),
            Maker::Upstream => pod,
        };
        let pod = flags.iter().fold(pod, |pod, (name, value)| pod.flag(name, value));
        let mut pod = pod.start(&self.lab).await?;
        pod.wait_ready().await?;
        Ok(pod)
    }

    /// Stops the controller. Ours must exit with success.
    pub(crate) async fn stop(&self, maker: Maker, pod: Pod) -> Result<()> {
        let status = pod.stop().await?;
        ensure!(maker == Maker::Upstream || status.success(), "our controller ended with {status}");
        Ok(())
    }

    /// The certificate that is served.
    pub(crate) async fn served(&self) -> Result<String> {
        let pem = self.lab.kubeseal(Maker::Ours)?.output(&["--fetch-cert"], b"").await?;
        Ok(String::from_utf8(pem)?)
    }

    /// The Secrets beside the controller.
    pub(crate) fn secrets(&self) -> Api<Secret> {
        Api::namespaced(self.lab.client(), HOME)
    }

    /// The sealing keys.
    pub(crate) async fn keys(&self) -> Result<Vec<Secret>> {
        Ok(self.secrets().list(&ListParams::default().labels(sealing_key::LABEL)).await?.items)
    }
}
