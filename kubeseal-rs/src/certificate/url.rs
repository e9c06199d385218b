//! `fetch`: the certificate from a web server, through the proxies that the environment names.

use crate::certificate::file::LARGEST;
use crate::cluster::proxy::{NotAProxy, proxy_for};
use crate::cluster::runtime::{ANSWER_TIMEOUT, CONNECT_TIMEOUT, block_on};
use crate::cluster::session::request_error::{UNKNOWN_ISSUER, is_unknown_issuer};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, Proxy, StatusCode, Url};

/// Why no certificate was fetched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("cannot start the network client")]
    Start(#[source] std::io::Error),
    #[error(transparent)]
    Proxy(NotAProxy),
    #[error("the request failed")]
    Request(#[source] reqwest::Error),
    #[error("the server answered {0}")]
    Status(StatusCode),
    #[error("the answer is larger than any certificate")]
    TooLarge,
}

/// Whether the certificate may come from another address than that of the URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Redirects {
    Followed,
    Refused,
}

/// Fetches the text behind `url`.
pub(crate) fn fetch(url: &Url, redirects: Redirects) -> Result<String, FetchError> {
    block_on(get(url, redirects)).map_err(FetchError::Start)?
}

async fn get(url: &Url, redirects: Redirects) -> Result<String, FetchError> {
    // Its message would repeat the URL, credentials included.
    let failed = |error: reqwest::Error| FetchError::Request(error.without_url());
    // reqwest connects directly if the proxy's address is invalid, so that each address is checked before the request.
    proxy_on_the_way(url).map_err(FetchError::Proxy)?;
    let checked = move |attempt: Attempt<'_>| match proxy_on_the_way(attempt.url()) {
        _ if redirects == Redirects::Refused => attempt.stop(),
        Ok(_) => Policy::default().redirect(attempt),
        Err(error) => attempt.error(error),
    };
    let client = Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(ANSWER_TIMEOUT)
        // reqwest would read the environment by rules of its own.
        .no_proxy()
        .proxy(Proxy::custom(|url| proxy_on_the_way(url).ok().flatten()))
        .redirect(Policy::custom(checked))
        .build()
        .map_err(failed)?;
    let mut response = client.get(url.clone()).send().await.map_err(failed)?;
    // As in upstream's kubeseal: no other success counts.
    if response.status() != StatusCode::OK {
        return Err(FetchError::Status(response.status()));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() as u64 > LARGEST {
            return Err(FetchError::TooLarge);
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The proxy that the environment names for this address, as reqwest takes it.
fn proxy_on_the_way(url: &Url) -> Result<Option<String>, NotAProxy> {
    // reqwest cannot request a URL that is not a Uri either.
    let Ok(target) = url.as_str().parse() else { return Ok(None) };
    let proxy = proxy_for(&target, |name| std::env::var(name).ok())?;
    Ok(proxy.map(|proxy| {
        let text = proxy.to_string();
        // The proxy resolves names, as for the API server; reqwest has another name for that.
        text.strip_prefix("socks5://").map(|rest| format!("socks5h://{rest}")).unwrap_or(text)
    }))
}

impl FetchError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Start(_) => "give the certificate as a file: --cert cert.pem".into(),
            Self::Proxy(error) => error.hint(),
            Self::Request(error) if is_unknown_issuer(error) => {
                format!("{UNKNOWN_ISSUER}; a file works as well: --cert cert.pem")
            }
            Self::Request(_) => {
                "check the address in --cert, and HTTPS_PROXY and NO_PROXY where there is a proxy; a file works as \
                 well: --cert cert.pem"
                    .into()
            }
            Self::Status(_) | Self::TooLarge => {
                "check the address in --cert; the controller serves its certificate under /v1/cert.pem".into()
            }
        }
    }
}
