//! `authenticate`: uses the token of a kubeconfig's `auth-provider`, which client-go had before credential plugins.
//!
//! Decided: an ID token that has expired is not refreshed here, because a refresh token works once, and the response
//! has the next one. kube 5 does not write that to the kubeconfig, so kubectl would be logged out. Therefore kubectl
//! has to refresh the token.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use jiff::{SignedDuration, Timestamp};
use kube::config::AuthInfo;
use serde_json::Value;

/// A token that expires within this time is not used.
const MARGIN: SignedDuration = SignedDuration::from_secs(10);

/// Why an auth provider gave no credentials. Never shows a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AuthProviderError {
    #[error(
        "the kubeconfig's user logs in by the auth provider \"oidc\", and has no id-token that can be read"
    )]
    NoToken,
    #[error("the ID token of the kubeconfig's user (auth provider \"oidc\") expired on {}", .0.strftime("%Y-%m-%d at %H:%M:%S UTC"))]
    Expired(Timestamp),
    #[error(
        "the kubeconfig's user logs in by the auth provider \"{0}\", which has been removed from Kubernetes' clients"
    )]
    Removed(String),
}

/// Replaces the auth provider by the token that it holds.
pub(crate) fn authenticate(user: &mut AuthInfo) -> Result<(), AuthProviderError> {
    let Some(provider) = user.auth_provider.take() else { return Ok(()) };
    if provider.name != "oidc" {
        return Err(AuthProviderError::Removed(provider.name.chars().take(64).collect()));
    }
    let token = provider.config.get("id-token").ok_or(AuthProviderError::NoToken)?;
    let end = end_of(token).ok_or(AuthProviderError::NoToken)?;
    if end.duration_since(Timestamp::now()) < MARGIN {
        return Err(AuthProviderError::Expired(end));
    }
    user.token = Some(token.clone().into());
    Ok(())
}

/// When a JSON Web Token expires. The API server checks the rest.
fn end_of(token: &str) -> Option<Timestamp> {
    let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?.trim_end_matches('=')).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    let end = claims.get("exp")?;
    #[expect(clippy::cast_possible_truncation, reason = "a fraction of a second does not matter")]
    let seconds = end.as_i64().or_else(|| end.as_f64().map(|seconds| seconds as i64))?;
    Timestamp::from_second(seconds).ok()
}

impl AuthProviderError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::NoToken => "log in again; `kubectl auth whoami` uses the same credentials".into(),
            Self::Expired(_) => "any call of kubectl refreshes it and writes the next one to the kubeconfig: run `kubectl auth whoami`, then \
                                 try again; a credential plugin (`kubectl oidc-login`) needs no such step"
                .into(),
            Self::Removed(name) => {
                let plugin = match name.as_str() {
                    "gcp" => "`gcloud container clusters get-credentials` writes a user with gke-gcloud-auth-plugin",
                    "azure" => "`kubelogin convert-kubeconfig` writes a user with kubelogin",
                    _ => "ask the cluster's provider for one with a credential plugin (`exec`)",
                };
                format!("kubectl does not know it either, since 1.26; {plugin}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn user(provider: &str, config: &Value) -> AuthInfo {
        serde_json::from_value(json!({ "auth-provider": { "name": provider, "config": config } })).unwrap()
    }

    fn token(end: &Value) -> String {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.hunter2", part(&json!({ "alg": "RS256" })), part(&json!({ "exp": end })))
    }

    #[test]
    fn a_token_counts_until_it_expires() {
        let now = Timestamp::now().as_second();
        for end in [json!(now + 60), json!(now + 60).as_f64().map(|end| json!(end + 0.5)).unwrap()] {
            let mut user = user("oidc", &json!({ "id-token": token(&end), "refresh-token": "r" }));
            assert_eq!(authenticate(&mut user), Ok(()));
            let user = serde_json::to_value(&user).unwrap();
            assert_eq!(user["token"], token(&end));
            assert!(user.get("auth-provider").is_none_or(Value::is_null));
        }
        for end in [json!(now - 1), json!(now + 5)] {
            let mut user = user("oidc", &json!({ "id-token": token(&end), "refresh-token": "r" }));
            let error = authenticate(&mut user).unwrap_err();
            assert!(matches!(error, AuthProviderError::Expired(_)));
            assert!(!format!("{error} {error:?}").contains("hunter2"));
        }
    }

    #[test]
    fn what_holds_no_token_or_is_gone_says_so() {
        for config in [json!({}), json!({ "id-token": "x" }), json!({ "id-token": "a.b.c" })] {
            assert_eq!(authenticate(&mut user("oidc", &config)), Err(AuthProviderError::NoToken));
        }
        for (name, way) in [("gcp", "gke-gcloud-auth-plugin"), ("azure", "kubelogin"), ("openstack", "exec")]
        {
            let error = authenticate(&mut user(name, &json!({ "access-token": "hunter2" }))).unwrap_err();
            assert!(error.to_string().contains(name) && error.hint().contains(way), "{error}");
        }
        assert_eq!(authenticate(&mut AuthInfo::default()), Ok(()));
    }
}
