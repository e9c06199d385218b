//! Two releases that divide a cluster by a label.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use api::ConditionStatus;
use futures::{StreamExt as _, TryStreamExt as _};
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use kube::api::{Api, WatchEvent, WatchParams};
use serde_json::json;
use tests::lab::Lab;
use tests::test::temp_namespace::with_temp_ns;

use crate::divided::release::{OWNER, Release};
use crate::stage::Stage;

/// Two releases, and a namespace in which both have SealedSecrets.
async fn divided(stage: &Stage, test: impl AsyncFnOnce(&str, Release, Release) -> Result<()>) -> Result<()> {
    let lab = &stage.lab;
    with_temp_ns(lab, async |shop| {
        with_temp_ns(lab, async |one| {
            with_temp_ns(lab, async |two| {
                let of = async |home: &str| {
                    let selector = format!("--label-selector={OWNER}={home}");
                    Release::start(lab, home, &[("extraArgs[0]", &selector)]).await
                };
                let (one, two) = (of(one).await?, of(two).await?);
                test(shop, one, two).await
            })
            .await
        })
        .await
    })
    .await
}

pub(crate) async fn each_unseals_its_own_with_its_own_key_and_lease(stage: Arc<Stage>) -> Result<()> {
    divided(&stage, async |shop, one, two| {
        for (release, name) in [(&one, "a"), (&two, "b")] {
            release.person.apply(&release.sealed(shop, name, name, None)?).await?;
        }
        for (release, other, name) in [(&one, &two, "a"), (&two, &one, "b")] {
            let status = release.person.sees_synced(shop, name, ConditionStatus::True).await?;
            ensure!(release.opened(status.opened_by.as_ref()), "{status:?}");
            release.person.sees_values(shop, name, &[("v", name.as_bytes())]).await?;
            // What the other release would have done to it, it would have done by now.
            other.caught_up(shop, &format!("after-{name}")).await?;
            let events = release.person.events(shop, name).await?;
            ensure!(events.iter().all(|it| it.reason.as_deref() == Some("Unsealed")), "{events:?}");
        }
        let [(key_of_one, holder_of_one), (key_of_two, holder_of_two)] =
            [one.belongings(&stage.lab).await?, two.belongings(&stage.lab).await?];
        ensure!(key_of_one != key_of_two && holder_of_one != holder_of_two);
        one.stop().await?;
        two.stop().await
    })
    .await
}

/// Its values open at both releases, so nothing has to be sealed anew.
pub(crate) async fn a_changed_label_hands_over_without_a_gap_or_a_second_writer(
    stage: Arc<Stage>,
) -> Result<()> {
    divided(&stage, async |shop, one, two| {
        let person = &one.person;
        person.apply(&one.sealed(shop, "moving", "1", Some(&two))?).await?;
        person.sees_synced(shop, "moving", ConditionStatus::True).await?;
        one.caught_up(shop, "before").await?;
        let before = person.get_secret(shop, "moving").await?;
        let lines = one.lines_about("moving")?;

        let label = json!({ "metadata": { "labels": { OWNER: two.home } } });
        person.patch_sealed(shop, "moving", &label).await?;
        one.caught_up(shop, "moved-one").await?;
        two.caught_up(shop, "moved-two").await?;
        let moved = person.get_secret(shop, "moving").await?;
        ensure!(moved.uid() == before.uid() && moved.data == before.data, "the Secret is another one");

        // An edit is corrected by the release that has it now, once.
        person.patch_secret(shop, "moving", &json!({ "stringData": { "v": "edited" } })).await?;
        person.sees_values(shop, "moving", &[("v", b"1")]).await?;
        one.caught_up(shop, "edited-one").await?;
        two.caught_up(shop, "edited-two").await?;
        let changes = changes(&stage.lab, shop, &before).await?;
        ensure!(
            changes == [Some(&b"edited"[..]), Some(b"1")].map(|it| it.map(<[u8]>::to_vec)),
            "{}",
            changes.len()
        );
        let status = person.get_sealed(shop, "moving").await?.status.context("no status")?;
        ensure!(two.opened(status.opened_by.as_ref()), "{status:?}");
        ensure!(one.lines_about("moving")? == lines, "the first release did something with it");

        // Without the first release nothing is different.
        one.stop().await?;
        two.person.delete_secret(shop, "moving").await?;
        two.person.sees_values(shop, "moving", &[("v", b"1")]).await?;
        two.stop().await
    })
    .await
}

pub(crate) async fn a_changed_label_without_a_key_that_opens_leaves_the_secret(
    stage: Arc<Stage>,
) -> Result<()> {
    divided(&stage, async |shop, one, two| {
        let person = &one.person;
        person.apply(&one.sealed(shop, "moving", "1", None)?).await?;
        person.sees_synced(shop, "moving", ConditionStatus::True).await?;
        one.caught_up(shop, "before").await?;
        let before = person.get_secret(shop, "moving").await?;

        let label = json!({ "metadata": { "labels": { OWNER: two.home } } });
        person.patch_sealed(shop, "moving", &label).await?;
        one.caught_up(shop, "moved-one").await?;
        two.caught_up(shop, "moved-two").await?;
        ensure!(changes(&stage.lab, shop, &before).await?.is_empty(), "the Secret was written or deleted");
        // The second release cannot undo an edit, and says so.
        person.patch_secret(shop, "moving", &json!({ "stringData": { "v": "edited" } })).await?;
        person.sees_synced(shop, "moving", ConditionStatus::False).await?;
        person.apply(&two.sealed(shop, "moving", "2", None)?).await?;
        person.sees_synced(shop, "moving", ConditionStatus::True).await?;
        person.sees_values(shop, "moving", &[("v", b"2")]).await?;
        one.stop().await?;
        two.stop().await
    })
    .await
}

/// The values that a Secret got since, in order; None where it was deleted.
async fn changes(lab: &Lab, namespace: &str, since: &Secret) -> Result<Vec<Option<Vec<u8>>>> {
    let name = format!("metadata.name={}", since.name_any());
    let version = since.resource_version().context("a Secret without a version")?;
    // The API server ends the watch after a second; what happened before is sent at once.
    let params = WatchParams::default().fields(&name).timeout(1).disable_bookmarks();
    let events = Api::<Secret>::namespaced(lab.client(), namespace).watch(&params, &version).await?;
    let value = |secret: Secret| secret.data.and_then(|mut data| Some(data.remove("v")?.0));
    events
        .map(|event| match event? {
            WatchEvent::Added(secret) | WatchEvent::Modified(secret) => Ok(value(secret)),
            WatchEvent::Deleted(_) => Ok(None),
            other => anyhow::bail!("{other:?}"),
        })
        .try_collect()
        .await
}
