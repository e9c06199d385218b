//! [`TokenSource`]: where a provider gets a token of the controller's ServiceAccount from.

use futures::future::BoxFuture;
use std::error::Error;
use std::fmt;
use zeroize::Zeroizing;

/// Gives tokens of a ServiceAccount. The caller of this crate has the API server to ask; a command line has none.
pub trait TokenSource: fmt::Debug + Send + Sync {
    /// A token for this audience alone, by the API server's TokenRequest.
    fn token<'a>(
        &'a self,
        audience: &'a str,
    ) -> BoxFuture<'a, Result<Zeroizing<String>, Box<dyn Error + Send + Sync>>>;
}
