//! [`JsonResponse`]: the response of a service whose API is JSON.

use anyhow::{Context as _, Result, ensure};
use http::StatusCode;
use reqwest::RequestBuilder;
use serde_json::Value;

/// The status, and the body, which is `null` where there is none.
#[derive(Debug, Clone)]
pub struct JsonResponse {
    /// The status.
    pub status: StatusCode,
    /// The body.
    pub body: Value,
}

impl JsonResponse {
    /// Sends a request.
    pub(crate) async fn to(request: RequestBuilder) -> Result<Self> {
        let response = request.send().await?;
        let (status, text) = (response.status(), response.text().await?);
        let body = if text.is_empty() { Value::Null } else { parse(&text)? };
        Ok(Self { status, body })
    }

    /// The body, if the service did what it was asked for.
    pub fn success(self) -> Result<Value> {
        ensure!(self.status.is_success(), "{}: {}", self.status, self.body);
        Ok(self.body)
    }
}

fn parse(text: &str) -> Result<Value> {
    serde_json::from_str(text).with_context(|| format!("no JSON: {text}"))
}
