//! [`Watch`]: sees objects change, as soon as the API server says so.
//!
//! Decided: lines of the API server's answer, in which two words are looked for, instead of a watch that decodes objects, because this
//! program shares the cores with what it measures.

use std::collections::HashSet;
use std::pin::Pin;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use futures::{AsyncBufRead, AsyncBufReadExt as _};
use kube::Client;

/// Longer than anything here takes.
const TIMEOUT: Duration = Duration::from_mins(30);

pub(super) struct Watch {
    lines: Pin<Box<dyn AsyncBufRead + Send>>,
    line: String,
}

/// A change of an object.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub namespace: String,
    pub name: String,
    /// Whether its status was written.
    pub has_status: bool,
}

impl Watch {
    /// Watches the metadata of the objects at this path of the API, from now on.
    pub(super) async fn open(client: &Client, path: &str) -> Result<Self> {
        Self::with(client, path, "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1").await
    }

    /// Watches the objects at this path of the API, from now on.
    pub(super) async fn open_whole(client: &Client, path: &str) -> Result<Self> {
        Self::with(client, path, "application/json").await
    }

    async fn with(client: &Client, path: &str, accept: &str) -> Result<Self> {
        let get = |query: &str, accept: &str| {
            http::Request::get(format!("{path}?{query}")).header("accept", accept).body(Vec::new())
        };
        let of_list = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
        let list = client.request_text(get("limit=1", of_list)?).await?;
        let version = text_after(&list, "\"resourceVersion\":\"").context("a list without a version")?;
        let query = format!("watch=1&resourceVersion={version}&timeoutSeconds={}", TIMEOUT.as_secs());
        let stream = client.request_stream(get(&query, accept)?).await;
        let lines = Box::pin(stream.with_context(|| format!("cannot watch {path}"))?);
        Ok(Self { lines, line: String::new() })
    }

    /// Waits for the next change.
    pub(super) async fn next(&mut self) -> Result<Change> {
        self.line.clear();
        let read = tokio::time::timeout(TIMEOUT, self.lines.read_line(&mut self.line));
        if read.await.context("nothing changed any more")?? == 0 {
            bail!("the API server ended a watch");
        }
        let is_error = self.line.starts_with("{\"type\":\"ERROR\"");
        match change(&self.line) {
            Some(change) if !is_error => Ok(change),
            _ => bail!("the API server ended a watch: {}", self.line.trim_end()),
        }
    }

    /// Waits until `count` objects have a status.
    pub(super) async fn until_reported(&mut self, count: usize) -> Result<()> {
        let mut reported = HashSet::new();
        while reported.len() < count {
            let change =
                self.next().await.with_context(|| format!("{} of {count} have a status", reported.len()))?;
            if change.has_status {
                reported.insert((change.namespace, change.name));
            }
        }
        Ok(())
    }

    /// Waits until the object is there, and has a status if that is asked for.
    pub(super) async fn until(&mut self, name: &str, with_status: bool) -> Result<()> {
        loop {
            let change = self.next().await?;
            if change.name == name && (change.has_status || !with_status) {
                return Ok(());
            }
        }
    }
}

fn change(line: &str) -> Option<Change> {
    let (_, metadata) = line.split_once("\"metadata\":{")?;
    let name = text_after(metadata, "\"name\":\"")?.to_owned();
    let namespace = text_after(metadata, "\"namespace\":\"")?.to_owned();
    Some(Change { namespace, name, has_status: metadata.contains("\"subresource\":\"status\"") })
}

/// What stands behind `start`, up to the next quotation mark.
pub(super) fn text_after<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    text.split_once(start)?.1.split_once('"').map(|(found, _)| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_told_from_other_changes() {
        let line = |managed: &str| {
            format!(
                "{{\"type\":\"MODIFIED\",\"object\":{{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",\
                 \"metadata\":{{\"name\":\"s7\",\"namespace\":\"ns\",\"managedFields\":[{managed}]}}}}}}\n"
            )
        };
        let seen = |has_status| Some(Change { namespace: "ns".into(), name: "s7".into(), has_status });
        assert_eq!(change(&line("{\"manager\":\"m\",\"operation\":\"Update\"}")), seen(false));
        assert_eq!(change(&line("{\"manager\":\"m\",\"subresource\":\"status\"}")), seen(true));
        assert_eq!(change("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\"}}"), None);
    }
}
