//! [`Credentials`]: what a request is signed with.

use crate::provider::environment::ProviderEnvironment;
use jiff::Timestamp;
use std::fmt;
use std::time::Duration;
use zeroize::Zeroizing;

/// What a request is signed with.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: Zeroizing<String>,
    pub(crate) session_token: Option<Zeroizing<String>>,
}

impl Credentials {
    /// Those of the environment, if it has some.
    pub(crate) fn of(environment: &ProviderEnvironment) -> Option<Self> {
        let secret = |name| environment.variable(name).map(|value| Zeroizing::new(value.to_owned()));
        Some(Self {
            access_key_id: environment.variable("AWS_ACCESS_KEY_ID")?.to_owned(),
            secret_access_key: secret("AWS_SECRET_ACCESS_KEY")?,
            session_token: secret("AWS_SESSION_TOKEN"),
        })
    }
}

/// How long credentials are valid that expire then; None if the text is no date.
pub(crate) fn lifetime(expiration: &str) -> Option<Duration> {
    let left = expiration.parse::<Timestamp>().ok()?.duration_since(Timestamp::now());
    Some(left.try_into().unwrap_or_default())
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}
