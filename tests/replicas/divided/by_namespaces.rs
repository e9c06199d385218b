//! Two releases that divide a cluster by namespaces.

use std::sync::Arc;

use anyhow::{Result, ensure};
use api::ConditionStatus;
use tests::test::temp_namespace::with_temp_ns;

use crate::divided::release::Release;
use crate::stage::Stage;

pub(crate) async fn each_unseals_in_its_own_namespaces_only(stage: Arc<Stage>) -> Result<()> {
    let lab = &stage.lab;
    with_temp_ns(lab, async |shop| {
        with_temp_ns(lab, async |bank| {
            with_temp_ns(lab, async |one| {
                with_temp_ns(lab, async |two| {
                    let of = async |home: &str, namespace: &str| {
                        let values = [
                            ("rbac.namespacedRoles", "true"),
                            ("rbac.clusterRole", "false"),
                            ("additionalNamespaces[0]", namespace),
                        ];
                        Release::start(lab, home, &values).await
                    };
                    let (one, two) = (of(one, shop).await?, of(two, bank).await?);
                    apart(&stage, (shop, &one), (bank, &two)).await?;
                    one.stop().await?;
                    two.stop().await
                })
                .await
            })
            .await
        })
        .await
    })
    .await
}

async fn apart(stage: &Stage, (shop, one): (&str, &Release), (bank, two): (&str, &Release)) -> Result<()> {
    let person = &one.person;
    for (release, namespace) in [(one, shop), (two, bank)] {
        person.apply(&release.sealed(namespace, "own", "1", None)?).await?;
        let status = person.sees_synced(namespace, "own", ConditionStatus::True).await?;
        ensure!(release.opened(status.opened_by.as_ref()), "{status:?}");
        person.sees_values(namespace, "own", &[("v", b"1")]).await?;
    }
    // What is sealed for one release, in a namespace of the other, is the other's, whose key does not open it.
    person.apply(&one.sealed(bank, "astray", "1", None)?).await?;
    person.sees_synced(bank, "astray", ConditionStatus::False).await?;
    one.caught_up(shop, "later").await?;
    two.caught_up(bank, "later").await?;
    ensure!(person.get_secret(bank, "astray").await.is_err(), "the first release unsealed it");
    ensure!(one.lines_about("astray")? == 0, "the first release saw it");
    let [(key_of_one, holder_of_one), (key_of_two, holder_of_two)] =
        [one.belongings(&stage.lab).await?, two.belongings(&stage.lab).await?];
    ensure!(key_of_one != key_of_two && holder_of_one != holder_of_two);
    Ok(())
}
