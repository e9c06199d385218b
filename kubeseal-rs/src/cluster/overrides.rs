//! [`apply`]: the flags of a connection replace what the kubeconfig says, with kubectl's precedence.

use crate::cluster::error::ConnectionError;
use crate::cluster::proxy;
use crate::cluster::server::{address, authorities};
use crate::settings::connection_flags::{ConnectionFlags, given, given_path};
use crate::settings::sensitive::Sensitive;
use kube::Config;
use kube::config::AuthInfo;
use std::path::Path;

/// The address of `--server`, with the scheme that kubectl adds.
pub(crate) fn server_url(flags: &ConnectionFlags) -> Result<Option<http::Uri>, ConnectionError> {
    let Some(server) = given(flags.server.as_ref()) else { return Ok(None) };
    address(server, speaks_tls(flags)).map(Some).ok_or(ConnectionError::Server)
}

fn speaks_tls(flags: &ConnectionFlags) -> bool {
    given_path(flags.certificate_authority.as_ref()).is_some()
        || given_path(flags.client_certificate.as_ref()).is_some()
        || flags.insecure_skip_tls_verify == Some(true)
}

/// Replaces parts of the configuration by the flags.
pub(crate) fn apply(flags: &ConnectionFlags, config: &mut Config) -> Result<(), ConnectionError> {
    if let Some(url) = server_url(flags)? {
        config.cluster_url = url;
        // It was the name of the kubeconfig's server, which the flag replaces.
        config.tls_server_name = None;
    }
    if let Some(name) = given(flags.tls_server_name.as_ref()) {
        config.tls_server_name = Some(name.to_owned());
    }
    if let Some(path) = given_path(flags.certificate_authority.as_ref()) {
        config.root_cert = Some(authorities(path)?);
        config.root_cert_file = None;
        config.accept_invalid_certs = flags.insecure_skip_tls_verify == Some(true);
    }
    if let Some(skip) = flags.insecure_skip_tls_verify {
        config.accept_invalid_certs = skip;
    }
    if let Some(disable) = flags.disable_compression {
        config.disable_compression = disable;
    }
    if let Some(proxy_url) = given(flags.proxy_url.as_ref()) {
        config.proxy_url = Some(proxy::address(proxy_url).ok_or(ConnectionError::Proxy)?);
    }
    apply_to_user(flags, &mut config.auth_info)?;
    if config.cluster_url.scheme_str() != Some("https") {
        no_credentials_in_clear(&mut config.auth_info);
    }
    Ok(())
}

fn apply_to_user(flags: &ConnectionFlags, user: &mut AuthInfo) -> Result<(), ConnectionError> {
    let token = flags.token.as_ref().filter(|token| !token.expose().is_empty());
    let username = given(flags.username.as_ref());
    if token.is_some() || username.is_some() {
        // A flag replaces every credential of the kubeconfig.
        user.auth_provider = None;
        user.exec = None;
        user.token = None;
        user.token_file = None;
        user.username = None;
        user.password = None;
    }
    if let Some(token) = token {
        user.token = Some(token.expose().to_owned().into());
    } else if let Some(name) = username {
        user.username = Some(name.to_owned());
        let password = flags.password.as_ref().map_or("", Sensitive::expose);
        user.password = Some(password.to_owned().into());
    }
    if let Some(file) = given_path(flags.client_certificate.as_ref()) {
        user.client_certificate = Some(path_text(file)?);
        user.client_certificate_data = None;
    }
    if let Some(file) = given_path(flags.client_key.as_ref()) {
        user.client_key = Some(path_text(file)?);
        user.client_key_data = None;
    }
    if let Some(name) = given(flags.as_user.as_ref()) {
        user.impersonate = Some(name.to_owned());
    }
    if let Some(uid) = given(flags.as_uid.as_ref()) {
        user.impersonate_uid = Some(uid.to_owned());
    }
    let groups: Vec<String> = flags.as_group.iter().filter(|group| !group.is_empty()).cloned().collect();
    if !groups.is_empty() {
        user.impersonate_groups = Some(groups);
    }
    Ok(())
}

/// Removes the credentials, because kubectl sends none over plain http. Impersonation is not a secret and stays.
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
