//! Ways in which users connect to a cluster: several files in KUBECONFIG, tokens, credential plugins, proxies. Every
//! other test here uses client certificates.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tests::process::cli::Cli;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::stage::{HOME, Stage};

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

fn kubeseal(stage: &Stage) -> Cli {
    Cli::new(&stage.lab.binaries.kubeseal)
}

/// A kubeconfig, written as JSON, which is YAML.
fn write(folder: &Path, name: &str, parts: &Value) -> Result<std::path::PathBuf> {
    let mut config = json!({ "apiVersion": "v1", "kind": "Config" });
    for (key, value) in parts.as_object().context("no parts")? {
        config[key] = value.clone();
    }
    let path = folder.join(name);
    std::fs::write(&path, config.to_string())?;
    Ok(path)
}

fn cluster(stage: &Stage, folder: &Path) -> Result<Value> {
    let ca = folder.join("ca.crt");
    std::fs::write(&ca, stage.lab.control_plane.ca())?;
    Ok(
        json!([{ "name": "c", "cluster": { "server": stage.lab.control_plane.url(), "certificate-authority": ca } }]),
    )
}

pub(crate) async fn files_joined_and_credentials_from_a_program(stage: Arc<Stage>) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let token = stage.lab.control_plane.token(HOME, "default").await?;
    let credential = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": { "token": token },
    });
    let answer = folder.path().join("credential.json");
    std::fs::write(&answer, credential.to_string())?;
    let one = write(folder.path(), "one", &json!({ "clusters": cluster(&stage, folder.path())? }))?;
    let user = json!({ "name": "u", "user": { "exec": {
        "apiVersion": "client.authentication.k8s.io/v1", "command": "cat", "args": [answer],
        "interactiveMode": "Never",
    } } });
    let context = json!({ "name": "x", "context": { "cluster": "c", "user": "u" } });
    let two = write(
        folder.path(),
        "two",
        &json!({ "users": [user], "contexts": [context], "current-context": "x" }),
    )?;
    let joined = std::env::join_paths([one, two])?;
    let certificate = kubeseal(&stage).env("KUBECONFIG", joined).output(&["--fetch-cert"], b"").await?;
    ensure!(certificate.starts_with(BEGIN));
    Ok(())
}

pub(crate) async fn a_server_and_a_token_alone(stage: Arc<Stage>) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let ca = folder.path().join("ca.crt");
    std::fs::write(&ca, stage.lab.control_plane.ca())?;
    let token = stage.lab.control_plane.token(HOME, "default").await?;
    let (server, ca) = (stage.lab.control_plane.url(), ca.display().to_string());
    let args = ["--server", &server, "--token", &token, "--certificate-authority", &ca, "--fetch-cert"];
    ensure!(kubeseal(&stage).output(&args, b"").await?.starts_with(BEGIN));
    Ok(())
}

pub(crate) async fn through_a_proxy(stage: Arc<Stage>) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let proxy = format!("http://{}", listener.local_addr()?);
    let tunnels = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&tunnels);
    let serving = tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(tunnel(client));
        }
    });
    let kubeseal = stage.lab.kubeseal(tests::lab::Maker::Ours)?;
    let certificate = kubeseal.output(&["--proxy-url", &proxy, "--fetch-cert"], b"").await?;
    serving.abort();
    ensure!(certificate.starts_with(BEGIN));
    ensure!(tunnels.load(Ordering::SeqCst) > 0, "it went around the proxy");
    Ok(())
}

/// An HTTP CONNECT proxy: reads `CONNECT HOST:PORT`, and copies bytes in both directions.
async fn tunnel(client: TcpStream) -> Result<()> {
    let mut client = BufReader::new(client);
    let mut request = String::new();
    client.read_line(&mut request).await?;
    let target = request.split(' ').nth(1).context("no target")?.to_owned();
    let mut header = String::new();
    while client.read_line(&mut header).await? > 2 {
        header.clear();
    }
    let mut server = TcpStream::connect(target).await?;
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}
