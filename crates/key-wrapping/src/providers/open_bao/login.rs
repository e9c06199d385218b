//! [`Login`]: where the token of a request comes from.

use crate::https::endpoint::Endpoint;
use crate::https::request::Request;
use crate::https::response::secret;
use crate::provider::cached::{Cached, Obtained};
use crate::provider::environment::ProviderEnvironment;
use crate::provider::error::{ProviderError, ProviderErrorKind};
use crate::provider::spec::{ProviderSpec, ProviderSpecError};
use crate::provider::token_file;
use crate::provider::tokens::TokenSource;
use crate::providers::open_bao::failure::login_failure;
use crate::providers::open_bao::server::Server;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// Where tokens come from.
#[derive(Debug)]
pub(crate) enum Login {
    /// A file, which an agent keeps current.
    File(PathBuf),
    /// A login with a token of the ServiceAccount, at an auth method of the kind `kubernetes` or `jwt`.
    ServiceAccount {
        /// Path of the auth method.
        mount: String,
        role: String,
        jwt: Jwt,
        session: Cached<Zeroizing<String>>,
    },
}

/// Where the ServiceAccount's token comes from.
#[derive(Debug)]
pub(crate) enum Jwt {
    File(PathBuf),
    /// Asked for, with an audience of the server's own, so that the token is worth nothing elsewhere.
    Requested {
        tokens: Arc<dyn TokenSource>,
        audience: String,
    },
}

impl Login {
    pub(crate) fn new(
        spec: &ProviderSpec,
        endpoint: &Endpoint,
        environment: &ProviderEnvironment,
    ) -> Result<Self, ProviderSpecError> {
        if let Some(file) = spec.option("token-file") {
            let of_login = ["role", "auth-mount", "audience", "jwt-file"];
            if let Some(option) = of_login.into_iter().find(|option| spec.option(option).is_some()) {
                let message = format!("it replaces the login: leave out {option}");
                return Err(ProviderSpecError::Value("token-file", message));
            }
            return Ok(Self::File(file.into()));
        }
        let value = |name, message: &str| ProviderSpecError::Value(name, message.to_owned());
        let role = spec.option("role").ok_or_else(|| {
            value("role", "name the role that the ServiceAccount logs in with, or give a token by token-file")
        })?;
        let mount = spec.option("auth-mount").unwrap_or("kubernetes");
        let is_path_char = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        if !mount.chars().all(is_path_char) || mount.split('/').any(|part| ["", ".", ".."].contains(&part)) {
            return Err(value("auth-mount", "write the path of an auth method, without auth/ before it"));
        }
        let jwt = match (spec.option("jwt-file"), spec.option("audience"), environment.tokens()) {
            (Some(_), Some(_), _) => return Err(value("audience", "the token in jwt-file has its own")),
            (Some(file), None, _) => Jwt::File(file.into()),
            (None, audience, Some(tokens)) => {
                let audience = audience.map_or_else(|| endpoint.to_string(), str::to_owned);
                Jwt::Requested { tokens: tokens.clone(), audience }
            }
            (None, _, None) => {
                let message = "there is no ServiceAccount to log in: give its token by jwt-file, or the server's by token-file";
                return Err(value("role", message));
            }
        };
        Ok(Self::ServiceAccount { mount: mount.into(), role: role.into(), jwt, session: Cached::default() })
    }

    /// A token, by a login if there is none.
    pub(crate) async fn token(&self, server: &Server) -> Result<Obtained<Zeroizing<String>>, ProviderError> {
        match self {
            Self::File(path) => Ok(Obtained { value: token_file::read(path)?, is_cached: false }),
            Self::ServiceAccount { mount, role, jwt, session } => {
                let step =
                    || format!("the login as role {role} at {}, auth/{mount}, failed", server.endpoint());
                session.get_or(log_in(server, mount, role, jwt)).await.map_err(|error| error.in_step(step()))
            }
        }
    }

    /// Forgets the token of the last login.
    pub(crate) fn forget(&self) {
        if let Self::ServiceAccount { session, .. } = self {
            session.forget();
        }
    }
}

impl Jwt {
    async fn token(&self) -> Result<Zeroizing<String>, ProviderError> {
        match self {
            Self::File(path) => token_file::read(path),
            Self::Requested { tokens, audience } => {
                let message = format!("the API server gave no token for the audience {audience}");
                let failed =
                    |cause| ProviderError::new(ProviderErrorKind::Unavailable, message).caused_by(cause);
                tokens.token(audience).await.map_err(failed)
            }
        }
    }
}

/// A new token, and its lifetime.
async fn log_in(
    server: &Server,
    mount: &str,
    role: &str,
    jwt: &Jwt,
) -> Result<(Zeroizing<String>, Option<Duration>), ProviderError> {
    let jwt = jwt.token().await?;
    let request = Request::post_json(format!("/v1/auth/{mount}/login"), &ToLogIn { role, jwt: &jwt })?;
    let response = server.send(&request.keeping_secret(&jwt), None).await?;
    if response.status != StatusCode::OK {
        return Err(login_failure(&response));
    }
    let Auth { client_token, lease_duration } = response.json::<LoggedIn>()?.auth;
    // A token without an end has 0.
    Ok((client_token, (lease_duration > 0).then(|| Duration::from_secs(lease_duration))))
}

#[derive(Serialize)]
struct ToLogIn<'a> {
    role: &'a str,
    jwt: &'a str,
}

#[derive(Deserialize)]
struct LoggedIn {
    auth: Auth,
}

#[derive(Deserialize)]
struct Auth {
    #[serde(deserialize_with = "secret")]
    client_token: Zeroizing<String>,
    lease_duration: u64,
}
