//! A file that is deleted in the repository: Flux deletes the SealedSecret, and garbage collection its Secret.

use std::sync::Arc;

use anyhow::{Result, ensure};

use crate::stage::Stage;

pub(crate) async fn a_removed_sealed_secret_takes_its_secret_along(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |scene| {
            let (person, namespace) = (scene.person(), scene.namespace);
            let (source, kustomization) = scene.shop().await?;
            let (db, mail) = (scene.sealed("db", "1").await?, scene.sealed("mail", "2").await?);
            let both = source.commit(&[("shop/db.yaml", &db), ("shop/mail.yaml", &mail)]).await?;
            kustomization.sees_ready(&both).await?;
            let before = person.get_secret(namespace, "mail").await?;

            let one = source.commit(&[("shop/mail.yaml", &mail)]).await?;
            kustomization.sees_ready(&one).await?;
            ensure!(person.get_sealed(namespace, "db").await.is_err(), "the SealedSecret is still there");
            person.sees_no_secret(namespace, "db").await?;
            ensure!(person.get_secret(namespace, "mail").await? == before, "another Secret changed");

            kustomization.delete().await?;
            person.sees_no_secret(namespace, "mail").await
        })
        .await
}
