//! [`Session`]: a client of the API server, which authenticates again when its credentials have expired.
//!
//! Decided: blocking calls on a runtime of its own, instead of async functions, because commands work on one thing after the other.
//! What is sent at the same time is one call: [`Session::request_each`].

pub(crate) mod error;
pub(crate) mod permission;
pub(crate) mod request_error;

use crate::cluster::Cluster;
use crate::cluster::resolved::{Authenticated, ResolvedCluster};
use crate::cluster::runtime::{ANSWER_TIMEOUT, CONNECT_TIMEOUT, runtime};
use crate::cluster::session::error::SessionError;
use crate::settings::timeout::Timeout;
use futures::{StreamExt as _, stream};
use http::HeaderValue;
use http::header::USER_AGENT;
use kube::{Client, Config};
use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;
use std::pin::pin;
use tokio::runtime::Runtime;

/// A client that has authenticated to a cluster.
pub(crate) struct Session {
    runtime: Runtime,
    client: RefCell<Client>,
    /// Whether a new authentication may give other credentials.
    renews: Cell<bool>,
    cluster: Cluster,
    /// API server and context, for messages.
    server: String,
    is_verified: bool,
}

impl Session {
    /// Authenticates. No request is sent yet.
    pub(crate) fn begin(cluster: &Cluster) -> Result<Self, SessionError> {
        let runtime = runtime().map_err(SessionError::Start)?;
        let (client, authenticated) =
            runtime.block_on(client(cluster.resolved().map_err(SessionError::Connection)?))?;
        Ok(Self {
            runtime,
            client: RefCell::new(client),
            renews: Cell::new(authenticated.renews),
            cluster: cluster.clone(),
            server: authenticated.server,
            is_verified: authenticated.is_verified,
        })
    }

    /// API server and context, for messages.
    pub(crate) fn server(&self) -> &str {
        &self.server
    }

    /// Whether TLS verifies the API server.
    pub(crate) fn is_verified(&self) -> bool {
        self.is_verified
    }

    /// Sends a request, and sends it again with new credentials if the API server answers 401. `request` must send one request only: a request that
    /// was refused had no effect, but earlier requests would be sent twice.
    pub(crate) fn request<T>(
        &self,
        request: impl AsyncFn(Client) -> Result<T, kube::Error>,
    ) -> Result<T, kube::Error> {
        let request = || {
            let client = self.client.borrow().clone();
            self.runtime.block_on(request(client))
        };
        match request() {
            Err(error) if is_unauthorized(&error) && self.authenticate_again() => {
                let answer = request();
                // New credentials that are refused as well are not renewed again.
                self.renews.set(!answer.as_ref().is_err_and(is_unauthorized));
                answer
            }
            answer => answer,
        }
    }

    /// Sends a request for each item, at most `at_once` at the same time, and calls `each` with the answers, in the order of the items, until
    /// it breaks. With new credentials, requests whose answer was not taken are sent again: they must have no effect.
    pub(crate) fn request_each<I: Copy, T>(
        &self,
        items: &[I],
        at_once: usize,
        request: &impl AsyncFn(Client, I) -> Result<T, kube::Error>,
        mut each: impl FnMut(Result<T, kube::Error>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let (mut rest, mut is_renewed) = (items, false);
        loop {
            let client = self.client.borrow().clone();
            let mut answers =
                pin!(stream::iter(rest).map(|item| request(client.clone(), *item)).buffered(at_once));
            let mut taken = 0;
            let mut renews = false;
            while let Some(answer) = self.runtime.block_on(answers.next()) {
                if answer.as_ref().is_err_and(is_unauthorized) {
                    renews = !is_renewed && self.authenticate_again();
                    if renews {
                        break;
                    }
                    // New credentials that are refused as well are not renewed again.
                    self.renews.set(false);
                } else {
                    is_renewed = false;
                }
                taken += 1;
                each(answer)?;
            }
            if !renews {
                return ControlFlow::Continue(());
            }
            (rest, is_renewed) = (rest.get(taken..).unwrap_or_default(), true);
        }
    }

    /// Whether there are new credentials. A plugin that fails prints the reason itself.
    fn authenticate_again(&self) -> bool {
        let resolved = self.cluster.resolved().ok().filter(|_| self.renews.get());
        let renewed = resolved.and_then(|cluster| self.runtime.block_on(client(cluster)).ok());
        self.renews.set(renewed.is_some());
        renewed.map(|(client, ..)| self.client.replace(client)).is_some()
    }
}

fn is_unauthorized(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if status.code == 401)
}

/// The name of kubeseal-rs in `managedFields` and in the API server's audit log.
const NAME: &str = concat!("kubeseal-rs/", env!("CARGO_PKG_VERSION"));

/// A client, and the configuration that it authenticated with. Must be called inside the runtime, because the client starts a task.
async fn client(cluster: &ResolvedCluster) -> Result<(Client, Authenticated), SessionError> {
    let authenticated = cluster.authenticate().await.map_err(SessionError::Connection)?;
    let mut config = with_timeouts(authenticated.config.clone(), cluster.request_timeout());
    // The API server records the part before the slash as field manager, and `unknown` without it.
    config.headers.push((USER_AGENT, HeaderValue::from_static(NAME)));
    let client = Client::try_from(config).map_err(|error| SessionError::Client {
        server: authenticated.server.clone(),
        source: error.into(),
    })?;
    Ok((client, authenticated))
}

/// The time-outs of `--request-timeout`; the defaults where it is not given, so that a user does not wait for ever.
fn with_timeouts(mut config: Config, stated: Option<Timeout>) -> Config {
    config.connect_timeout = Some(CONNECT_TIMEOUT);
    config.read_timeout = Some(ANSWER_TIMEOUT);
    if let Some(Timeout(stated)) = stated {
        config.connect_timeout = Some(stated.map_or(CONNECT_TIMEOUT, |stated| stated.min(CONNECT_TIMEOUT)));
        config.read_timeout = stated;
    }
    config
}
