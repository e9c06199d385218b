//! `keys backup`.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, DeleteParams, PostParams};
use serde_json::json;
use tests::lab::Maker;

use crate::stage::{HOME, IDENTITY, RECIPIENT, STRANGER, Scene, Stage, stop};

/// The Secret that backups are written into.
const OBJECT: &str = "keys-backup";

fn mode(scene: &Scene, name: &str) -> Result<u32> {
    Ok(std::fs::metadata(scene.folder.path().join(name))?.permissions().mode() & 0o777)
}

/// Whether these bytes hold no private key, in any form.
fn is_closed(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    // "-----BEGIN RSA" in base64, and the name of the field.
    !["LS0tLS1CRUdJTiBSU0", "PRIVATE KEY", "tls.key"].iter().any(|words| text.contains(words))
}

pub(crate) async fn encrypted_to_age_and_to_a_passphrase(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            let empty =
                scene.keys(&["backup", "--recipient", RECIPIENT, "-o", "none.age"]).await?.failure(1)?;
            ensure!(empty.contains("there is no sealing key to back up"), "{empty}");
            ensure!(scene.read("none.age").is_err(), "a file was left");
            let pod = scene.start().await?;
            scene.printed(&["renew"]).await?;
            let before = scene.all_at_once().await?;
            let sealed = scene.unsealed("db", "worth-it").await?.to_string();
            scene.write("to.txt", format!("# the admins\n\n{RECIPIENT}\n"))?;
            scene.write("me.txt", format!("# mine\n{IDENTITY}\n"))?;
            scene.write("stranger.txt", STRANGER)?;
            scene.write("pass.txt", "correct horse battery staple\n")?;
            scene.write("wrong.txt", "incorrect horse battery staple\n")?;

            for (file, lock, unlock, wrong, words) in [
                (
                    "a.age",
                    ["--recipient", RECIPIENT],
                    ["--identity", "me.txt"],
                    ["--identity", "stranger.txt"],
                    "other recipients",
                ),
                (
                    "b.age",
                    ["--recipients-file", "to.txt"],
                    ["-i", "me.txt"],
                    ["--passphrase-file", "pass.txt"],
                    "--identity FILE",
                ),
                (
                    "c.age",
                    ["--passphrase-file", "pass.txt"],
                    ["--passphrase-file", "pass.txt"],
                    ["--passphrase-file", "wrong.txt"],
                    "passphrase is another",
                ),
            ] {
                let printed = scene.printed(&[&["backup", "-o", file][..], &lock].concat()).await?;
                ensure!(printed == format!("{file}: 2 sealing keys, encrypted\n"), "{printed}");
                ensure!(mode(scene, file)? == 0o600 && is_closed(&scene.read(file)?), "{file}");
                let again = scene.keys(&[&["backup", "-o", file][..], &lock].concat()).await?.failure(1)?;
                ensure!(again.contains("is there already") && again.contains("--force"), "{again}");
                let refused = scene.keys(&[&["restore", file][..], &wrong].concat()).await?.failure(1)?;
                ensure!(refused.contains(words) && refused.contains("hint: "), "{refused}");

                scene.lose_keys().await?;
                scene.printed(&[&["restore", file][..], &unlock].concat()).await?;
                ensure!(scene.all_at_once().await? == before, "{file}");
                let kubeseal = scene.lab.kubeseal(Maker::Ours)?.current_dir(scene.folder.path());
                let recovery = ["--recovery-unseal", "--recovery-private-key", file];
                let opened = kubeseal.output(&[&recovery[..], &unlock].concat(), sealed.as_bytes()).await?;
                let opened: serde_json::Value = serde_json::from_slice(&opened)?;
                ensure!(opened["data"]["password"] == "d29ydGgtaXQ=", "{file}");
            }
            scene.printed(&["backup", "-o", "a.age", "--force", "--recipient", RECIPIENT]).await?;
            let printed = scene.keys(&["backup", "--recipient", RECIPIENT]).await?.success()?;
            ensure!(printed.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----") && is_closed(&printed));
            ensure!(std::fs::read_dir(scene.folder.path())?.count() == 8, "something was left behind");

            for (args, words) in [
                (&["backup", "-o", "x", "--recipient", IDENTITY][..], "is not a public key"),
                (
                    &["backup", "-o", "x", "--recipients-file", "me.txt"],
                    "line 2 of me.txt is not a public key",
                ),
                (&["backup", "-o", "x", "--passphrase-file", "nowhere"], "cannot read the passphrase"),
                (&["backup", "-o", "x"], "a passphrase is needed, and there is no terminal"),
                (&["backup", "-o", "no/such/x", "--recipient", RECIPIENT], "cannot write no/such/x"),
                (&["restore", "a.age"], "no identity was given"),
            ] {
                let error = scene.keys(args).await?.failure(1)?;
                ensure!(error.contains(words) && error.contains("hint: "), "{error}");
                ensure!(!error.contains("AGE-SECRET-KEY"), "{error}");
            }
            stop(pod).await
        })
        .await
}

pub(crate) async fn plain_is_what_others_read(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            let pod = scene.start().await?;
            scene.printed(&["renew"]).await?;
            let before = scene.all_at_once().await?;
            let sealed = scene.unsealed("db", "worth-it").await?;
            let printed = scene.printed(&["backup", "--plain", "-o", "keys.yaml"]).await?;
            ensure!(printed.contains("not encrypted") && mode(scene, "keys.yaml")? == 0o600, "{printed}");
            let text = String::from_utf8(scene.read("keys.yaml")?)?;
            for gone in ["resourceVersion", "uid", "managedFields", "sealedsecrets.bitnami.com/renew"] {
                ensure!(!text.contains(gone), "{gone} is in it");
            }
            ensure!(text.starts_with("apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n"));
            ensure!(text.contains("creationTimestamp: "));

            // Both kubeseals open with it, and kubectl restores it.
            for maker in [Maker::Ours, Maker::Upstream] {
                let kubeseal = scene.lab.kubeseal(maker)?.current_dir(scene.folder.path());
                let args = ["--recovery-unseal", "--recovery-private-key", "keys.yaml"];
                let opened = kubeseal.output(&args, sealed.to_string().as_bytes()).await?;
                let opened: serde_json::Value = serde_json::from_slice(&opened)?;
                ensure!(opened["data"]["password"] == "d29ydGgtaXQ=", "{maker:?}");
            }
            stop(pod).await?;
            scene.lose_keys().await?;
            let kubectl = scene.lab.programs.path(tests::programs::program::Program::Kubectl)?;
            let kubectl = tests::process::cli::Cli::new(kubectl)
                .kubeconfig(&scene.lab.control_plane.kubeconfig())
                .current_dir(scene.folder.path());
            kubectl.output(&["apply", "-f", "keys.yaml"], b"").await?;
            ensure!(scene.all_at_once().await? == before);
            let printed = scene.keys(&["backup", "--plain"]).await?.success()?;
            ensure!(printed.starts_with(b"apiVersion: v1\nkind: List\n"));
            Ok(())
        })
        .await
}

/// A tool copies the item `keys.age` alone: it has the newest key whatever was deleted, and no key is lost by that.
pub(crate) async fn in_an_object_the_newest_keys_have_one_name(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            let pod = scene.start().await?;
            scene.printed(&["renew"]).await?;
            let objects: Api<Secret> = scene.secrets();
            let empty = json!({ "metadata": { "name": OBJECT } });
            objects.create(&PostParams::default(), &serde_json::from_value(empty)?).await?;
            scene.write("me.txt", IDENTITY)?;
            let into = format!("--into=secret/{OBJECT}");
            let backup = ["backup", &into, "--recipient", RECIPIENT];
            let items = async || {
                let data = objects.get(OBJECT).await?.data.unwrap_or_default();
                for (item, value) in &data {
                    scene.write(item, &value.0)?;
                }
                anyhow::Ok(data.into_keys().collect::<Vec<_>>())
            };
            let has_newest = ["backup", "--check", "keys.age", "-i", "me.txt"];
            let first = scene.keys(&backup).await?;
            ensure!(first.stderr.is_empty() && first.status.success(), "{first:?}");
            ensure!(items().await? == ["keys.age"]);
            scene.printed(&has_newest).await?;

            let (lost, _, name) = scene.all().await?.pop().context("no key")?;
            scene.lose_key(&name, &pod).await?;
            scene.printed(&["renew"]).await?;
            for _ in 0..2 {
                let warning = scene.keys(&backup).await?;
                let words = format!("keys-old-1.age in secret/{OBJECT} has 1 key");
                ensure!(warning.status.success() && warning.stderr.contains(&words), "{warning:?}");
                ensure!(items().await? == ["keys-old-1.age", "keys.age"]);
                scene.printed(&has_newest).await?;
            }

            scene.printed(&["restore", "keys-old-1.age", "-i", "me.txt"]).await?;
            ensure!(scene.all().await?.iter().any(|key| key.0 == lost), "{lost} is not back");
            let last = scene.keys(&backup).await?;
            ensure!(last.status.success() && last.stderr.is_empty(), "{last:?}");
            ensure!(items().await? == ["keys.age"]);
            objects.delete(OBJECT, &DeleteParams::default()).await?;
            stop(pod).await
        })
        .await
}

pub(crate) async fn without_rights_it_says_what_is_missing(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            let pod = scene.start().await?;
            let key = scene.newest().await?;
            let args = |verb: &'static [&'static str]| {
                [verb, &["--as", "nobody", "--controller-namespace", HOME]].concat()
            };
            for verb in [&["list"][..], &["renew"], &["retire", "0123456789ab"], &["backup", "--plain"]] {
                let error = scene.keys(&args(verb)).await?.failure(1)?;
                ensure!(error.contains("your user may not do that"), "{error}");
                ensure!(error.contains("the right to list secrets in namespace kube-system"), "{error}");
            }
            ensure!(scene.newest().await? == key);
            stop(pod).await
        })
        .await
}
