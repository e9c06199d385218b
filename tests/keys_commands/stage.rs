//! What each test gets: a cluster without SealedSecrets and keys, a user of kubeseal-rs, and a folder.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::{Condition, ConditionStatus, ObservedSealedSecret, sealing_key};
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::chart::rendered::Rendered;
use tests::control_plane::ControlPlane;
use tests::lab::{Lab, Maker};
use tests::pod::Pod;
use tests::pod::builder::PodBuilder;
use tests::process::cli::{Cli, CliOutput};
use tests::programs::program::Program;
use tests::test::eventually::eventually;
use tests::test::temp_namespace::with_temp_ns;
use tests::user::person::Person;
use tokio::sync::Mutex;

/// The namespace of the controller and its keys.
pub(crate) const HOME: &str = "kube-system";

/// Longer than anything takes.
pub(crate) const SOON: Duration = Duration::from_mins(1);

/// An identity of age, and its recipient. Made for these tests, and used nowhere else.
pub(crate) const IDENTITY: &str =
    "AGE-SECRET-KEY-1RS0RFZUWV29JTLAFGJYUCS9F4PN3SCY0QVEJHDZW3AQXZXQ3LQCQ6H8VFV";
pub(crate) const RECIPIENT: &str = "age1unwpu3ucka8pgmv6y93upyxphy6rle3c4qlxp8ltpx36wz6ggpps9ecg45";
/// The recipient of another identity.
pub(crate) const STRANGER: &str =
    "AGE-SECRET-KEY-16V44DRTLSV067T4WZ0UV8ZH9DEP64UF6TQLW3A7JF3G57HWDFW0S49MZNE";

pub(crate) struct Stage {
    lab: Arc<Lab>,
    turn: Mutex<()>,
}

pub(crate) async fn set(lab: Arc<Lab>) -> Result<Arc<Stage>> {
    lab.install(&lab.chart(HOME)?.render().await?).await?;
    Ok(Arc::new(Stage { lab, turn: Mutex::new(()) }))
}

impl Stage {
    /// Runs a test alone.
    pub(crate) async fn alone(&self, test: impl AsyncFnOnce(&Scene) -> Result<()>) -> Result<()> {
        let _turn = self.turn.lock().await;
        let scene = Scene::set(&self.lab).await?;
        scene.sweep().await?;
        with_temp_ns(&self.lab, async |namespace| test(&Scene { namespace: namespace.into(), ..scene }).await)
            .await
    }

    /// Runs a test on a control plane of its own, which it may stop and restart.
    pub(crate) async fn apart(&self, test: impl AsyncFnOnce(&Scene) -> Result<()>) -> Result<()> {
        let _turn = self.turn.lock().await;
        let control_plane = ControlPlane::start(&self.lab.programs).await?;
        let (programs, binaries) = (self.lab.programs.clone(), self.lab.binaries.clone());
        let lab = Arc::new(Lab { programs, binaries, control_plane });
        lab.install(&lab.chart(HOME)?.render().await?).await?;
        let scene = Scene { namespace: "default".into(), ..Scene::set(&lab).await? };
        let played = test(&scene).await;
        lab.stop().await?;
        played
    }
}

pub(crate) struct Scene {
    pub lab: Arc<Lab>,
    pub person: Person,
    /// The namespace in which it unseals.
    pub namespace: String,
    /// The working directory of kubeseal-rs.
    pub folder: TempDir,
    pub kubeseal: Cli,
    chart: Rendered,
}

/// Fingerprint, state, and name of the Secret.
pub(crate) type Key = (String, String, String);

impl Scene {
    async fn set(lab: &Arc<Lab>) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        Ok(Self {
            lab: Arc::clone(lab),
            person: Person::with(lab, Maker::Ours)?,
            namespace: String::new(),
            kubeseal: lab.kubeseal(Maker::Ours)?.current_dir(folder.path()),
            folder,
            chart: lab.chart(HOME)?.render().await?,
        })
    }

    /// Deletes the SealedSecrets of earlier tests, which need keys.
    async fn sweep(&self) -> Result<()> {
        self.secrets().delete_collection(&DeleteParams::default(), &ListParams::default()).await?;
        let all: Api<ObservedSealedSecret> = Api::all(self.lab.client());
        eventually(SOON, "the SealedSecrets of earlier tests are gone", async || {
            let left = all.list(&ListParams::default()).await?.items.len();
            ensure!(left == 0, "{left} are left");
            Ok(())
        })
        .await
    }

    /// A controller to be started. Its keys are small, because their size is not tested here.
    pub(crate) fn pod(&self) -> Result<PodBuilder> {
        Ok(Pod::of(&self.chart.deployment()?).flag("key-size", "2048"))
    }

    /// Starts a controller and waits until it is ready.
    pub(crate) async fn start(&self) -> Result<Pod> {
        let mut pod = self.pod()?.start(&self.lab).await?;
        pod.wait_ready().await?;
        Ok(pod)
    }

    /// The Secrets beside the controller.
    pub(crate) fn secrets(&self) -> Api<Secret> {
        Api::namespaced(self.lab.client(), HOME)
    }

    /// Runs `kubeseal-rs keys …`.
    pub(crate) async fn keys(&self, args: &[&str]) -> Result<CliOutput> {
        self.kubeseal.run(&[&["keys"], args].concat(), b"").await
    }

    /// The standard output of `kubeseal-rs keys …`, which must succeed.
    pub(crate) async fn printed(&self, args: &[&str]) -> Result<String> {
        Ok(String::from_utf8(self.keys(args).await?.success()?)?)
    }

    /// Runs the first command in backticks of a message that begins with these words, as a shell does; what it prints, errors included.
    pub(crate) async fn follow(&self, message: &str, words: &str) -> Result<String> {
        let line = message.split('`').skip(1).step_by(2).find(|line| line.starts_with(words));
        let line = line.with_context(|| format!("no `{words}…` in {message}"))?;
        let programs = tempfile::tempdir()?;
        for (name, path) in [
            ("kubeseal-rs", self.lab.binaries.kubeseal.as_path()),
            ("kubectl", self.lab.programs.path(Program::Kubectl)?),
        ] {
            std::os::unix::fs::symlink(path, programs.path().join(name))?;
        }
        let line = format!("PATH={}:$PATH; set -e; {{ {line}; }} 2>&1", programs.path().display());
        let shell = Cli::new(Path::new("/bin/sh")).kubeconfig(&self.lab.control_plane.kubeconfig());
        let printed = shell.current_dir(self.folder.path()).output(&["-c", &line], b"").await?;
        Ok(String::from_utf8(printed)?)
    }

    /// `kubeseal-rs keys list -o json …`.
    pub(crate) async fn listing(&self, paths: &[&str]) -> Result<Value> {
        let text = self.printed(&[&["list", "-o", "json"], paths].concat()).await?;
        serde_json::from_str(&text).context("keys list wrote no JSON")
    }

    /// The keys, newest first.
    pub(crate) async fn all(&self) -> Result<Vec<Key>> {
        let listing = self.listing(&[]).await?;
        let keys = listing["keys"].as_array().context("no keys")?;
        let text = |key: &Value, field: &str| key[field].as_str().unwrap_or_default().to_owned();
        Ok(keys
            .iter()
            .map(|key| (text(key, "fingerprint"), text(key, "state"), text(key, "secret")))
            .collect())
    }

    /// The keys as a set, to compare.
    pub(crate) async fn all_at_once(&self) -> Result<BTreeSet<Key>> {
        Ok(self.all().await?.into_iter().collect())
    }

    /// The fingerprint of the newest key.
    pub(crate) async fn newest(&self) -> Result<String> {
        Ok(self.all().await?.first().context("no key")?.0.clone())
    }

    /// The certificate that the controller serves.
    pub(crate) async fn served(&self) -> Result<Vec<u8>> {
        self.kubeseal.output(&["--fetch-cert"], b"").await
    }

    /// Seals a Secret of one value with the served certificate.
    pub(crate) async fn seal(&self, name: &str, value: &str) -> Result<Value> {
        self.person.seal(&Person::secret(&self.namespace, name, &json!({ "password": value })), &[]).await
    }

    /// Seals and applies a Secret, and waits until it is unsealed.
    pub(crate) async fn unsealed(&self, name: &str, value: &str) -> Result<Value> {
        let sealed = self.seal(name, value).await?;
        self.person.apply(&sealed).await?;
        self.sees(name, value).await?;
        Ok(sealed)
    }

    /// Waits until the Secret has this value, and the SealedSecret is Synced.
    pub(crate) async fn sees(&self, name: &str, value: &str) -> Result<()> {
        self.person.sees_values(&self.namespace, name, &[("password", value.as_bytes())]).await?;
        self.person.sees_synced(&self.namespace, name, ConditionStatus::True).await.map(drop)
    }

    /// Waits until the condition Compromised exists, or does not.
    pub(crate) async fn sees_compromised(&self, name: &str, wanted: bool) -> Result<String> {
        eventually(SOON, &format!("{name} is compromised: {wanted}"), async || {
            let status = self.person.get_sealed(&self.namespace, name).await?.status.unwrap_or_default();
            let condition = status.condition(Condition::COMPROMISED);
            ensure!(condition.is_some() == wanted, "{:?}", status.conditions);
            ensure!(status.conditions[0].type_ == Condition::SYNCED, "Synced is not the first");
            Ok(condition.and_then(|it| it.message.clone()).unwrap_or_default())
        })
        .await
    }

    /// Labels the key with this fingerprint, as `kubectl label` does.
    pub(crate) async fn label(&self, fingerprint: &str, value: &str) -> Result<()> {
        let keys = self.all().await?;
        let (_, _, name) = keys.into_iter().find(|key| key.0 == fingerprint).context("no such key")?;
        let patch = json!({ "metadata": { "labels": { sealing_key::LABEL: value } } });
        self.secrets().patch(&name, &PatchParams::default(), &Patch::Merge(patch)).await?;
        Ok(())
    }

    /// Deletes a key's Secret, and waits until the controller has seen it: until then it unseals with the key.
    pub(crate) async fn lose_key(&self, name: &str, pod: &Pod) -> Result<()> {
        self.secrets().delete(name, &DeleteParams::default()).await?;
        let line = format!("msg=\"sealing key deleted, or its label removed\" secret={name}");
        eventually(SOON, "the controller has seen the deletion", async || {
            ensure!(pod.logs()?.contains(&line), "its log has no {line}");
            Ok(())
        })
        .await
    }

    /// Deletes every key's Secret.
    pub(crate) async fn lose_keys(&self) -> Result<()> {
        let labelled = ListParams::default().labels(sealing_key::LABEL);
        for key in self.secrets().list(&labelled).await?.items {
            self.secrets().delete(&key.name_any(), &DeleteParams::default()).await?;
        }
        Ok(())
    }

    /// Writes a file into the folder.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> Result<()> {
        std::fs::write(self.folder.path().join(name), text).with_context(|| format!("cannot write {name}"))
    }

    /// Reads a file of the folder.
    pub(crate) fn read(&self, name: &str) -> Result<Vec<u8>> {
        std::fs::read(self.folder.path().join(name)).with_context(|| format!("cannot read {name}"))
    }
}

/// The first digits of a fingerprint, as the programs print it.
pub(crate) fn short(fingerprint: &str) -> &str {
    fingerprint.get(..12).unwrap_or(fingerprint)
}

/// Stops the controller, which must exit with success.
pub(crate) async fn stop(pod: Pod) -> Result<()> {
    let status = pod.stop().await?;
    ensure!(status.success(), "the controller ended with {status}");
    Ok(())
}
