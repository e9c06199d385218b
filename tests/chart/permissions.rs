//! The controller with fewer and with more permissions than the chart's usual ones.

pub(crate) mod backup;
pub(crate) mod wrapping;

use std::sync::Arc;

use anyhow::{Result, ensure};
use api::ConditionStatus;
use serde_json::json;
use tests::lab::Lab;
use tests::pod::Pod;
use tests::test::temp_namespace::with_temp_ns;
use tests::user::person::Person;

use crate::commands::kubectl;
use crate::stage::{Stage, stop};

/// Arguments by which kubeseal finds a controller that has the name of its namespace.
fn controller_in(home: &str) -> [String; 2] {
    [format!("--controller-namespace={home}"), format!("--controller-name={home}")]
}

pub(crate) async fn namespaced_roles_are_enough(stage: Arc<Stage>) -> Result<()> {
    let (lab, person) = (&stage.lab, &stage.person);
    let _turn = stage.turn.lock().await;
    with_temp_ns(lab, async |home| {
        with_temp_ns(lab, async |inside| {
            with_temp_ns(lab, async |outside| {
                let chart =
                    lab.chart(home)?.set("fullnameOverride", home).set("rbac.namespacedRoles", "true");
                let chart = chart.set("rbac.clusterRole", "false").set("additionalNamespaces[0]", inside);
                let chart = chart.render().await?;
                ensure!(!chart.yaml().contains("kind: ClusterRole"), "{}", chart.yaml());
                chart.apply(&lab.client()).await?;
                let mut pod = Pod::of(&chart.deployment()?).flag("key-size", "2048").start(lab).await?;
                pod.wait_ready().await?;

                let [location, name] = controller_in(home);
                for namespace in [outside, inside, home] {
                    let secret = Person::secret(namespace, "db", &json!({ "v": "1" }));
                    person.seal_and_apply(&secret, &[&location, &name]).await?;
                }
                for namespace in [inside, home] {
                    person.sees_synced(namespace, "db", ConditionStatus::True).await?;
                    person.sees_values(namespace, "db", &[("v", b"1")]).await?;
                    person.sees_event(namespace, "db", "Unsealed").await?;
                }
                let unseen = person.get_sealed(outside, "db").await?.status.unwrap_or_default();
                ensure!(unseen.conditions.is_empty(), "{unseen:?}");
                ensure!(!pod.logs()?.contains("forbidden"), "{}", pod.logs()?);

                may(
                    lab,
                    home,
                    &[
                        ("update", inside, "yes"),
                        ("delete", inside, "no"),
                        ("get", outside, "no"),
                        ("list", outside, "no"),
                    ],
                )
                .await?;
                stop(pod).await
            })
            .await
        })
        .await
    })
    .await
}

/// A namespace in the list is deleted, and its Role with it.
pub(crate) async fn a_namespace_that_is_gone_keeps_no_other_waiting(stage: Arc<Stage>) -> Result<()> {
    let (lab, person) = (&stage.lab, &stage.person);
    let _turn = stage.turn.lock().await;
    with_temp_ns(lab, async |home| {
        with_temp_ns(lab, async |inside| {
            let chart = lab.chart(home)?.set("fullnameOverride", home).set("rbac.namespacedRoles", "true");
            let chart = chart.set("additionalNamespaces[0]", inside).render().await?;
            chart.apply(&lab.client()).await?;
            let pod = Pod::of(&chart.deployment()?).flag("key-size", "2048");
            let pod = pod.flag("additional-namespaces", &format!("{inside},{home}-gone"));
            let mut pod = pod.start(lab).await?;
            pod.wait_ready().await?;
            let [location, name] = controller_in(home);
            let secret = Person::secret(inside, "db", &json!({ "v": "1" }));
            person.seal_and_apply(&secret, &[&location, &name]).await?;
            person.sees_synced(inside, "db", ConditionStatus::True).await?;
            ensure!(
                pod.logs()?.contains(&format!("in the namespace \\\"{home}-gone\\\"")),
                "{}",
                pod.logs()?
            );
            stop(pod).await
        })
        .await
    })
    .await
}

/// An administrator who manages permissions outside the chart has granted those of upstream's chart, which has none for
/// Leases.
pub(crate) async fn what_upstreams_chart_grants_is_enough(stage: Arc<Stage>) -> Result<()> {
    let (lab, person) = (&stage.lab, &stage.person);
    let _turn = stage.turn.lock().await;
    with_temp_ns(lab, async |home| {
        let theirs = lab.upstream_chart(home)?.set("fullnameOverride", home);
        let theirs =
            theirs.set("rbac.clusterRoleName", home).set("createController", "false").render().await?;
        theirs.apply_but_definitions(&lab.client()).await?;
        let chart = lab.chart(home)?.set("fullnameOverride", home).set("rbac.create", "false");
        let chart = chart.set("serviceAccount.create", "false").set("serviceAccount.name", home);
        let chart = chart.render().await?;
        chart.apply(&lab.client()).await?;
        let mut pod = Pod::of(&chart.deployment()?).flag("key-size", "2048").start(lab).await?;
        pod.wait_ready().await?;
        let [location, name] = controller_in(home);
        person.seal_and_apply(&Person::secret(home, "db", &json!({ "v": "1" })), &[&location, &name]).await?;
        person.sees_synced(home, "db", ConditionStatus::True).await?;
        person.sees_values(home, "db", &[("v", b"1")]).await?;
        stop(pod).await?;
        chart.delete(&lab.client()).await?;
        theirs.delete(&lab.client()).await
    })
    .await
}

/// Garbage collection may be quicker than the controller, so this test checks only that the controller may delete
/// Secrets.
pub(crate) async fn secrets_are_deleted_only_with_the_flag(stage: Arc<Stage>) -> Result<()> {
    let (lab, person) = (&stage.lab, &stage.person);
    let _turn = stage.turn.lock().await;
    with_temp_ns(lab, async |home| {
        let chart = lab.chart(home)?.set("fullnameOverride", home).set("rbac.clusterRoleName", home);
        let chart = chart.set("extraArgs[0]", "--old-gc-behavior").render().await?;
        chart.apply(&lab.client()).await?;
        let mut pod = Pod::of(&chart.deployment()?).flag("key-size", "2048").start(lab).await?;
        pod.wait_ready().await?;
        let [location, name] = controller_in(home);
        person.seal_and_apply(&Person::secret(home, "db", &json!({ "v": "1" })), &[&location, &name]).await?;
        person.sees_synced(home, "db", ConditionStatus::True).await?;
        may(lab, home, &[("delete", home, "yes"), ("deletecollection", home, "no")]).await?;
        person.delete_sealed(home, "db").await?;
        person.sees_no_secret(home, "db").await?;
        let log = pod.logs()?;
        ensure!(!log.contains("forbidden") && !log.contains("deleting the Secret failed"), "{log}");
        stop(pod).await?;
        chart.delete(&lab.client()).await
    })
    .await
}

/// Checks with the API server what the service account of the controller in `home` may do with Secrets: verb, namespace,
/// expected answer.
async fn may(lab: &Lab, home: &str, questions: &[(&str, &str, &str)]) -> Result<()> {
    let account = format!("--as=system:serviceaccount:{home}:{home}");
    for (verb, namespace, wanted) in questions {
        let args = ["auth", "can-i", verb, "secrets", "--namespace", namespace, &account];
        let answer = kubectl(lab, &args, "").await?.stdout;
        ensure!(answer.trim() == *wanted, "{verb} in {namespace}: {answer}");
    }
    Ok(())
}
