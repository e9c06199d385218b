//! [`TestServer`]: answers HTTP on this machine with what a test gives it, for the tests of the providers.

use crate::https::endpoint::Endpoint;
use parking_lot::Mutex;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A server that ends on drop.
pub(crate) struct TestServer {
    endpoint: Endpoint,
    received: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl TestServer {
    /// Answers each request with this status line (and headers) and body.
    pub(crate) async fn answering(status: &str, body: &str) -> Self {
        Self::answering_each([(status, body)]).await
    }

    /// Answers the requests one after the other, and those after the last with the last answer.
    pub(crate) async fn answering_each<'a>(answers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let text = |(status, body): (&str, &str)| {
            format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
        };
        Self::start(answers.into_iter().map(text).collect()).await
    }

    /// Takes requests, and never answers.
    pub(crate) async fn silent() -> Self {
        Self::start(Vec::new()).await
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The requests so far, one after the other.
    pub(crate) fn received(&self) -> String {
        self.received.lock().concat()
    }

    async fn start(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn(serve(listener, answers, received.clone()));
        Self { endpoint, received, task }
    }
}

async fn serve(listener: TcpListener, answers: Vec<String>, received: Arc<Mutex<Vec<String>>>) {
    let mut open = Vec::new();
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read(&mut stream).await;
        let answer = {
            let mut received = received.lock();
            received.push(request);
            answers.get(received.len() - 1).or(answers.last())
        };
        match answer {
            // A client that has read enough may close the connection.
            Some(answer) => _ = stream.write_all(answer.as_bytes()).await,
            None => open.push(stream),
        }
    }
}

/// A request with the body that its length announces.
async fn read(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut buffer = [0; 8192];
    loop {
        let length = stream.read(&mut buffer).await.unwrap();
        if length == 0 {
            return text;
        }
        text.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let announced =
            head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= announced.unwrap_or(0) {
            return text;
        }
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
