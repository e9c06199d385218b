//! `reseal --live`.

use std::sync::Arc;

use anyhow::{Result, ensure};
use api::SealedSecret;
use api::annotations::CERTIFICATE_FINGERPRINT;
use kube::ResourceExt as _;
use kube::api::{Api, Patch, PatchParams};
use tests::process::cli::CliOutput;
use tests::test::eventually::eventually;

use crate::stage::{SOON, Scene, Stage, short, stop};

async fn reseal(scene: &Scene, arguments: &[&str]) -> Result<CliOutput> {
    scene.kubeseal.run(&[&["reseal", "--live"], arguments].concat(), b"").await
}

pub(crate) async fn what_lives_in_the_cluster_is_resealed_there(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |scene| {
            let pod = scene.start().await?;
            let (old, before) = (scene.newest().await?, scene.served().await?);
            let namespace = scene.namespace.as_str();
            let objects: Api<SealedSecret> = Api::namespaced(scene.lab.client(), namespace);
            scene.unsealed("by-hand", "1").await?;
            let sealed = scene.seal("from-git", "2").await?;
            let as_flux = PatchParams::apply("kustomize-controller");
            objects.patch("from-git", &as_flux, &Patch::Apply(&sealed)).await?;
            scene.sees("from-git", "2").await?;
            scene.printed(&["renew"]).await?;
            eventually(SOON, "the new certificate is served", async || {
                ensure!(scene.served().await? != before, "it is not");
                Ok(())
            })
            .await?;

            let stale = reseal(scene, &["-n", namespace, "--check"]).await?;
            let listed = String::from_utf8(stale.stdout.clone())?;
            for name in ["by-hand", "from-git"] {
                let line =
                    format!("SealedSecret {namespace}/{name}: sealed to certificate {}\n", short(&old));
                ensure!(listed.contains(&line), "{listed}");
            }
            ensure!(stale.failure(1)?.contains("2 SealedSecrets are not sealed"));
            let unsure = reseal(scene, &["-n", namespace]).await?.failure(1)?;
            ensure!(unsure.contains("a confirmation is needed"), "{unsure}");
            let elsewhere = String::from_utf8(reseal(scene, &["-n", "default", "--yes"]).await?.success()?)?;
            ensure!(elsewhere.contains("0 resealed, 0 up to date"), "{elsewhere}");
            ensure!(objects.get("by-hand").await?.annotations()[CERTIFICATE_FINGERPRINT] == old);

            let written = reseal(scene, &["-A", "--yes"]).await?;
            let warning = format!("back: SealedSecret {namespace}/from-git, as kustomize-controller says");
            ensure!(written.stderr.contains(&warning), "{}", written.stderr);
            let printed = String::from_utf8(written.success()?)?;
            ensure!(printed.contains("2 resealed, 0 up to date"), "{printed}");
            let newest = scene.newest().await?;
            for (name, value) in [("by-hand", "1"), ("from-git", "2")] {
                let object = objects.get(name).await?;
                ensure!(object.annotations()[CERTIFICATE_FINGERPRINT] == newest, "{:?}", object.metadata);
                let managers: Vec<_> =
                    object.managed_fields().iter().filter_map(|entry| entry.manager.as_deref()).collect();
                ensure!(managers.contains(&"kubeseal-rs"), "{managers:?}");
                scene.sees(name, value).await?;
            }
            reseal(scene, &["-A", "--check"]).await?.success()?;
            // What was written back needs the old key no more, and opens with the new one alone.
            scene.printed(&["retire", &old]).await?;
            scene.person.delete_secret(namespace, "by-hand").await?;
            scene.sees("by-hand", "1").await?;
            stop(pod).await
        })
        .await
}
