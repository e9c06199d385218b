//! Wrapped keys and escrow copies: what the commands say of them, and how they come back. No controller opens these.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use api::sealing_key::{ESCROW, LABEL, WRAPPED, WRAPPED_KEY, WRAPPED_TYPE};
use envelope::KeyPair;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use key_wrapping::{KeyProviders, ProviderEnvironment};
use kube::api::{Api, DeleteParams, ListParams, PostParams};

use crate::stage::{IDENTITY, RECIPIENT, Scene, Stage, short, stop};

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
