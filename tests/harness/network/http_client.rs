//! The HTTP client of the tests. What a test asks of a pod is in [`pod`](crate::pod).

use reqwest::{Client, ClientBuilder};

/// A client for plain HTTP on loopback. It has no certificate authorities: parsing those of the system takes longer, in a debug build,
/// than all requests of a test together.
pub fn http_client() -> ClientBuilder {
    Client::builder().no_proxy().tls_certs_only([])
}
