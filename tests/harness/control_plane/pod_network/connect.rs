//! An HTTP CONNECT proxy with the features that the API server needs: it reads a request head, answers with a status
//! line, and copies bytes in both directions. It connects to 127.0.0.1 only.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpStream, UnixListener, UnixStream};

use crate::accept::accept_each;
use crate::control_plane::pod_network::table::Table;

/// The API server's requests have five header lines; a longer head is not from it.
const LONGEST_HEAD: usize = 8 << 10;

/// Serves until dropped, which closes every connection.
pub(crate) async fn serve(listener: UnixListener, table: Arc<Table>) {
    // An error ends that connection; the API server reports it to its client.
    accept_each(listener, |stream| {
        let table = Arc::clone(&table);
        async move { proxy(stream, &table).await }
    })
    .await;
}

async fn proxy(mut client: UnixStream, table: &Table) -> Result<()> {
    let head = read_head(&mut client).await?;
    let Some(pod) = target(&head) else {
        return refuse(&mut client, "400 Bad Request").await;
    };
    let Some(local_port) = table.get(pod) else {
        return refuse(&mut client, "502 No Such Pod").await;
    };
    let Ok(mut server) = TcpStream::connect((Ipv4Addr::LOCALHOST, local_port)).await else {
        return refuse(&mut client, "502 Connection Refused").await;
    };
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

/// Reads byte by byte, so that nothing after the head is read; a head has 100 bytes.
async fn read_head(client: &mut UnixStream) -> Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == LONGEST_HEAD {
            bail!("a request head of more than {LONGEST_HEAD} bytes");
        }
        head.push(client.read_u8().await.context("the connection ended within the request head")?);
    }
    Ok(head)
}

async fn refuse(client: &mut UnixStream, status: &str) -> Result<()> {
    let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    Ok(client.write_all(answer.as_bytes()).await?)
}

fn target(head: &[u8]) -> Option<SocketAddrV4> {
    let head = str::from_utf8(head).ok()?;
    head.strip_prefix("CONNECT ")?.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_connect_to_an_address_is_understood() {
        let pod = SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 1), 8080);
        assert_eq!(target(b"CONNECT 192.0.2.1:8080 HTTP/1.1\r\nHost: x\r\n\r\n"), Some(pod));
        assert_eq!(target(b"CONNECT example.com:80 HTTP/1.1\r\n\r\n"), None);
        assert_eq!(target(b"GET / HTTP/1.1\r\n\r\n"), None);
    }

    #[tokio::test]
    async fn an_unknown_pod_is_a_bad_gateway() -> Result<()> {
        let (mut client, server) = UnixStream::pair()?;
        client.write_all(b"CONNECT 192.0.2.1:8080 HTTP/1.1\r\n\r\n").await?;
        proxy(server, &Table::default()).await?;
        let mut answer = String::new();
        client.read_to_string(&mut answer).await?;
        assert!(answer.starts_with("HTTP/1.1 502 "), "{answer}");
        Ok(())
    }
}
