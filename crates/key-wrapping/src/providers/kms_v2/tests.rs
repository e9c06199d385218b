//! What a KMS v2 plugin may answer, and what its failures mean.

use super::*;
use std::collections::BTreeMap;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixListener;

fn plugin() -> (TempDir, KmsV2) {
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("kms.sock");
    (dir, KmsV2::new(&socket))
}

/// The error with its causes.
fn text(error: &ProviderError) -> String {
    let cause = error.source.as_ref().map(|cause| format!(": {cause}"));
    format!("{:?}: {error}{}", error.kind, cause.unwrap_or_default())
}

#[tokio::test]
async fn a_plugin_that_does_not_run_is_unavailable() {
    let (_dir, plugin) = plugin();
    let expected = "Unavailable: cannot connect to its socket: No such file or directory (os error 2)";
    assert_eq!(text(&plugin.current_key_id().await.unwrap_err()), expected);
    // The socket of one that was killed.
    drop(UnixListener::bind(&plugin.socket).unwrap());
    let expected = "Unavailable: cannot connect to its socket: Connection refused (os error 111)";
    assert_eq!(text(&plugin.current_key_id().await.unwrap_err()), expected);
}

#[tokio::test]
async fn what_does_not_speak_grpc_is_unavailable() {
    for answer in [&b""[..], b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"] {
        let (_dir, plugin) = plugin();
        let listener = UnixListener::bind(&plugin.socket).unwrap();
        let serve = async {
            let mut stream = listener.accept().await.unwrap().0;
            stream.write_all(answer).await.unwrap();
            stream.shutdown().await.unwrap();
            // Until the client has read it.
            stream.read_to_end(&mut Vec::new()).await.unwrap();
        };
        let (status, ()) = futures::future::join(plugin.current_key_id(), serve).await;
        let error = text(&status.unwrap_err());
        assert!(error.starts_with("Unavailable: the connection to its socket failed: "), "{error}");
    }
}

#[tokio::test]
async fn a_call_that_is_given_up_closes_its_connection() {
    let (_dir, plugin) = plugin();
    let listener = UnixListener::bind(&plugin.socket).unwrap();
    let mut call = plugin.current_key_id();
    let serve = async {
        let mut stream = listener.accept().await.unwrap().0;
        let mut begin = [0; 14];
        stream.read_exact(&mut begin).await.unwrap();
        assert_eq!(&begin, b"PRI * HTTP/2.0");
        stream
    };
    let mut stream = tokio::select! {
        stream = serve => stream,
        answer = &mut call => panic!("{answer:?}"),
    };
    drop(call);
    stream.read_to_end(&mut Vec::new()).await.unwrap();
}

#[tokio::test]
async fn a_slot_that_no_plugin_gave_is_refused_and_not_sent() {
    let (_dir, plugin) = plugin();
    let slot = Slot {
        uri: plugin.uri.to_string(),
        key_id: String::new(),
        wrapped: vec![1],
        annotations: BTreeMap::new(),
    };
    let context = Context {
        fingerprint: "ab".repeat(32).parse().unwrap(),
        cluster_name: "prod".parse().unwrap(),
        since: "2026-01-02T03:04:05Z".parse().unwrap(),
    };
    let error = plugin.unwrap(&slot, &context).await.unwrap_err();
    assert_eq!(text(&error), "Refused: no plugin gave this slot: its key_id is empty");
}

#[test]
fn each_request_has_a_name_of_its_own() {
    let (one, other) = (uid().unwrap(), uid().unwrap());
    assert!(one != other && one.len() == 32, "{one} {other}");
}
