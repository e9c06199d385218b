//! [`Overrides`]: what flags say about a connection, over what the kubeconfig says; with kubectl's precedence.

use crate::cli::connection_flags::ConnectionFlags;
use crate::cli::hidden::Hidden;
use crate::cluster::error::ConnectionError;
use crate::cluster::proxy;
use crate::cluster::server::{address, authorities};
use crate::cluster::timeout::Timeout;
use kube::Config;
use kube::config::AuthInfo;
use std::path::{Path, PathBuf};

/// What flags say. All is absent by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Overrides {
    pub(crate) cluster: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) server: Option<String>,
    pub(crate) request_timeout: Option<Timeout>,
    pub(crate) proxy_url: Option<String>,
    token: Option<Hidden>,
    as_user: Option<String>,
    as_groups: Vec<String>,
    as_uid: Option<String>,
    certificate_authority: Option<PathBuf>,
    client_certificate: Option<PathBuf>,
    client_key: Option<PathBuf>,
    insecure_skip_tls_verify: Option<bool>,
    tls_server_name: Option<String>,
    username: Option<String>,
    password: Option<Hidden>,
    disable_compression: Option<bool>,
}

impl Overrides {
    /// From the flags; empty values are none. The error is a `--request-timeout` that is not a duration.
    pub(crate) fn meant_by(flags: ConnectionFlags) -> Result<Self, String> {
        let text = |value: Option<String>| value.filter(|value| !value.is_empty());
        let path = |value: Option<PathBuf>| value.filter(|value| !value.as_os_str().is_empty());
        let hidden = |value: Option<Hidden>| value.filter(|value| !value.expose().is_empty());
        let timeout = |text: String| text.parse().map_err(|_| text);
        Ok(Self {
            cluster: text(flags.cluster),
            user: text(flags.user),
            server: text(flags.server),
            request_timeout: flags.request_timeout.map(timeout).transpose()?,
            proxy_url: text(flags.proxy_url),
            token: hidden(flags.token),
            as_user: text(flags.as_user),
            as_groups: flags.as_group.into_iter().filter(|group| !group.is_empty()).collect(),
            as_uid: text(flags.as_uid),
            certificate_authority: path(flags.certificate_authority),
            client_certificate: path(flags.client_certificate),
            client_key: path(flags.client_key),
            insecure_skip_tls_verify: flags.insecure_skip_tls_verify,
            tls_server_name: text(flags.tls_server_name),
            username: text(flags.username),
            password: hidden(flags.password),
            disable_compression: flags.disable_compression,
        })
    }

    /// The address of `--server`, with the scheme that kubectl takes it to have.
    pub(crate) fn server_url(&self) -> Result<Option<http::Uri>, ConnectionError> {
        let Some(server) = &self.server else { return Ok(None) };
        address(server, self.speaks_tls()).map(Some).ok_or(ConnectionError::Server)
    }

    fn speaks_tls(&self) -> bool {
        self.certificate_authority.is_some()
            || self.client_certificate.is_some()
            || self.insecure_skip_tls_verify == Some(true)
    }

    /// Writes over what was configured.
    pub(crate) fn apply(&self, config: &mut Config) -> Result<(), ConnectionError> {
        if let Some(url) = self.server_url()? {
            config.cluster_url = url;
            // The name that was expected of the other server.
            config.tls_server_name = None;
        }
        if let Some(name) = &self.tls_server_name {
            config.tls_server_name = Some(name.clone());
        }
        if let Some(path) = &self.certificate_authority {
            config.root_cert = Some(authorities(path)?);
            config.root_cert_file = None;
            config.accept_invalid_certs = self.insecure_skip_tls_verify == Some(true);
        }
        if let Some(skip) = self.insecure_skip_tls_verify {
            config.accept_invalid_certs = skip;
        }
        if let Some(disable) = self.disable_compression {
            config.disable_compression = disable;
        }
        if let Some(proxy_url) = &self.proxy_url {
            config.proxy_url = Some(proxy::address(proxy_url).ok_or(ConnectionError::Proxy)?);
        }
        self.apply_to_user(&mut config.auth_info)?;
        if config.cluster_url.scheme_str() != Some("https") {
            no_credentials_in_clear(&mut config.auth_info);
        }
        Ok(())
    }

    fn apply_to_user(&self, user: &mut AuthInfo) -> Result<(), ConnectionError> {
        if self.token.is_some() || self.username.is_some() {
            // Whatever else would be logged in with does not count any more.
            user.auth_provider = None;
            user.exec = None;
            user.token = None;
            user.token_file = None;
            user.username = None;
            user.password = None;
        }
        if let Some(token) = &self.token {
            user.token = Some(token.expose().to_owned().into());
        } else if let Some(name) = &self.username {
            user.username = Some(name.clone());
            let password = self.password.as_ref().map_or("", Hidden::expose);
            user.password = Some(password.to_owned().into());
        }
        if let Some(file) = &self.client_certificate {
            user.client_certificate = Some(path_text(file)?);
            user.client_certificate_data = None;
        }
        if let Some(file) = &self.client_key {
            user.client_key = Some(path_text(file)?);
            user.client_key_data = None;
        }
        if let Some(name) = &self.as_user {
            user.impersonate = Some(name.clone());
        }
        if let Some(uid) = &self.as_uid {
            user.impersonate_uid = Some(uid.clone());
        }
        if !self.as_groups.is_empty() {
            user.impersonate_groups = Some(self.as_groups.clone());
        }
        Ok(())
    }
}

/// As kubectl has it: no credentials are sent over plain http. Whom to act as is no secret.
fn no_credentials_in_clear(user: &mut AuthInfo) {
    *user = AuthInfo {
        impersonate: user.impersonate.take(),
        impersonate_uid: user.impersonate_uid.take(),
        impersonate_groups: user.impersonate_groups.take(),
        impersonate_user_extra: user.impersonate_user_extra.take(),
        ..AuthInfo::default()
    };
}

fn path_text(path: &Path) -> Result<String, ConnectionError> {
    path.to_str().map(Into::into).ok_or_else(|| ConnectionError::PathNotText(path.to_owned()))
}
