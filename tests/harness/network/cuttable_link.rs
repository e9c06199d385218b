//! [`CuttableLink`]: the network between one controller and the API server, which can be cut and restored.
//!
//! It works on bytes, not on requests: while it is cut, nothing passes in either direction and no side gets an error,
//! as when packets are lost. Data under way stays under way, and arrives when the link is restored.

use std::net::Ipv4Addr;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::accept::accept_each;

/// A link from a port on loopback to another one. When this is dropped, all its connections are closed.
#[derive(Debug)]
pub struct CuttableLink {
    port: u16,
    passes: Arc<watch::Sender<bool>>,
    server: JoinHandle<()>,
}

impl CuttableLink {
    /// A link to `port` on 127.0.0.1, not cut.
    pub async fn to(port: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        Self::from(listener.context("cannot listen on loopback")?, port)
    }

    /// A link to `port` on 127.0.0.1 for clients of `listener`, which may be in another network namespace.
    pub fn from(listener: TcpListener, port: u16) -> Result<Self> {
        let own = listener.local_addr().context("the listener has no address")?.port();
        let passes = Arc::new(watch::Sender::new(true));
        let server = tokio::spawn(serve(listener, port, Arc::clone(&passes)));
        Ok(Self { port: own, passes, server })
    }

    /// The API server's address, through this link.
    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// Cuts the link.
    pub fn cut(&self) {
        self.passes.send_replace(false);
    }

    /// Restores the link.
    pub fn mend(&self) {
        self.passes.send_replace(true);
    }
}

impl Drop for CuttableLink {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, port: u16, passes: Arc<watch::Sender<bool>>) {
    accept_each(listener, |client| join(client, port, passes.subscribe())).await;
}

async fn join(client: TcpStream, port: u16, mut passes: watch::Receiver<bool>) -> Result<()> {
    passes.wait_for(|passes| *passes).await?;
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?.into_split();
    tokio::try_join!(flow(from_client, to_server, passes.clone()), flow(from_server, to_client, passes))?;
    Ok(())
}

async fn flow(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut passes: watch::Receiver<bool>,
) -> Result<()> {
    let mut buffer = vec![0; 16 << 10];
    loop {
        let read = from.read(&mut buffer).await?;
        // The end of a connection is a packet too.
        passes.wait_for(|passes| *passes).await?;
        if read == 0 {
            return Ok(to.shutdown().await?);
        }
        to.write_all(&buffer[..read]).await?;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn cut_it_holds_back_what_is_sent_and_mended_it_delivers() -> Result<()> {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let link = CuttableLink::to(server.local_addr()?.port()).await?;
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, link.port)).await?;
        let (mut served, _) = server.accept().await?;
        let mut byte = [0];
        client.write_all(b"a").await?;
        served.read_exact(&mut byte).await?;
        link.cut();
        client.write_all(b"b").await?;
        let held = timeout(Duration::from_millis(200), served.read_exact(&mut byte)).await;
        assert!(held.is_err(), "it came through");
        link.mend();
        served.read_exact(&mut byte).await?;
        assert_eq!(byte, *b"b");
        Ok(())
    }
}
