//! The chart's backup job: its command line runs with its service account's token, and needs exactly the permissions of its Role.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::sealing_key::{BACKED_UP, LABEL};
use k8s_openapi::api::batch::v1::CronJob;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use k8s_openapi::api::rbac::v1::Role;
use kube::api::{Api, ListParams, Patch, PatchParams, PostParams};
use kube::{Client, ResourceExt as _};
use tests::chart::rendered::Rendered;
use tests::lab::{Lab, Maker};
use tests::pod::Pod;
use tests::process::cli::Cli;
use tests::test::eventually::eventually;
use tests::test::temp_namespace::with_temp_ns;

use crate::commands::kubectl;
use crate::stage::{Stage, stop};

/// An identity of age, and its recipient. Made for tests, and used nowhere else.
const IDENTITY: &str = "AGE-SECRET-KEY-1RS0RFZUWV29JTLAFGJYUCS9F4PN3SCY0QVEJHDZW3AQXZXQ3LQCQ6H8VFV";
const RECIPIENT: &str = "age1unwpu3ucka8pgmv6y93upyxphy6rle3c4qlxp8ltpx36wz6ggpps9ecg45";

/// Longer than the API server takes to know a changed Role.
const SOON: Duration = Duration::from_secs(30);

/// The chart with the job, installed in `home`, with a controller that has made a key.
async fn installed(lab: &Arc<Lab>, home: &str, values: &[(&str, &str)]) -> Result<(Rendered, Pod)> {
    let mut chart = lab.chart(home)?.set("fullnameOverride", home).set("rbac.clusterRoleName", home);
    chart = chart.set("backup.enabled", "true").set("backup.recipients[0]", RECIPIENT);
    for (name, value) in values {
        chart = chart.set(name, value);
    }
    let chart = chart.render().await?;
    chart.apply(&lab.client()).await?;
    let mut pod = Pod::of(&chart.deployment()?).flag("key-size", "2048").start(lab).await?;
    pod.wait_ready().await?;
    Ok((chart, pod))
}

/// The job's account, and the arguments of its container.
fn job(chart: &Rendered) -> Result<(String, Vec<String>)> {
    let job: CronJob = chart.find("CronJob")?;
    let pod = job
        .spec
        .context("no spec")?
        .job_template
        .spec
        .context("no spec")?
        .template
        .spec
        .context("no spec")?;
    let [container] = pod.containers.try_into().map_err(|all| anyhow::anyhow!("containers: {all:?}"))?;
    ensure!(container.command == Some(vec!["kubeseal-rs".into()]), "{:?}", container.command);
    Ok((pod.service_account_name.context("no service account")?, container.args.unwrap_or_default()))
}

/// kubeseal-rs with the token of the account.
async fn as_account(lab: &Lab, home: &str, account: &str) -> Result<Cli> {
    let token = lab.control_plane.token(home, account).await?;
    let kubeconfig = lab.control_plane.kubeconfig_of_token(&format!("{account}.kubeconfig"), home, &token)?;
    Ok(Cli::new(&lab.binaries.kubeseal).kubeconfig(&kubeconfig))
}

/// Whether the key's Secret says that there is a backup; if so, the record is removed.
async fn take_record(client: Client, home: &str) -> Result<bool> {
    let secrets: Api<Secret> = Api::namespaced(client, home);
    let key = secrets.list(&ListParams::default().labels(LABEL)).await?.items.pop().context("no key")?;
    let is_recorded = key.annotations().get(BACKED_UP).is_some_and(|record| record.contains(RECIPIENT));
    let patch = serde_json::json!({ "metadata": { "annotations": { BACKED_UP: null } } });
    secrets.patch(&key.name_any(), &PatchParams::default(), &Patch::Merge(patch)).await?;
    Ok(is_recorded)
}

/// The backup has the newest key, as the administrator finds out.
async fn has_newest(lab: &Lab, home: &str, backup: &Path) -> Result<()> {
    let identity = backup.with_extension("identity");
    std::fs::write(&identity, IDENTITY)?;
    let [backup, identity] = [backup, &identity].map(|path| path.display().to_string());
    let home = format!("--controller-namespace={home}");
    let checked = lab.kubeseal(Maker::Ours)?;
    let checked =
        checked.output(&["keys", "backup", "--check", &backup, "-i", &identity, &home], b"").await?;
    ensure!(String::from_utf8_lossy(&checked).contains("has the newest key"));
    Ok(())
}

pub(crate) async fn the_job_needs_exactly_the_permissions_that_it_has(stage: Arc<Stage>) -> Result<()> {
    let lab = &stage.lab;
    let _turn = stage.turn.lock().await;
    with_temp_ns(lab, async |home| {
        let values = [("backup.object.kind", "ConfigMap"), ("backup.object.name", "keys-backup")];
        let (chart, pod) = installed(lab, home, &values).await?;
        let (account, args) = job(&chart)?;
        let kubeseal = as_account(lab, home, &account).await?;
        let printed = kubeseal.output(&args, b"").await?;
        ensure!(String::from_utf8_lossy(&printed) == "configmap/keys-backup: 1 sealing key, encrypted\n");
        let maps: Api<ConfigMap> = Api::namespaced(lab.client(), home);
        let backup = maps.get("keys-backup").await?.data.unwrap_or_default().remove("keys.age");
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("keys.age");
        std::fs::write(&file, backup.context("nothing was written")?)?;
        has_newest(lab, home, &file).await?;
        ensure!(take_record(lab.client(), home).await?, "the key has no record");

        let roles: Api<Role> = Api::namespaced(lab.client(), home);
        let role = roles.get(&account).await?;
        let rules = role.rules.clone().unwrap_or_default();
        let mut tried = 0;
        for (at, rule) in rules.iter().enumerate() {
            for verb in &rule.verbs {
                let mut fewer = rules.clone();
                fewer[at].verbs.retain(|it| it != verb);
                fewer.retain(|rule| !rule.verbs.is_empty());
                replace(&roles, &account, fewer).await?;
                let resource = rule.resources.clone().unwrap_or_default().join(",");
                let object = rule.resource_names.clone().unwrap_or_default().join("");
                let object =
                    if object.is_empty() { resource.clone() } else { format!("{resource}/{object}") };
                may(lab, home, &account, verb, &object, "no").await?;
                let ran = kubeseal.run(&args, b"").await?;
                let without_record = !take_record(lab.client(), home).await?;
                // Without the record, the backup is whole.
                let failed = if (verb.as_str(), resource.as_str()) == ("patch", "secrets") {
                    ran.status.success() && ran.stderr.contains("does not say so")
                } else {
                    ran.status.code() == Some(1)
                };
                ensure!(failed && without_record, "without {verb} {object}: {ran:?}");
                ensure!(ran.stderr.contains(&format!("the right to {verb} {resource}")), "{}", ran.stderr);
                replace(&roles, &account, rules.clone()).await?;
                may(lab, home, &account, verb, &object, "yes").await?;
                tried += 1;
            }
        }
        ensure!(tried == 4, "the Role has {tried} verbs");
        kubeseal.output(&args, b"").await?;
        stop(pod).await?;
        chart.delete(&lab.client()).await
    })
    .await
}

pub(crate) async fn a_volume_gets_a_file_and_without_a_record_no_secret_may_be_patched(
    stage: Arc<Stage>,
) -> Result<()> {
    let lab = &stage.lab;
    let _turn = stage.turn.lock().await;
    with_temp_ns(lab, async |home| {
        let values = [("backup.volume.existingClaim", "backups"), ("backup.record", "false")];
        let (chart, pod) = installed(lab, home, &values).await?;
        let (account, args) = job(&chart)?;
        let role: Role = Api::namespaced(lab.client(), home).get(&account).await?;
        let verbs: Vec<String> =
            role.rules.unwrap_or_default().into_iter().flat_map(|rule| rule.verbs).collect();
        ensure!(verbs == ["list"], "{verbs:?}");
        let folder = tempfile::tempdir()?;
        let mounted = format!("--output={}", folder.path().display());
        let args: Vec<String> = args
            .into_iter()
            .map(|arg| if arg == "--output=/backup" { mounted.clone() } else { arg })
            .collect();
        ensure!(args.contains(&mounted), "{args:?}");
        let ran = as_account(lab, home, &account).await?.run(&args, b"").await?;
        ensure!(ran.status.success() && ran.stderr.is_empty(), "{ran:?}");
        let file = std::fs::read_dir(folder.path())?.next().context("no file")??.path();
        has_newest(lab, home, &file).await?;
        ensure!(!take_record(lab.client(), home).await?, "there is a record");
        stop(pod).await?;
        chart.delete(&lab.client()).await
    })
    .await
}

async fn replace(
    roles: &Api<Role>,
    name: &str,
    rules: Vec<k8s_openapi::api::rbac::v1::PolicyRule>,
) -> Result<()> {
    let mut role = roles.get(name).await?;
    role.rules = Some(rules);
    roles.replace(name, &PostParams::default(), &role).await?;
    Ok(())
}

/// Waits until the API server's answer is this.
async fn may(lab: &Lab, home: &str, account: &str, verb: &str, object: &str, wanted: &str) -> Result<()> {
    let account = format!("--as=system:serviceaccount:{home}:{account}");
    eventually(SOON, "the changed Role counts", async || {
        let args = ["auth", "can-i", verb, object, "--namespace", home, &account];
        let answer = kubectl(lab, &args, "").await?.stdout;
        ensure!(answer.trim() == wanted, "{verb} {object}: {answer}");
        Ok(())
    })
    .await
}
