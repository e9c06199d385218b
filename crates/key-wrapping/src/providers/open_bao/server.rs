//! [`Server`]: an `OpenBao` or Vault server, which may be several nodes.

use crate::https::client::HttpsClient;
use crate::https::endpoint::Endpoint;
use crate::https::request::Request;
use crate::https::response::Response;
use crate::provider::error::{ProviderError, ProviderErrorKind};
use crate::provider::spec::{ProviderSpec, ProviderSpecError};
use http::header::LOCATION;
use http::{HeaderValue, StatusCode, Uri};

/// A server, and the nodes that it may redirect to.
#[derive(Debug)]
pub(crate) struct Server {
    endpoint: Endpoint,
    /// A standby node redirects to the active one, and the token goes with the request: to none but these.
    nodes: Vec<Endpoint>,
    namespace: Option<HeaderValue>,
    client: HttpsClient,
}

impl Server {
    /// None if the host cannot be one.
    pub(crate) fn new(spec: &ProviderSpec, host: &str) -> Result<Option<Self>, ProviderSpecError> {
        let Ok(endpoint) = Endpoint::https(host) else { return Ok(None) };
        let hosts = spec.option("redirect-hosts").into_iter().flat_map(|hosts| hosts.split(','));
        let no_host = |_| {
            let message = "write HOST[:PORT], and a comma between two: the port is 443 where none is given";
            ProviderSpecError::Value("redirect-hosts", message.to_owned())
        };
        let mut nodes = hosts.map(Endpoint::https).collect::<Result<Vec<_>, _>>().map_err(no_host)?;
        nodes.push(endpoint.clone());
        let no_header = |_| ProviderSpecError::Value("namespace", "write the path of a namespace".to_owned());
        let namespace = spec.option("namespace").map(HeaderValue::from_str).transpose().map_err(no_header)?;
        Ok(Some(Self { endpoint, nodes, namespace, client: HttpsClient::new(spec)? }))
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Sends a request, to the active node as well where the server says so.
    pub(crate) async fn send(
        &self,
        request: &Request,
        token: Option<&str>,
    ) -> Result<Response, ProviderError> {
        let mut request = request.clone().header("x-vault-request", HeaderValue::from_static("true"));
        if let Some(namespace) = &self.namespace {
            request = request.header("x-vault-namespace", namespace.clone());
        }
        if let Some(token) = token {
            request = request.secret_header("x-vault-token", token)?;
        }
        let response = self.client.send(&self.endpoint, &request).await?;
        if !is_redirect(&response) {
            return Ok(response);
        }
        let response = self.client.send(self.node(&response)?, &request).await?;
        if is_redirect(&response) {
            let message = "the node that the server redirects to redirects as well";
            return Err(ProviderError::new(ProviderErrorKind::Unavailable, message));
        }
        Ok(response)
    }

    /// The node that a redirect names, if it is one of the configured. The path stays the request's.
    fn node(&self, response: &Response) -> Result<&Endpoint, ProviderError> {
        let location =
            response.headers.get(LOCATION).and_then(|location| location.to_str().ok()).unwrap_or_default();
        let uri: Option<Uri> = location.parse().ok();
        let origin = uri.and_then(|uri| {
            let (scheme, authority) = (uri.scheme_str()?.to_owned(), uri.authority()?.to_string());
            format!("{scheme}://{authority}").parse::<Endpoint>().ok()
        });
        let node = origin.and_then(|origin| self.nodes.iter().find(|node| **node == origin));
        node.ok_or_else(|| {
            let message = format!(
                "{} redirects to {:?}: if that is a node of the same server, list its HOST:PORT in the option redirect-hosts",
                self.endpoint,
                response.words(location)
            );
            ProviderError::new(ProviderErrorKind::Garbage, message)
        })
    }
}

fn is_redirect(response: &Response) -> bool {
    matches!(response.status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT)
}

#[cfg(test)]
impl Server {
    /// The server, at an address of a test.
    pub(crate) fn at(self, endpoint: Endpoint) -> Self {
        Self { nodes: vec![endpoint.clone()], endpoint, ..self }
    }

    /// The server, which may redirect to this endpoint.
    pub(crate) fn redirecting_to(mut self, node: Endpoint) -> Self {
        self.nodes.push(node);
        self
    }
}
