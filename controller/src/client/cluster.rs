//! [`Cluster`]: the clients of the API server, and the controller's own namespace.

use crate::client::key_connections::own_connection_for_keys;
use crate::client::transport::Transport;
use crate::config::watch::ClientLimit;
use crate::leader_election::fence::Fence;
use http::HeaderValue;
use http::header::USER_AGENT;
use kube::client::ClientBuilder;
use kube::config::{InClusterError, InferConfigError};
use kube::{Client, Config};
use std::path::Path;
use std::time::Duration;
use tower::util::MapRequestLayer;

/// The API server, and the controller's own namespace.
#[derive(Clone)]
pub(crate) struct Cluster {
    /// The client for all requests but those for the Lease and those of a leader.
    pub client: Client,
    /// The client for the Lease: its requests wait behind no others, and have no rate limit.
    pub lease_client: Client,
    /// The controller's own namespace: that of its keys.
    pub namespace: String,
    pub server: String,
    transport: Transport,
}

/// Why there is no client for a cluster.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClusterError {
    /// `KUBERNETES_SERVICE_HOST` is set, but the ServiceAccount's files are not there.
    #[error("this looks like a pod, but its ServiceAccount cannot be used")]
    InCluster(#[source] InClusterError),
    #[error("found neither a kubeconfig nor a ServiceAccount")]
    Infer(#[source] InferConfigError),
    #[error("the configuration for the API server cannot be used")]
    Client(#[source] kube::Error),
}

/// The name of the controller in `managedFields` and in the audit log of the API server.
const NAME: &str = concat!("sealed-secrets-controller/", env!("CARGO_PKG_VERSION"));

/// The file in which Kubernetes gives a Pod its own namespace.
const NAMESPACE_FILE: &str = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

impl Cluster {
    /// Connects with the ServiceAccount in a Pod, and with KUBECONFIG elsewhere. `KUBERNETES_SERVICE_HOST` shows that
    /// this is a Pod, so that a kubeconfig in an image is never used by mistake.
    /// `limit` is the rate of requests; without one, the API server's own priority and fairness limits them.
    pub(crate) async fn connect(limit: Option<ClientLimit>) -> Result<Self, ClusterError> {
        let mut config = if std::env::var_os("KUBERNETES_SERVICE_HOST").is_some() {
            Config::incluster().map_err(ClusterError::InCluster)?
        } else {
            Config::infer().await.map_err(ClusterError::Infer)?
        };
        // It would wait for as long as an answer's `Retry-After` says, and hold a watch up with it; see `retry_delays`.
        config.default_retry = false;
        // A watch that hangs is ended by its own idle timeout; a request that hangs is not. Longer than the API server itself
        // works at any request.
        config.read_timeout = Some(Duration::from_secs(75));
        config.reset_reader_on_write = true;
        // The API server notes its first part as the manager of the fields that are written, and would note `unknown` without it.
        config.headers.push((USER_AGENT, HeaderValue::from_static(NAME)));
        let server = config.cluster_url.to_string();
        let namespace = own_namespace(&config.default_namespace);
        let lease_client = Client::try_from(config.clone()).map_err(ClusterError::Client)?;
        let own_connection = MapRequestLayer::new(own_connection_for_keys(&namespace));
        let connections = ClientBuilder::try_from(config).map_err(ClusterError::Client)?;
        let transport = Transport::new(connections.with_layer(&own_connection).build(), limit);
        Ok(Self { client: transport.client(Fence::unbounded()), lease_client, namespace, server, transport })
    }

    /// The client of a leader, which writes while its term lasts.
    pub(crate) fn client_of_term(&self, fence: Fence) -> Client {
        self.transport.client(fence)
    }
}

/// `POD_NAMESPACE`, or the namespace of the ServiceAccount, or that of the kubeconfig.
fn own_namespace(of_config: &str) -> String {
    let of_environment = std::env::var("POD_NAMESPACE").unwrap_or_default();
    let of_account = std::fs::read_to_string(Path::new(NAMESPACE_FILE)).unwrap_or_default();
    [of_environment.as_str(), of_account.trim(), of_config]
        .into_iter()
        .find(|namespace| !namespace.is_empty())
        .unwrap_or("default")
        .to_owned()
}
