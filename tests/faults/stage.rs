//! What each test gets: a scene of its own, with a namespace for the controller, and one in which it unseals.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::{ObservedSecret, sealing_key};
use k8s_openapi::api::core::v1::Secret;
use kube::Client;
use kube::api::{Api, ListParams};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use tests::chart::Chart;
use tests::chart::rendered::Rendered;
use tests::control_plane::ControlPlane;
use tests::lab::{Lab, Maker};
use tests::network::http_client::http_client;
use tests::pod::Pod;
use tests::pod::builder::PodBuilder;
use tests::process::cli::Cli;
use tests::programs::program::Program;
use tests::test::eventually::eventually;
use tests::test::temp_namespace::with_temp_ns;
use tests::user::person::Person;

use crate::scene::audit::{one_key_for_each_date, unseen};
use crate::scene::witness::Witness;

/// Every sealed value begins with this. No log may show it.
pub(crate) const CANARY: &str = "canary-7f3a9c-";

pub(crate) struct Stage {
    pub lab: Arc<Lab>,
}

pub(crate) async fn set(lab: Arc<Lab>) -> Result<Arc<Stage>> {
    lab.install(&lab.chart("kube-system")?.render().await?).await?;
    Ok(Arc::new(Stage { lab }))
}

impl Stage {
    /// Runs a test beside the others.
    pub(crate) async fn play(&self, test: impl AsyncFnOnce(&Scene) -> Result<()>) -> Result<()> {
        play(&self.lab, test).await
    }

    /// Runs a test on a control plane of its own, which it may stop and restart.
    pub(crate) async fn play_apart(&self, test: impl AsyncFnOnce(&Scene) -> Result<()>) -> Result<()> {
        let control_plane = ControlPlane::start(&self.lab.programs).await?;
        let (programs, binaries) = (self.lab.programs.clone(), self.lab.binaries.clone());
        let lab = Arc::new(Lab { programs, binaries, control_plane });
        lab.install(&lab.chart("kube-system")?.render().await?).await?;
        let played = play(&lab, test).await;
        lab.stop().await?;
        played
    }
}

async fn play(lab: &Arc<Lab>, test: impl AsyncFnOnce(&Scene) -> Result<()>) -> Result<()> {
    let seed = match std::env::var("FAULTS_SEED") {
        Ok(seed) => seed.parse().context("FAULTS_SEED is no number")?,
        Err(_) => rand::random_range(0..1_000_000),
    };
    let played = with_temp_ns(lab, async |home| {
        with_temp_ns(lab, async |namespace| {
            let scene = Scene::set(lab, home, namespace, seed).await?;
            let witness = Witness::of(lab.client(), namespace).await?;
            test(&scene).await?;
            witness.testify()?;
            if !scene.expected.refusals.load(Ordering::Relaxed) {
                witness.saw_no_refusal()?;
            }
            one_key_for_each_date(&scene, scene.expected.keys.load(Ordering::Relaxed)).await?;
            unseen(&scene)
        })
        .await
    });
    played.await.with_context(|| format!("the dice were cast with FAULTS_SEED={seed}"))
}

/// A controller that is not started yet, and a namespace for it.
pub(crate) struct Scene {
    pub lab: Arc<Lab>,
    /// The controller's namespace, with its keys.
    pub home: String,
    /// The only namespace that it watches beside its home, so that scenes can run side by side.
    pub namespace: String,
    pub person: Person,
    pub seed: u64,
    chart: Rendered,
    expected: Expected,
}

/// What is checked when the test is over.
struct Expected {
    keys: AtomicUsize,
    refusals: AtomicBool,
}

/// One value, sealed so that it opens under any name.
#[derive(Clone)]
pub(crate) struct Sealed {
    pub value: String,
    object: Value,
}

impl Sealed {
    /// The SealedSecret, with a name that the caller replaces.
    pub(crate) fn object(&self) -> Value {
        self.object.clone()
    }
}

impl Scene {
    async fn set(lab: &Arc<Lab>, home: &str, namespace: &str, seed: u64) -> Result<Self> {
        let chart = Chart::new(lab.programs.path(Program::Helm)?, home).set("fullnameOverride", home);
        let chart = chart.render().await?;
        lab.install(&chart).await?;
        let (person, lab) = (Person::with(lab, Maker::Ours)?, Arc::clone(lab));
        let expected = Expected { keys: AtomicUsize::new(1), refusals: AtomicBool::new(false) };
        Ok(Self { lab, home: home.into(), namespace: namespace.into(), person, seed, chart, expected })
    }

    /// Sets the number of keys at the end of the test. It is one by default.
    pub(crate) fn expects_keys(&self, count: usize) {
        self.expected.keys.store(count, Ordering::Relaxed);
    }

    /// Allows SealedSecrets that cannot be unsealed for a while. By default no status may report one.
    pub(crate) fn expects_refusals(&self) {
        self.expected.refusals.store(true, Ordering::Relaxed);
    }

    /// The same namespace with another home: for a second controller with keys of its own.
    pub(crate) async fn in_another_home(&self, home: &str) -> Result<Self> {
        Self::set(&self.lab, home, &self.namespace, self.seed).await
    }

    pub(crate) fn client(&self) -> Client {
        self.lab.client()
    }

    pub(crate) fn dice(&self) -> StdRng {
        StdRng::seed_from_u64(self.seed)
    }

    /// A controller to be started. Its keys are small, because their size is not tested here.
    pub(crate) fn pod(&self) -> Result<PodBuilder> {
        Ok(Pod::of(&self.chart.deployment()?)
            .flag("key-size", "2048")
            // It is alone in its namespace; a killed leader's Lease would delay the next controller. Elections are
            // tested in `replicas`.
            .flag("leader-elect", "false")
            .flag("all-namespaces", "false")
            .flag("additional-namespaces", &self.namespace))
    }

    pub(crate) async fn start(&self) -> Result<Pod> {
        started(self.pod()?, &self.lab).await
    }

    /// Seals `count` values with the certificate that the controller serves.
    pub(crate) async fn seal(&self, pod: &Pod, count: usize) -> Result<Vec<Sealed>> {
        self.seal_in_scope(pod, count, "namespace-wide").await
    }

    /// Seals a value that opens in any namespace.
    pub(crate) async fn seal_for_any_place(&self, pod: &Pod) -> Result<Sealed> {
        self.seal_in_scope(pod, 1, "cluster-wide").await?.pop().context("nothing sealed")
    }

    /// The certificate that the controller serves, as PEM.
    pub(crate) async fn certificate(&self, pod: &Pod) -> Result<String> {
        let http = http_client().build()?;
        let served = http.get(format!("{}/v1/cert.pem", pod.url())).send().await?.error_for_status()?;
        Ok(served.text().await?)
    }

    async fn seal_in_scope(&self, pod: &Pod, count: usize, scope: &str) -> Result<Vec<Sealed>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("cert.pem");
        std::fs::write(&path, self.certificate(pod).await?)?;
        let path = path.display().to_string();
        let kubeseal = Cli::new(&self.lab.binaries.kubeseal);
        let mut sealed = Vec::new();
        for number in 0..count {
            let value = format!("{CANARY}{number}-{:08x}", rand::random::<u32>());
            let secret = Person::secret(&self.namespace, "any", &json!({ "v": value }));
            let args = ["--cert", &path, "--scope", scope];
            let object = kubeseal.output(&args, secret.to_string().as_bytes()).await?;
            sealed.push(Sealed { value, object: serde_json::from_slice(&object)? });
        }
        Ok(sealed)
    }

    /// `kubectl apply`.
    pub(crate) async fn apply(&self, name: &str, sealed: &Sealed) -> Result<()> {
        self.apply_in(&self.namespace, name, sealed).await
    }

    /// `kubectl apply` in another namespace, for a value that opens in any.
    pub(crate) async fn apply_in(&self, namespace: &str, name: &str, sealed: &Sealed) -> Result<()> {
        let mut object = sealed.object.clone();
        object["metadata"]["name"] = json!(name);
        object["metadata"]["namespace"] = json!(namespace);
        self.person.apply(&object).await
    }

    /// The controller's keys, with any value of the label.
    pub(crate) async fn keys(&self) -> Result<Vec<Secret>> {
        let secrets: Api<ObservedSecret> = Api::namespaced(self.client(), &self.home);
        let keys = secrets.list(&ListParams::default().labels(sealing_key::LABEL)).await?;
        Ok(keys.into_iter().map(ObservedSecret::into_known).collect())
    }

    /// Waits until there are `count` keys.
    pub(crate) async fn sees_keys(&self, count: usize, longest: Duration) -> Result<()> {
        eventually(longest, &format!("there are {count} keys"), async || {
            let keys = self.keys().await?;
            ensure!(keys.len() == count, "{} keys", keys.len());
            Ok(())
        })
        .await
    }
}

pub(crate) async fn started(pod: PodBuilder, lab: &Lab) -> Result<Pod> {
    let mut pod = pod.start(lab).await?;
    pod.wait_ready().await?;
    Ok(pod)
}

/// Stops the controller, which must exit with success.
pub(crate) async fn stop(pod: Pod) -> Result<()> {
    let status = pod.stop().await?;
    ensure!(status.success(), "the controller ended with {status}");
    Ok(())
}
