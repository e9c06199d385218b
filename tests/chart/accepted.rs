//! `values/`: every value of the chart, in combinations; what is rendered, whether the API server accepts it, and
//! whether the controller accepts the arguments.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tokio::process::Command;

use crate::case::Case;
use crate::commands::{kubectl, run};
use crate::stage::Stage;

/// The exit code of a usage error.
pub(crate) const USAGE: i32 = 2;

pub(crate) async fn values_render_what_they_say(stage: Arc<Stage>) -> Result<()> {
    for case in Case::all("values")? {
        let check = async {
            case.lint(&stage.lab).await?.stdout()?;
            let yaml = case.template(&stage.lab).await?.stdout()?;
            for wanted in case.expects("renders") {
                ensure!(yaml.lines().any(|line| line.trim() == wanted), "no line `{wanted}`:\n{yaml}");
            }
            renders_what_it_says(&case, &objects(&case, &stage).await?)
        };
        check.await.with_context(|| case.name())?;
    }
    Ok(())
}

pub(crate) async fn the_api_server_takes_what_is_rendered(stage: Arc<Stage>) -> Result<()> {
    for case in Case::all("values")? {
        let yaml = case.template(&stage.lab).await?.stdout()?;
        let ran = kubectl(&stage.lab, &["apply", "--dry-run=server", "--filename", "-"], &yaml).await?;
        ensure!(ran.succeeded, "{}: {}", case.name(), ran.stderr);
        let violates = ran.stderr.contains("would violate PodSecurity");
        let may = case.expects("violates").any(|standard| standard == "restricted");
        ensure!(violates == may, "{}: {}", case.name(), ran.stderr);
    }
    Ok(())
}

/// Each Deployment's arguments and environment are given to the controller. It must fail because there is no cluster,
/// and not because of its arguments.
pub(crate) async fn the_controller_knows_its_arguments(stage: Arc<Stage>) -> Result<()> {
    for case in Case::all("values")? {
        controller_knows(&stage, &objects(&case, &stage).await?).await.with_context(|| case.name())?;
    }
    Ok(())
}

/// Gives the arguments and the environment in these objects to the controller, if they have one.
pub(crate) async fn controller_knows(stage: &Stage, objects: &[Value]) -> Result<()> {
    let Some(args) = arguments(objects) else { return Ok(()) };
    let mut command = Command::new(&stage.lab.binaries.controller);
    command.args(&args).env_clear().envs(environment(objects)).env("KUBECONFIG", "/nonexistent");
    let ran = run(command, "").await?;
    let code = ran.code.context("it was killed")?;
    ensure!(code != USAGE && code != 0, "{args:?}: {}", ran.stderr);
    Ok(())
}

async fn objects(case: &Case, stage: &Stage) -> Result<Vec<Value>> {
    parse(&case.template(&stage.lab).await?.stdout()?)
}

/// The objects in what helm has rendered.
pub(crate) fn parse(yaml: &str) -> Result<Vec<Value>> {
    let documents: Vec<Value> = serde_saphyr::from_multiple(yaml).context("broken YAML")?;
    Ok(documents.into_iter().filter(|document| !document.is_null()).collect())
}

fn renders_what_it_says(case: &Case, objects: &[Value]) -> Result<()> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let kinds: BTreeSet<String> = objects.iter().map(|object| text(&object["kind"])).collect();
    let full = |object: &Value| format!("{}/{}", text(&object["kind"]), text(&object["metadata"]["name"]));
    let names: Vec<String> = objects.iter().map(full).collect();
    for object in objects {
        let identity = (full(object), text(&object["metadata"]["namespace"]));
        let same = |other: &&Value| (full(other), text(&other["metadata"]["namespace"])) == identity;
        ensure!(objects.iter().filter(same).count() == 1, "{identity:?} is rendered twice");
    }
    for wanted in case.expects("has") {
        ensure!(names.iter().any(|name| name == wanted), "no {wanted} among {names:?}");
    }
    for unwanted in case.expects("lacks") {
        let there = kinds.contains(unwanted) || names.iter().any(|name| name == unwanted);
        ensure!(!there, "{unwanted} is there");
    }
    let args = arguments(objects).unwrap_or_default();
    for wanted in case.expects("argument") {
        ensure!(args.iter().any(|arg| arg == wanted), "no {wanted} among {args:?}");
    }
    let environment = environment(objects);
    for wanted in case.expects("environment") {
        let there = wanted.split_once('=').is_some_and(|(name, value)| {
            environment.iter().any(|there| (there.0.as_str(), there.1.as_str()) == (name, value))
        });
        ensure!(there, "no {wanted} in {environment:?}");
    }
    for wanted in case.expects("allows") {
        ensure!(allows(objects, wanted), "{wanted} is not allowed");
    }
    let account = text(&pod(objects)["serviceAccountName"]);
    for right in ["secrets delete".to_owned(), format!("serviceaccounts/token create {account}")] {
        let is_allowed = allows(objects, &right);
        ensure!(is_allowed == case.expects("allows").any(|it| it == right), "{right}: {is_allowed}");
    }
    Ok(())
}

/// Whether a role gives this right: a resource, a verb, and perhaps the name of the one object that it is for.
fn allows(objects: &[Value], right: &str) -> bool {
    let mut words = right.split(' ');
    let [resource, verb] = [words.next(), words.next()].map(Option::unwrap_or_default);
    let of = |rule: &Value| words.clone().all(|name| holds(&rule["resourceNames"], name));
    rules(objects).any(|rule| holds(&rule["resources"], resource) && holds(&rule["verbs"], verb) && of(rule))
}

fn rules(objects: &[Value]) -> impl Iterator<Item = &Value> {
    objects.iter().filter_map(|object| object["rules"].as_array()).flatten()
}

fn holds(list: &Value, word: &str) -> bool {
    list.as_array().is_some_and(|list| list.iter().any(|item| item == word || item == "*"))
}

/// The spec of the controller's pod; null if there is none.
fn pod(objects: &[Value]) -> &Value {
    let deployment = objects.iter().find(|object| object["kind"] == "Deployment");
    deployment.map_or(&Value::Null, |it| &it["spec"]["template"]["spec"])
}

/// The controller's arguments, if there is one.
fn arguments(objects: &[Value]) -> Option<Vec<String>> {
    let args = pod(objects)["containers"][0]["args"].as_array()?;
    args.iter().map(|arg| arg.as_str().map(str::to_owned)).collect()
}

/// The environment variables of the controller that have a fixed value.
fn environment(objects: &[Value]) -> Vec<(String, String)> {
    let variables = pod(objects)["containers"][0]["env"].as_array().into_iter().flatten();
    let pair = |variable: &Value| {
        Some((variable["name"].as_str()?.to_owned(), variable["value"].as_str()?.to_owned()))
    };
    variables.filter_map(pair).collect()
}
