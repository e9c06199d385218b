//! [`FileServer`]: an HTTP server of files, for programs that download them.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::accept::accept_each;

type Files = Arc<Mutex<HashMap<String, Bytes>>>;

/// Serves files over HTTP on loopback until it is dropped.
pub struct FileServer {
    address: SocketAddr,
    files: Files,
    _serving: JoinSet<()>,
}

impl FileServer {
    /// On a port that was free.
    pub async fn serve() -> Result<Self> {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("no port for a file server")?;
        let address = listener.local_addr()?;
        let files = Files::default();
        let mut serving = JoinSet::new();
        serving.spawn(accept(listener, Arc::clone(&files)));
        Ok(Self { address, files, _serving: serving })
    }

    /// Serves `content` under `path`; returns the URL.
    pub fn add(&self, path: &str, content: Vec<u8>) -> String {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.insert(format!("/{path}"), content.into());
        format!("http://{}/{path}", self.address)
    }
}

async fn accept(listener: TcpListener, files: Files) {
    accept_each(listener, |stream| {
        let files = Arc::clone(&files);
        let service = service_fn(move |request| {
            let answer = answer(&request, &files);
            async { Ok::<_, Infallible>(answer) }
        });
        // A client that closes the connection sends its request again.
        http1::Builder::new().serve_connection(TokioIo::new(stream), service)
    })
    .await;
}

impl std::fmt::Debug for FileServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileServer").field("address", &self.address).finish_non_exhaustive()
    }
}

fn answer(request: &Request<Incoming>, files: &Files) -> Response<Full<Bytes>> {
    let files = files.lock().unwrap_or_else(PoisonError::into_inner);
    let found = files.get(request.uri().path()).cloned();
    let status = if found.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let mut answer = Response::new(Full::new(found.unwrap_or_default()));
    *answer.status_mut() = status;
    answer
}
