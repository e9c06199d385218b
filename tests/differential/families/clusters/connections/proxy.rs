//! [`Proxy`]: an HTTP CONNECT proxy on loopback that connects to the API server, whatever host is requested; one port
//! is open, the other needs a password.

use std::net::Ipv4Addr;

use anyhow::{Context as _, Result, bail};
use tests::accept::accept_each;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// `me:secret`.
const PASSWORD: &str = "Basic bWU6c2VjcmV0";

/// The proxy serves until it is dropped.
pub(super) struct Proxy {
    open: u16,
    guarded: u16,
    _servers: JoinSet<()>,
}

impl Proxy {
    pub(super) async fn start(server: u16) -> Result<Self> {
        let mut servers = JoinSet::new();
        let mut ports = [0; 2];
        for (port, is_guarded) in ports.iter_mut().zip([false, true]) {
            let listener =
                TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("no port for a proxy")?;
            *port = listener.local_addr()?.port();
            servers.spawn(serve(listener, server, is_guarded));
        }
        let [open, guarded] = ports;
        Ok(Self { open, guarded, _servers: servers })
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.open)
    }

    /// Replaces the names of the proxies in `text` by their addresses, which are not known before.
    pub(super) fn named(&self, text: &str) -> String {
        text.replace("@proxy", &self.url())
            .replace("@bare", &format!("127.0.0.1:{}", self.open))
            .replace("@guarded", &format!("http://127.0.0.1:{}", self.guarded))
            .replace("@password", &format!("http://me:secret@127.0.0.1:{}", self.guarded))
            .replace("@wrong", &format!("http://me:wrong@127.0.0.1:{}", self.guarded))
    }
}

async fn serve(listener: TcpListener, server: u16, is_guarded: bool) {
    accept_each(listener, |client| lead(client, server, is_guarded)).await;
}

async fn lead(mut client: TcpStream, server: u16, is_guarded: bool) -> Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let head = String::from_utf8(head)?;
    if !head.starts_with("CONNECT ") {
        bail!("not a CONNECT");
    }
    if is_guarded && !head.contains(PASSWORD) {
        let refusal =
            b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        return Ok(client.write_all(refusal).await?);
    }
    let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).await?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}
