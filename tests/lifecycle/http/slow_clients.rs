//! Slow clients: the controller closes their connections, and serves other clients meanwhile.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tests::network::http_client::http_client;
use tests::pod::Pod;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::stage::{Stage, stop};

/// More connections than the controller accepts.
const MANY: usize = 600;

/// Far longer than the controller's time-outs here.
const TIMEOUT: Duration = Duration::from_secs(90);

async fn start(stage: &Stage, read: &str, write: &str) -> Result<Pod> {
    let pod = stage.pod()?.flag("read-timeout", read).flag("write-timeout", write);
    let mut pod = pod.start(&stage.lab).await?;
    pod.wait_ready().await?;
    Ok(pod)
}

async fn connect(url: &str) -> Result<TcpStream> {
    let address = url.strip_prefix("http://").context("not plain HTTP")?;
    Ok(timeout(TIMEOUT, TcpStream::connect(address.trim_end_matches('/'))).await??)
}

async fn many(url: &str, count: usize, said: &[u8]) -> Result<Vec<TcpStream>> {
    let mut connections = Vec::new();
    for _ in 0..count {
        let mut connection = connect(url).await?;
        // A connection that was closed in favour of another one fails here, or later.
        let _ = connection.write_all(said).await;
        connections.push(connection);
    }
    Ok(connections)
}

/// The controller answers health checks, each on a new connection, within a kubelet's time-out.
async fn is_healthy(pod: &Pod) -> Result<()> {
    let http = http_client().pool_max_idle_per_host(0).timeout(Duration::from_secs(20)).build()?;
    for url in [format!("{}/healthz", pod.url()), pod.metrics_url()] {
        let answer = http.get(&url).send().await.with_context(|| url.clone())?;
        ensure!(answer.status() == 200, "{url}: {}", answer.status());
    }
    Ok(())
}

/// Reads until the connection is closed; returns what it read.
async fn to_the_end(connection: &mut TcpStream) -> Result<Vec<u8>> {
    let mut read = Vec::new();
    // A reset is an end too.
    let _ = timeout(TIMEOUT, connection.read_to_end(&mut read)).await.context("still open")?;
    Ok(read)
}

pub(crate) async fn connections_that_say_nothing_keep_no_other_out(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |_| {
            // With long time-outs: only the number of connections is limited.
            let pod = start(&stage, "10m", "10m").await?;
            let metrics = pod.metrics_url();
            let metrics = metrics.strip_suffix("/metrics").unwrap_or(&metrics);
            let silent = many(&pod.url(), MANY, b"").await?;
            let half = many(metrics, MANY, b"GET /metrics HTTP/1.1\r\nHost: x\r\n").await?;
            is_healthy(&pod).await?;
            drop((silent, half));
            stop(pod).await?;

            let pod = start(&stage, "2s", "10m").await?;
            let mut silent = many(&pod.url(), 20, b"").await?;
            let mut half = many(&pod.url(), 20, b"GET /healthz HTTP/1.1\r\nHost: x\r\n").await?;
            // A request is answered, and then the client is silent.
            let mut connections = many(&pod.url(), 20, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await?;
            for connection in silent.iter_mut().chain(&mut half) {
                ensure!(!to_the_end(connection).await?.starts_with(b"HTTP/1.1 200"));
            }
            for connection in &mut connections {
                let read = to_the_end(connection).await?;
                ensure!(read.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&read));
            }
            is_healthy(&pod).await?;
            stop(pod).await
        })
        .await
}

pub(crate) async fn requests_that_trickle_in_keep_no_other_out(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |_| {
            let pod = start(&stage, "3s", "3s").await?;
            let head = b"POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{";
            let mut slow = many(&pod.url(), 40, head).await?;
            is_healthy(&pod).await?;
            let mut answers = Vec::new();
            for connection in &mut slow {
                answers.push(String::from_utf8_lossy(&to_the_end(connection).await?).into_owned());
            }
            for status in ["408", "429"] {
                let expected = format!("HTTP/1.1 {status}");
                ensure!(answers.iter().any(|answer| answer.starts_with(&expected)), "{status}: {answers:?}");
            }
            ensure!(answers.iter().all(|answer| answer.starts_with("HTTP/1.1 4")), "{answers:?}");
            stop(pod).await
        })
        .await
}

pub(crate) async fn an_answer_that_is_not_read_is_cut_off(stage: Arc<Stage>) -> Result<()> {
    stage
        .alone(async |_| {
            let pod = start(&stage, "10m", "3s").await?;
            let metrics = pod.metrics_url();
            let mut deaf = connect(metrics.strip_suffix("/metrics").unwrap_or(&metrics)).await?;
            // More requests than responses fit between client and controller, until it reads no more.
            let request = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1_000);
            let written = async {
                loop {
                    if let Err(error) = deaf.write_all(&request).await {
                        return error;
                    }
                }
            };
            let error = timeout(TIMEOUT, written).await.context("the connection is still open")?;
            ensure!(
                matches!(error.kind(), std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::BrokenPipe),
                "{error}"
            );
            is_healthy(&pod).await?;
            stop(pod).await
        })
        .await
}
