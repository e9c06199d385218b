//! The arguments and environment of the Deployment's container, with all references resolved. Pure.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{Container, EnvVar, PodSpec};

/// The pod's fields, for `fieldRef`.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) name: &'a str,
    pub(crate) uid: &'a str,
    pub(crate) namespace: &'a str,
    pub(crate) service_account: &'a str,
    pub(crate) ip: &'a str,
}

/// The template's pod spec and its only container.
pub(crate) fn of(deployment: &Deployment) -> Result<(&PodSpec, &Container)> {
    let spec = deployment.spec.as_ref().and_then(|spec| spec.template.spec.as_ref());
    let spec = spec.context("the Deployment has no pod template")?;
    match spec.containers.as_slice() {
        [container] => Ok((spec, container)),
        containers => bail!("the Deployment has {} containers: one is expected", containers.len()),
    }
}

/// The number of the container's port `name`, if it has one of that name.
pub(crate) fn port(container: &Container, name: &str) -> Option<u16> {
    let mut ports = container.ports.iter().flatten();
    let port = ports.find(|port| port.name.as_deref() == Some(name))?;
    u16::try_from(port.container_port).ok()
}

/// The path of the container's readiness probe.
pub(crate) fn readiness_path(container: &Container) -> Option<&str> {
    container.readiness_probe.as_ref()?.http_get.as_ref()?.path.as_deref()
}

/// The container's environment.
pub(crate) fn environment(container: &Container, facts: &Facts<'_>) -> Result<BTreeMap<String, String>> {
    container.env.iter().flatten().map(|var| Ok((var.name.clone(), value(var, facts)?))).collect()
}

fn value(var: &EnvVar, facts: &Facts<'_>) -> Result<String> {
    let Some(from) = &var.value_from else { return Ok(var.value.clone().unwrap_or_default()) };
    let path = from.field_ref.as_ref().map(|field| field.field_path.as_str());
    let fact = match path {
        Some("metadata.name") => facts.name,
        Some("metadata.uid") => facts.uid,
        Some("metadata.namespace") => facts.namespace,
        Some("spec.serviceAccountName") => facts.service_account,
        Some("status.podIP") => facts.ip,
        _ => bail!("this harness cannot give the environment variable {} its value", var.name),
    };
    Ok(fact.to_owned())
}

/// The container's arguments, with `$(NAME)` replaced as a kubelet does.
pub(crate) fn arguments(container: &Container, environment: &BTreeMap<String, String>) -> Vec<String> {
    let expand = |arg: &String| {
        environment.iter().fold(arg.clone(), |arg, (name, value)| arg.replace(&format!("$({name})"), value))
    };
    container.args.iter().flatten().map(expand).collect()
}

/// Sets the flag `name`: replaces `--name=x` or `--name x` in place, else appends it.
///
/// In place, because a repeated flag is an error to some parsers, and to others the last one counts.
pub(crate) fn set_flag(args: &mut Vec<String>, name: &str, value: &str) {
    let flag = format!("--{name}");
    let whole = format!("{flag}={value}");
    if let Some(at) = args.iter().position(|arg| *arg == flag) {
        args.splice(at..(at + 2).min(args.len()), [whole]);
    } else if let Some(at) = args.iter().position(|arg| arg.starts_with(&format!("{flag}="))) {
        args[at] = whole;
    } else {
        args.push(whole);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FACTS: Facts<'_> =
        Facts { name: "pod-1", uid: "u", namespace: "ns", service_account: "sa", ip: "192.0.2.1" };

    fn container() -> Result<Container> {
        Ok(serde_json::from_value(json!({
            "name": "controller",
            "args": ["--listen-addr=:8080", "--my-cn=$(POD)-$(OTHER)"],
            "env": [
                { "name": "PLAIN", "value": "x" },
                { "name": "POD", "valueFrom": { "fieldRef": { "fieldPath": "metadata.name" } } },
            ],
            "ports": [{ "name": "http", "containerPort": 8080 }],
            "readinessProbe": { "httpGet": { "path": "/readyz", "port": "http" } },
        }))?)
    }

    #[test]
    fn everything_a_process_needs_is_resolved() -> Result<()> {
        let container = container()?;
        let environment = environment(&container, &FACTS)?;
        assert_eq!(
            environment,
            BTreeMap::from([("PLAIN".into(), "x".into()), ("POD".into(), "pod-1".into())])
        );
        // A reference to an unknown variable stays, as a kubelet leaves it.
        assert_eq!(arguments(&container, &environment), ["--listen-addr=:8080", "--my-cn=pod-1-$(OTHER)"]);
        assert_eq!(port(&container, "http"), Some(8080));
        assert_eq!(port(&container, "metrics"), None);
        assert_eq!(readiness_path(&container), Some("/readyz"));
        Ok(())
    }

    #[test]
    fn what_cannot_be_resolved_is_an_error() -> Result<()> {
        let mut container = container()?;
        container.env = Some(serde_json::from_value(
            json!([{ "name": "KEY", "valueFrom": { "secretKeyRef": { "name": "s", "key": "k" } } }]),
        )?);
        assert!(environment(&container, &FACTS).is_err());
        Ok(())
    }

    #[test]
    fn a_flag_is_replaced_where_it_is() {
        let table: [(&[&str], &[&str]); 4] = [
            (&["--a=1", "--listen=x", "--b"], &["--a=1", "--listen=new", "--b"]),
            (&["--listen", "x", "--b"], &["--listen=new", "--b"]),
            (&["--b", "--listen"], &["--b", "--listen=new"]),
            (&["--listener=x"], &["--listener=x", "--listen=new"]),
        ];
        for (before, after) in table {
            let mut args = before.iter().map(|arg| (*arg).to_owned()).collect();
            set_flag(&mut args, "listen", "new");
            assert_eq!(args, after);
        }
    }
}
