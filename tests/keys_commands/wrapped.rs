//! Wrapped keys and escrow copies: what the commands say of them, and how they come back. No controller opens these.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use api::sealing_key::{ESCROW, LABEL, REWRAP, WRAP, WRAPPED, WRAPPED_KEY, WRAPPED_TYPE};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::KeyPair;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use key_wrapping::{KeyProviders, ProviderEnvironment};
use kube::api::{Api, DeleteParams, ListParams, PostParams};
use serde_json::Value;
use tests::lab::Maker;
use tests::process::cli::Cli;
use tests::programs::Programs;
use tests::programs::program::Program;
use tests::test::eventually::eventually;

use crate::stage::{HOME, IDENTITY, RECIPIENT, SOON, STRANGER, Scene, Stage, short, stop};

/// The name that the keys of these tests are wrapped for.
pub(crate) const CLUSTER: &str = "prod";

/// The Secret of a key in plain, wrapped for the recipient of these tests: not stored yet.
pub(crate) async fn wrap(plain: &Secret, name: &str, label: &str) -> Result<Secret> {
    let data = plain.data.clone().unwrap_or_default();
    let text = |name: &str| {
        let bytes = data.get(name).with_context(|| format!("no {name}"))?;
        anyhow::Ok(String::from_utf8(bytes.0.clone())?)
    };
    let pair = KeyPair::from_pem(&text("tls.key")?, &text("tls.crt")?)?;
    let age = key_wrapping::connect(&RECIPIENT.parse()?, &ProviderEnvironment::default())?;
    let providers = KeyProviders::new(CLUSTER.parse()?, vec![age], Vec::new());
    let document = providers.wrap(&pair, pair.certificate().not_before()).await?;
    let mut wrapped = plain.clone();
    wrapped.metadata = kube::core::ObjectMeta {
        name: Some(name.into()),
        labels: Some([(LABEL.into(), label.into())].into()),
        annotations: plain.metadata.annotations.clone(),
        ..kube::core::ObjectMeta::default()
    };
    wrapped.type_ = Some(WRAPPED_TYPE.into());
    wrapped.data = Some(
        [
            ("tls.crt".into(), ByteString(text("tls.crt")?.into_bytes())),
            (WRAPPED_KEY.into(), ByteString(document.to_json())),
        ]
        .into(),
    );
    Ok(wrapped)
}

/// Puts a wrapped key in the place of the one in plain: the name of its Secret.
pub(crate) async fn replace(scene: &Scene, plain: &str) -> Result<String> {
    let secrets = scene.secrets();
    let name = format!("{plain}-wrapped");
    let wrapped = wrap(&secrets.get(plain).await?, &name, WRAPPED).await?;
    secrets.create(&PostParams::default(), &wrapped).await?;
    secrets.delete(plain, &DeleteParams::default()).await?;
    Ok(name)
}

/// Each document `wrapped.json` beside the controller, in order.
async fn documents(scene: &Scene) -> Result<Vec<Vec<u8>>> {
    let all = scene.secrets().list(&ListParams::default()).await?.items;
    let mut found: Vec<Vec<u8>> =
        all.into_iter().filter_map(|secret| Some(secret.data?.remove(WRAPPED_KEY)?.0)).collect();
    found.sort();
    Ok(found)
}

pub(crate) async fn they_are_listed_backed_up_and_restored_as_they_are(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            let pod = scene.start().await?;
            scene.printed(&["renew"]).await?;
            stop(pod).await?;
            let all = scene.all().await?;
            let [(newest, _, newest_name), (oldest, _, oldest_name)] = &all[..] else {
                anyhow::bail!("{all:?}");
            };
            replace(scene, newest_name).await?;
            let copy = wrap(&scene.secrets().get(oldest_name).await?, "copy", ESCROW).await?;
            scene.secrets().create(&PostParams::default(), &copy).await?;

            let text = scene.printed(&["list"]).await?;
            let lines: Vec<&str> = text.lines().collect();
            ensure!(lines.len() == 3, "{text}");
            ensure!(
                lines[1].starts_with(short(newest)) && lines[1].contains("active, newest  wrapped: age"),
                "{text}"
            );
            ensure!(lines[2].starts_with(short(oldest)) && lines[2].contains("plain + escrow"), "{text}");
            let warned = scene.keys(&["list", "--warn=always"]).await?;
            ensure!(
                warned.stderr.contains(&format!("keys are in plain beside wrapped ones: {}", short(oldest))),
                "{}",
                warned.stderr
            );

            scene.write("me.txt", IDENTITY)?;
            let before = documents(scene).await?;
            let printed = scene.printed(&["backup", "-r", RECIPIENT, "-o", "keys.age"]).await?;
            ensure!(
                printed.contains("2 sealing keys (1 plain, 1 wrapped) and 1 escrow copy, encrypted"),
                "{printed}"
            );
            ensure!(printed.contains(&format!("--cluster-name={CLUSTER}")), "{printed}");
            let printed = scene.printed(&["backup", "--check", "keys.age", "-i", "me.txt"]).await?;
            ensure!(
                printed.contains(&format!("has the newest key, {} (wrapped: age", short(newest))),
                "{printed}"
            );
            scene.lose_keys().await?;
            // The cluster name binds a wrapped key, and not the namespace.
            let elsewhere = ["restore", "keys.age", "-i", "me.txt", "--controller-namespace", "default"];
            let printed = scene.printed(&elsewhere).await?;
            ensure!(printed.matches("Secret default/").count() == 3, "{printed}");
            let there: Api<Secret> = Api::namespaced(scene.lab.client(), "default");
            let keys = ListParams::default().labels(LABEL);
            there.delete_collection(&DeleteParams::default(), &keys).await?;
            let restored = scene.printed(&["restore", "keys.age", "-i", "me.txt"]).await?;
            ensure!(restored.contains(&format!("{} is restored, wrapped: age", short(newest))), "{restored}");
            ensure!(restored.contains(&format!("--cluster-name={CLUSTER}")), "{restored}");
            ensure!(documents(scene).await? == before, "a document was changed");
            let again = scene.printed(&["restore", "keys.age", "-i", "me.txt"]).await?;
            ensure!(again.matches(" is there already").count() == 3, "{again}");
            Ok(())
        })
        .await
}

/// Each key is opened on this machine, and either controller goes on with it.
pub(crate) async fn unwrapped_keys_are_those_of_before_for_either_controller(
    stage: Arc<Stage>,
) -> Result<()> {
    stage
        .alone(async |scene| {
            let pod = scene.start().await?;
            let in_git = scene.seal("old", "1").await?;
            scene.printed(&["renew"]).await?;
            let newer = scene.unsealed("new", "2").await?;
            stop(pod).await?;
            let before = scene.all().await?;
            for (_, _, name) in &before {
                replace(scene, name).await?;
            }
            scene.write("me.txt", format!("# mine\n{IDENTITY}\n"))?;
            scene.write("stranger.txt", STRANGER)?;

            let refused =
                scene.keys(&["unwrap", "--all", "--yes", "-i", "stranger.txt"]).await?.failure(1)?;
            ensure!(
                refused.contains(&format!("give the identity of {RECIPIENT} with --identity FILE")),
                "{refused}"
            );
            let elsewhere = ["unwrap", "--all", "--yes", "-i", "me.txt", "--cluster-name", "test"];
            let refused = scene.keys(&elsewhere).await?.failure(1)?;
            ensure!(
                refused.contains("it was wrapped for the cluster prod, and this one is test"),
                "{refused}"
            );
            let printed = scene.printed(&["unwrap", "--all", "-i", "me.txt", "--dry-run"]).await?;
            ensure!(printed.matches("and would be stored in plain").count() == 2, "{printed}");
            ensure!(documents(scene).await?.len() == 2, "a dry run did something");
            let ran = scene.keys(&["unwrap", "--all", "--yes", "-i", "me.txt", "--warn=always"]).await?;
            ensure!(ran.stderr.contains("the private keys lie in etcd in plain now"), "{}", ran.stderr);
            let printed = String::from_utf8(ran.success()?)?;
            ensure!(
                printed.matches("is deleted").count() == 2 && documents(scene).await?.is_empty(),
                "{printed}"
            );
            let after = scene.all().await?;
            for (key, was) in after.iter().zip(&before) {
                ensure!(
                    (&key.0, &key.1) == (&was.0, &was.1) && key.2 == format!("{}-plain", was.2),
                    "{after:?}"
                );
            }

            let upstreams = scene.pod()?.maker(Maker::Upstream).start(&scene.lab).await?;
            scene.person.apply(&in_git).await?;
            scene.sees("old", "1").await?;
            upstreams.stop().await?;
            let pod = scene.start().await?;
            scene.person.delete_sealed(&scene.namespace, "new").await?;
            scene.person.apply(&newer).await?;
            scene.sees("new", "2").await?;
            ensure!(scene.all().await?.len() == 2, "another key was made");
            stop(pod).await
        })
        .await
}

/// The cluster is gone. What is left: Git, the backup, and the identity in the safe.
pub(crate) async fn a_lost_cluster_comes_back_with_the_identity_in_the_safe(stage: Arc<Stage>) -> Result<()> {
    stage
        .apart(async |scene| {
            let pod = scene.start().await?;
            let sealed = scene.unsealed("db", "worth-it").await?;
            let (key, _, name) = scene.all().await?.remove(0);
            stop(pod).await?;
            replace(scene, &name).await?;
            scene.write("me.txt", IDENTITY)?;
            // The backup is for other recipients than the keys in it.
            scene.write("pass.txt", "correct horse battery staple\n")?;
            scene.printed(&["backup", "--passphrase-file", "pass.txt", "-o", "keys.age"]).await?;
            scene.lab.control_plane.lose_data().await?;

            let kubeseal = scene.lab.kubeseal(Maker::Ours)?.current_dir(scene.folder.path());
            let recovery =
                ["--recovery-unseal", "--recovery-private-key", "keys.age", "--passphrase-file", "pass.txt"];
            let text = sealed.to_string();
            let refused = kubeseal.run(&recovery, text.as_bytes()).await?.failure(1)?;
            ensure!(refused.contains(RECIPIENT) && refused.contains("--identity FILE"), "{refused}");
            let opened =
                kubeseal.output(&[&recovery[..], &["-i", "me.txt"]].concat(), text.as_bytes()).await?;
            let opened: Value = serde_json::from_slice(&opened)?;
            ensure!(opened["data"]["password"] == "d29ydGgtaXQ=", "{opened}");

            scene.printed(&["restore", "keys.age", "--passphrase-file", "pass.txt"]).await?;
            scene.printed(&["unwrap", "--all", "--yes", "--identity", "me.txt"]).await?;
            scene.lab.install(&scene.lab.chart(HOME)?.render().await?).await?;
            let pod = scene.start().await?;
            scene.person.apply(&sealed).await?;
            scene.sees("db", "worth-it").await?;
            ensure!(scene.newest().await? == key, "another key is the newest");
            stop(pod).await
        })
        .await
}

/// What the controller does is done here by the test.
pub(crate) async fn a_request_to_wrap_ends_once_the_wrapped_key_is_alone(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            stop(scene.start().await?).await?;
            let (key, _, name) = scene.all().await?.remove(0);
            let answer = async |annotation: &str, name: &str| {
                eventually(SOON, "the request is there", async || {
                    let annotations = scene.secrets().get(name).await?.metadata.annotations;
                    ensure!(annotations.unwrap_or_default().contains_key(annotation), "it is not");
                    Ok(())
                })
                .await
            };
            let wrap = async || scene.keys(&["wrap", "--all"]).await;
            let (ran, replaced) = tokio::join!(wrap(), async {
                answer(WRAP, &name).await?;
                replace(scene, &name).await
            });
            let (ran, wrapped) = (ran?, replaced?);
            ensure!(ran.stderr.contains("still have these keys in plain"), "{}", ran.stderr);
            let printed = String::from_utf8(ran.success()?)?;
            ensure!(
                printed == format!("{} is wrapped: age (Secret {HOME}/{wrapped})\n", short(&key)),
                "{printed}"
            );

            let ran = scene.keys(&["rewrap", &key, "--timeout", "1s"]).await?.failure(1)?;
            ensure!(ran.contains("the controller did not wrap these keys anew within 1 s"), "{ran}");
            let shown = scene.follow(&ran, "kubectl events").await?;
            ensure!(!shown.contains("unknown"), "{shown}");
            answer(REWRAP, &wrapped).await
        })
        .await
}

/// The program `age` is the peer for what a slot of an age recipient holds.
pub(crate) async fn the_age_program_opens_the_slot_of_its_recipient(stage: Arc<Stage>) -> Result<()> {
    let programs = tokio::task::spawn_blocking(|| Programs::ready(&Program::AGE)).await??;
    stage
        .alone(async |scene| {
            stop(scene.start().await?).await?;
            let (_, _, name) = scene.all().await?.remove(0);
            replace(scene, &name).await?;
            scene.write("me.txt", IDENTITY)?;
            let identity = scene.folder.path().join("me.txt").display().to_string();
            let document: Value = serde_json::from_slice(&documents(scene).await?[0])?;
            let slot = document["slots"][0]["wrapped"].as_str().context("no slot")?;
            let age = Cli::new(programs.path(Program::Age)?);
            let key =
                age.output(&["--decrypt", "--identity", &identity], &BASE64_STANDARD.decode(slot)?).await?;
            ensure!(key.len() == 32, "a data key of {} bytes", key.len());
            Ok(())
        })
        .await
}
