//! [`TestService`]: a key management service that a test starts, loses and gets back.

use std::fs;

use anyhow::{Context as _, Result};
use k8s_openapi::api::core::v1::Secret;
use key_wrapping::{KeyProviders, ProviderEnvironment, ProviderSpec, Unwrapped, WrappedKey};
use tempfile::TempDir;
use tests::chart::CONTROLLER_NAME;
use tests::kms::kms_plugin::KmsPlugin;
use tests::kms::open_bao::OpenBao;
use tests::kms::open_bao::kubernetes_auth::Role;
use tests::lab::Lab;
use tests::user::page::Page;

use crate::stage::CLUSTER;

/// A kind of service.
pub(crate) trait TestService: Sized {
    /// Starts a new one.
    async fn start_new(lab: &Lab) -> Result<Self>;

    /// The provider, as the controller is given it.
    fn provider(&self) -> String;

    /// The provider with credentials of the test.
    fn provider_of_test(&self) -> String {
        self.provider()
    }

    /// Ends it. Its keys stay.
    async fn stop(&self) -> Result<()>;

    /// Starts it again, under the same address.
    async fn start(&self) -> Result<()>;
}

/// A KMS v2 plugin.
pub(crate) struct Plugin(pub(crate) KmsPlugin);

impl TestService for Plugin {
    async fn start_new(_: &Lab) -> Result<Self> {
        Ok(Self(KmsPlugin::start_new().await?))
    }

    fn provider(&self) -> String {
        format!("kmsv2:unix://{}", self.0.socket().display())
    }

    async fn stop(&self) -> Result<()> {
        self.0.stop().await
    }

    async fn start(&self) -> Result<()> {
        self.0.start().await
    }
}

/// OpenBao, which the controller logs in to as its ServiceAccount, and the test with a token in a file.
pub(crate) struct Bao {
    open_bao: OpenBao,
    dir: TempDir,
}

impl TestService for Bao {
    async fn start_new(lab: &Lab) -> Result<Self> {
        let open_bao = OpenBao::start_new().await?;
        open_bao.enable_transit("transit").await?;
        open_bao.create_key("transit", "sealing", false).await?;
        open_bao.write_policy("sealing", policy(&Page::read("controller/docs/key-wrapping.md")?)?).await?;
        open_bao.enable_kubernetes_auth(&lab.control_plane).await?;
        let audience = format!("https://{}", open_bao.host());
        let role = Role {
            name: "sealed-secrets",
            // The controller of one test moves to another namespace.
            namespace: "*",
            service_account: CONTROLLER_NAME,
            audience: &audience,
            policy: "sealing",
            seconds: 600,
        };
        open_bao.write_role(&role).await?;
        let dir = tempfile::tempdir()?;
        fs::write(dir.path().join("token"), open_bao.root_token())?;
        Ok(Self { open_bao, dir })
    }

    fn provider(&self) -> String {
        self.with("role=sealed-secrets")
    }

    fn provider_of_test(&self) -> String {
        self.with(&format!("token-file={}", self.dir.path().join("token").display()))
    }

    async fn stop(&self) -> Result<()> {
        self.open_bao.stop().await
    }

    async fn start(&self) -> Result<()> {
        self.open_bao.start().await
    }
}

/// The policy that the page gives the controller.
fn policy(page: &Page) -> Result<&str> {
    page.blocks("hcl").into_iter().next().context("the page has no policy")
}

impl Bao {
    fn with(&self, option: &str) -> String {
        let (host, ca) = (self.open_bao.host(), self.open_bao.ca_file());
        format!("openbao+transit://{host}/transit/sealing?ca-file={}&{option}", ca.display())
    }
}

/// The providers of the test itself, under a cluster name.
pub(crate) fn providers(cluster: &str, uris: &[&str]) -> Result<KeyProviders> {
    let wrappers = uris.iter().map(|uri| {
        let spec: ProviderSpec = uri.parse()?;
        Ok(key_wrapping::connect(&spec, &ProviderEnvironment::default())?)
    });
    Ok(KeyProviders::new(cluster.parse()?, wrappers.collect::<Result<_>>()?, Vec::new()))
}

/// What a wrapped key's Secret holds.
pub(crate) fn wrapped(secret: &Secret) -> Result<(WrappedKey, envelope::Certificate)> {
    let data = secret.data.as_ref().context("no data")?;
    let text =
        |name: &str| data.get(name).map(|value| value.0.as_slice()).with_context(|| format!("no {name}"));
    let certificate = envelope::Certificate::from_pem(std::str::from_utf8(text("tls.crt")?)?)?;
    Ok((WrappedKey::from_json(text("wrapped.json")?)?, certificate))
}

/// Opens a wrapped key with the test's own credentials.
pub(crate) async fn open(secret: &Secret, uri: &str) -> Result<Unwrapped> {
    let (key, certificate) = wrapped(secret)?;
    Ok(providers(CLUSTER, &[uri])?.unwrap(&key, certificate).await?)
}
