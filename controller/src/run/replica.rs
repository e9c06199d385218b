//! [`Replica`]: what one process works with, whether it leads or not.

use crate::client::cluster::Cluster;
use crate::config::Config;
use crate::http::state::HttpState;
use crate::keys::renewal_request::LocalRequests;
use crate::keys::unwrapping::providers::Wrapping;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

pub(crate) struct Replica {
    pub(crate) cluster: Cluster,
    pub(crate) config: Config,
    /// The state that the HTTP handlers read, and the work writes.
    pub(crate) state: Arc<HttpState>,
    pub(crate) address: SocketAddr,
    /// Renewals that only this process knows of, requested by SIGUSR1.
    pub(crate) renewal_requests: Arc<LocalRequests>,
    /// The providers of wrapped keys, where there are any.
    pub(crate) wrapping: Option<Arc<Wrapping>>,
    /// Ends the work. `/readyz` fails at once; the ports stay open until the work is finished.
    pub(crate) shutdown: CancellationToken,
}
