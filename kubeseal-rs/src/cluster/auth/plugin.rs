//! `authenticate`: runs a kubeconfig's credential plugin, once, by client-go's protocol of exec credentials.
//!
//! Decided: run here, because kube 5 hands the plugin our standard input, in which there may be a Secret, and does not show
//! the user what the plugin prints. It is run once for each client; `Session` makes another client when the token
//! has expired.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use kube::config::{AuthInfo, Cluster, ExecAuthCluster, ExecConfig, ExecInteractiveMode};
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::IsTerminal as _;
use std::process::{ExitStatus, Stdio};
use tokio::process::Command;

/// Why a plugin gave no credentials. Never shows what it printed, which may hold a token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PluginError {
    #[error("its user names no program for credentials")]
    NoCommand,
    #[error("the credential plugin \"{command}\" cannot be run")]
    Start {
        command: String,
        install_hint: Option<String>,
        #[source]
        source: std::io::Error,
    },
    #[error("the credential plugin \"{command}\" failed ({status})")]
    Failed { command: String, status: ExitStatus },
    #[error("the credential plugin \"{0}\" printed no ExecCredential with a token or a client certificate")]
    NoCredential(String),
    #[error("the credential plugin \"{0}\" wants a terminal, and standard input is none")]
    Terminal(String),
}

/// The `ExecCredential` that a plugin prints; only what is used of it.
#[derive(Deserialize)]
struct ExecCredential {
    status: Option<Credentials>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credentials {
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
}

/// Replaces the plugin by its credentials. False if the user has no plugin, or other credentials come first.
pub(crate) async fn authenticate(
    user: &mut AuthInfo,
    cluster: Option<&Cluster>,
) -> Result<bool, PluginError> {
    let states_others = user.token.is_some() || user.token_file.is_some() || user.username.is_some();
    let Some(plugin) = user.exec.take().filter(|_| !states_others) else { return Ok(false) };
    let command = plugin.command.clone().ok_or(PluginError::NoCommand)?;
    let credentials = run(&plugin, &command, cluster).await?;
    let certificate = credentials.client_certificate_data.zip(credentials.client_key_data);
    if credentials.token.is_none() && certificate.is_none() {
        return Err(PluginError::NoCredential(command));
    }
    user.token = credentials.token.map(Into::into);
    if let Some((certificate, key)) = certificate {
        user.client_certificate_data = Some(BASE64_STANDARD.encode(certificate));
        user.client_key_data = Some(BASE64_STANDARD.encode(key).into());
    }
    Ok(true)
}

async fn run(
    plugin: &ExecConfig,
    command: &str,
    cluster: Option<&Cluster>,
) -> Result<Credentials, PluginError> {
    let terminal = std::io::stdin().is_terminal();
    let interactive = match plugin.interactive_mode {
        Some(ExecInteractiveMode::Never) => false,
        Some(ExecInteractiveMode::Always) if !terminal => return Err(PluginError::Terminal(command.into())),
        // A pipe is the input of this program.
        _ => terminal,
    };
    let variables = plugin.env.iter().flatten().filter_map(|pair| pair.get("name").zip(pair.get("value")));
    let child = Command::new(command)
        .args(plugin.args.iter().flatten())
        .envs(variables)
        .env("KUBERNETES_EXEC_INFO", exec_info(plugin, interactive, cluster).to_string())
        .stdin(if interactive { Stdio::inherit() } else { Stdio::null() })
        .stdout(Stdio::piped())
        // The plugin prints there what the user has to do, such as "run aws sso login".
        .stderr(Stdio::inherit())
        .spawn();
    let start = |source| PluginError::Start {
        command: command.into(),
        install_hint: plugin.install_hint.clone().filter(|hint| !hint.trim().is_empty()),
        source,
    };
    let output = child.map_err(start)?.wait_with_output().await.map_err(start)?;
    if !output.status.success() {
        return Err(PluginError::Failed { command: command.into(), status: output.status });
    }
    let printed: Option<ExecCredential> = serde_saphyr::from_slice(&output.stdout).ok();
    printed.and_then(|printed| printed.status).ok_or_else(|| PluginError::NoCredential(command.into()))
}

/// The value of `KUBERNETES_EXEC_INFO`.
fn exec_info(plugin: &ExecConfig, interactive: bool, cluster: Option<&Cluster>) -> Value {
    let mut spec = json!({ "interactive": interactive });
    if plugin.provide_cluster_info
        && let Some(cluster) = cluster.and_then(|cluster| ExecAuthCluster::try_from(cluster).ok())
    {
        spec["cluster"] = serde_json::to_value(cluster).unwrap_or_default();
    }
    json!({ "kind": "ExecCredential", "apiVersion": plugin.api_version, "spec": spec })
}

impl PluginError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Start { install_hint: Some(hint), .. } => format!("the kubeconfig says: {}", hint.trim()),
            Self::Start { command, .. } => format!("install \"{command}\", or put it on the PATH"),
            Self::Failed { .. } | Self::NoCredential(_) => {
                "log in again; `kubectl auth whoami` uses the same credentials".into()
            }
            Self::Terminal(_) => {
                "give the Secret in a file (-f FILE), and leave standard input to the terminal".into()
            }
            Self::NoCommand => {
                "`kubectl config view --minify` shows the user; choose another with --user NAME".into()
            }
        }
    }
}
