//! One kubeconfig with every kind of cluster and user. Relative paths name files beside it.

use anyhow::Result;
use serde_json::{Value, json};

use super::people::People;
use super::plugins::{odd, plugins};
use super::proxy::Proxy;
use crate::stage::Stage;

pub(super) fn kubeconfig(stage: &Stage, people: &People, proxy: &Proxy) -> Result<Value> {
    let plane = &stage.lab.control_plane;
    let ca = plane.dir().join("ca.crt");
    let url = plane.url();
    let named = format!("https://kubernetes.default.svc:{}", plane.port());
    let clusters = named_list(
        "cluster",
        json!({
            "live": { "server": url, "certificate-authority": ca },
            "authority-data": { "server": url, "certificate-authority-data": base64(plane.ca()) },
            "authority-beside": { "server": url, "certificate-authority": "ca.crt" },
            "both-authorities": {
                "server": url, "certificate-authority": "cert.pem", "certificate-authority-data": base64(plane.ca()),
            },
            "other-authority": { "server": url, "certificate-authority": "cert.pem" },
            "no-authority": { "server": url },
            "unverified": { "server": url, "insecure-skip-tls-verify": true },
            "unverified-with-authority": {
                "server": url, "insecure-skip-tls-verify": true, "certificate-authority": ca,
            },
            "server-name": { "server": url, "certificate-authority": ca, "tls-server-name": "kubernetes" },
            "other-server-name": { "server": url, "certificate-authority": ca, "tls-server-name": "elsewhere" },
            "slash": { "server": format!("{url}/"), "certificate-authority": ca },
            "path": { "server": format!("{url}/somewhere"), "certificate-authority": ca },
            "no-scheme": { "server": format!("127.0.0.1:{}", plane.port()), "certificate-authority": ca },
            "http": { "server": format!("http://127.0.0.1:{}", plane.port()) },
            "no-server": { "certificate-authority": ca },
            "dead": { "server": "https://127.0.0.1:1", "certificate-authority": ca },
            "named": { "server": named, "certificate-authority": ca },
            "proxied": { "server": named, "certificate-authority": ca, "proxy-url": proxy.url() },
            "proxied-loopback": { "server": url, "certificate-authority": ca, "proxy-url": proxy.url() },
            "proxied-with-password": { "server": named, "certificate-authority": ca, "proxy-url": proxy.named("@password") },
            "proxied-without-password": { "server": named, "certificate-authority": ca, "proxy-url": proxy.named("@guarded") },
            "dead-proxy": { "server": url, "certificate-authority": ca, "proxy-url": "http://127.0.0.1:1" },
            "dead-socks-proxy": { "server": url, "certificate-authority": ca, "proxy-url": "socks5://127.0.0.1:1" },
            "odd-proxy": { "server": url, "certificate-authority": ca, "proxy-url": "gopher://127.0.0.1:1" },
            "bare-proxy": { "server": named, "certificate-authority": ca, "proxy-url": proxy.named("@bare") },
        }),
    );
    let mut users = named_list("user", users(stage, people)?);
    users.extend(named_list("user", plugins(people)));
    Ok(json!({
        "apiVersion": "v1", "kind": "Config", "clusters": clusters, "users": users,
        "contexts": [
            { "name": "start", "context": { "cluster": "live", "user": "nobody" } },
            { "name": "whole", "context": { "cluster": "live", "user": "token-file", "namespace": "shop" } },
        ],
        "current-context": "start",
    }))
}

/// The kubeconfig with one more user, whose plugin no client can start.
pub(super) fn with_odd_user(config: &Value) -> Value {
    let mut config = config.clone();
    if let Some(users) = config["users"].as_array_mut() {
        users.push(json!({ "name": "odd", "user": odd() }));
    }
    config
}

/// A kubeconfig with a context only.
pub(super) fn context_file(user: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Config", "current-context": user,
        "contexts": [{ "name": user, "context": { "cluster": "live", "user": user } }],
    })
}

fn users(stage: &Stage, people: &People) -> Result<Value> {
    let dir = stage.lab.control_plane.dir();
    let admin = |file: &str| std::fs::read_to_string(dir.join(file)).map(|text| base64(&text));
    let (cert, key) = (admin("admin.crt")?, admin("admin.key")?);
    let (token, impersonator) = (&people.token, &people.impersonator);
    Ok(json!({
        "admin": { "client-certificate": dir.join("admin.crt"), "client-key": dir.join("admin.key") },
        "admin-beside": { "client-certificate": "admin.crt", "client-key": "admin.key" },
        "admin-data": { "client-certificate-data": cert, "client-key-data": key },
        "data-before-files": {
            "client-certificate-data": cert, "client-key-data": key,
            "client-certificate": "nowhere.crt", "client-key": "nowhere.key",
        },
        "certificate-alone": { "client-certificate": "admin.crt" },
        "key-alone": { "client-key": "admin.key" },
        "other-key": { "client-certificate": "admin.crt", "client-key": "pkcs8.pem" },
        "others-certificate": { "client-certificate": "cert.pem", "client-key": "pkcs8.pem" },
        "no-certificate": { "client-certificate": "nowhere.crt", "client-key": "nowhere.key" },
        "nobody": {},
        "token": { "token": token },
        "wrong-token": { "token": "wrong" },
        "empty-token": { "token": "" },
        "token-file": { "tokenFile": "token" },
        "token-file-nowhere": { "tokenFile": "nowhere" },
        "token-file-empty": { "tokenFile": "empty" },
        "token-file-with-newline": { "tokenFile": "token.line" },
        "token-file-first": { "tokenFile": "token", "token": "wrong" },
        "token-file-wrong": { "tokenFile": "wrong", "token": token },
        "token-file-empty-and-token": { "tokenFile": "empty", "token": token },
        "token-file-nowhere-and-token": { "tokenFile": "nowhere", "token": token },
        "certificate-and-token": { "client-certificate": "admin.crt", "client-key": "admin.key", "token": token },
        "certificate-and-wrong-token": {
            "client-certificate": "admin.crt", "client-key": "admin.key", "token": "wrong",
        },
        "password": { "username": "me", "password": "x" },
        "password-and-token": { "username": "me", "password": "x", "token": token },
        "impersonator": { "token": impersonator },
        "as-reader": { "token": impersonator, "as": "reader" },
        "as-other": { "token": impersonator, "as": "other" },
        "as-reader-in-group": { "token": impersonator, "as": "reader", "as-groups": ["readers"] },
        "as-reader-in-other-group": { "token": impersonator, "as": "reader", "as-groups": ["readers", "others"] },
        "as-reader-of-uid": { "token": impersonator, "as": "reader", "as-uid": "5" },
        "as-reader-of-other-uid": { "token": impersonator, "as": "reader", "as-uid": "6" },
        "as-reader-with-extra": { "token": impersonator, "as": "reader", "as-user-extra": { "why": ["because"] } },
        "as-reader-with-other-extra": { "token": impersonator, "as": "reader", "as-user-extra": { "why": ["else"] } },
        "in-group-alone": { "token": impersonator, "as-groups": ["readers"] },
        "old-provider": { "auth-provider": { "name": "gcp" } },
    }))
}

fn named_list(kind: &str, entries: Value) -> Vec<Value> {
    let Value::Object(entries) = entries else { return Vec::new() };
    entries.into_iter().map(|(name, entry)| json!({ "name": name, kind: entry })).collect()
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}
