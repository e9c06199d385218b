//! The provider `openbao+transit` with OpenBao's own program.

use std::fs;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use key_wrapping::{Binding, KeyWrapper, ProviderEnvironment, ProviderErrorKind, Slot};
use serde_json::json;
use tempfile::TempDir;
use tests::kms::open_bao::OpenBao;
use tests::kms::open_bao::kubernetes_auth::Role;
use tests::kms::policies;
use tests::lab::Lab;
use tests::test::temp_namespace::with_temp_ns;

use crate::contract;
use crate::service_account::{ACCOUNT, Account};

/// An OpenBao with a key of this mount, and a file with its root token.
struct Site {
    open_bao: OpenBao,
    dir: TempDir,
}

impl Site {
    async fn new(key: &str, derived: bool) -> Result<Self> {
        let open_bao = OpenBao::start_new().await?;
        open_bao.enable_transit("transit").await?;
        open_bao.create_key("transit", key, derived).await?;
        let dir = tempfile::tempdir()?;
        fs::write(dir.path().join("token"), format!("{}\n", open_bao.root_token()))?;
        Ok(Self { open_bao, dir })
    }

    /// The flag for a key, with these options beside that for the CA.
    fn flag(&self, key: &str, options: &str) -> String {
        let (host, ca) = (self.open_bao.host(), self.open_bao.ca_file());
        format!("openbao+transit://{host}/transit/{key}?ca-file={}&{options}", ca.display())
    }

    /// With the root token.
    fn provider(&self, key: &str) -> Result<Arc<dyn KeyWrapper>> {
        let file = self.dir.path().join("token");
        let flag = self.flag(key, &format!("token-file={}", file.display()));
        contract::provider(&flag, &ProviderEnvironment::default())
    }

    async fn change(&self, path: &str, body: &serde_json::Value) -> Result<()> {
        self.open_bao.post(self.open_bao.root_token(), path, body).await?.success()?;
        Ok(())
    }
}

pub(crate) async fn wraps_with_plain_and_derived_keys(_: Arc<Lab>) -> Result<()> {
    let site = Site::new("plain", false).await?;
    site.open_bao.create_key("transit", "derived", true).await?;
    site.change("transit/keys/chacha", &json!({ "type": "chacha20-poly1305" })).await?;
    for key in ["plain", "derived", "chacha"] {
        let provider = site.provider(key)?;
        let slot = contract::fulfils(&provider, &contract::other_contexts()?).await.context(key)?;
        ensure!(contract::probed(&provider).await? == Binding::Bound, "{key} is not bound");
        ensure!(slot.key_id == "1" && slot.wrapped.starts_with(b"vault:v1:"), "{slot:?}");
        ensure!(contract::current_key_id(&provider).await? == "1", "another version than 1");

        // After a rotation, new slots are of the new version, and old ones open.
        site.change(&format!("transit/keys/{key}/rotate"), &json!({})).await?;
        ensure!(contract::current_key_id(&provider).await? == "2", "another version than 2");
        let new = provider.wrap(&contract::data_key()?, &contract::context()?).await?;
        ensure!(new.key_id == "2", "{new:?}");
        provider.unwrap(&slot, &contract::context()?).await?;
    }
    Ok(())
}

pub(crate) async fn logs_in_as_the_service_account_with_the_policy_of_the_page(lab: Arc<Lab>) -> Result<()> {
    let site = Site::new("sealing", false).await?;
    let open_bao = &site.open_bao;
    open_bao.write_policy("sealing", &policies::open_bao()?).await?;
    open_bao.enable_kubernetes_auth(&lab.control_plane).await?;
    with_temp_ns(&lab, async |namespace| {
        let audience = &open_bao.url();
        let (service_account, policy) = (ACCOUNT, "sealing");
        let role = Role { name: "controller", namespace, service_account, audience, policy, seconds: 600 };
        open_bao.write_role(&role).await?;
        let account = Arc::new(Account::new(&lab, namespace).await?);
        let environment = ProviderEnvironment::default().with_tokens(account.clone());
        let provider = contract::provider(&site.flag("sealing", "role=controller"), &environment)?;
        let slot = contract::fulfils(&provider, &contract::other_contexts()?).await?;
        ensure!(contract::probed(&provider).await? == Binding::Bound, "it is not bound");
        ensure!(contract::current_key_id(&provider).await? == "1", "another version than 1");
        // One login for all of it, with a token for this server alone.
        ensure!(account.audiences() == [audience.as_str()], "{:?}", account.audiences());

        // A token that is revoked is replaced by that of a new login.
        site.change("sys/leases/revoke-prefix/auth/kubernetes/login", &json!({})).await?;
        provider.unwrap(&slot, &contract::context()?).await?;
        ensure!(account.audiences().len() == 2, "{:?}", account.audiences());

        // The policy allows this key alone; and no key is made by the way.
        let other = contract::provider(&site.flag("other", "role=controller"), &environment)?;
        let error =
            other.wrap(&contract::data_key()?, &contract::context()?).await.err().context("wrapped")?;
        ensure!(error.kind == ProviderErrorKind::Denied, "{error:?}");
        let expected =
            "permission denied; the policy of the role has to allow `update` of transit/encrypt/other and";
        ensure!(error.to_string().contains(expected), "{error}");

        let flag = site.flag("sealing", "role=controller&audience=https://elsewhere.example");
        let error = denied(&flag, &environment).await?;
        ensure!(error.contains("the role has to exist, and to name this ServiceAccount"), "{error}");
        let error = denied(&site.flag("sealing", "role=unwritten"), &environment).await?;
        ensure!(
            error.contains("the login as role unwritten at ") && error.contains("invalid role name"),
            "{error}"
        );
        Ok(())
    })
    .await
}

pub(crate) async fn is_lost_and_comes_back(_: Arc<Lab>) -> Result<()> {
    let site = Site::new("sealing", false).await?;
    let provider = site.provider("sealing")?;
    let open_bao = &site.open_bao;
    contract::is_lost_and_comes_back(
        &provider,
        async || open_bao.stop().await,
        async || open_bao.start().await,
    )
    .await
}

pub(crate) async fn faults_are_named(_: Arc<Lab>) -> Result<()> {
    let site = Site::new("sealing", false).await?;
    let slot = site.provider("sealing")?.wrap(&contract::data_key()?, &contract::context()?).await?;

    // A key that cannot bind the context.
    site.change("transit/keys/rsa", &json!({ "type": "rsa-2048" })).await?;
    let error = site.provider("rsa")?.wrap(&contract::data_key()?, &contract::context()?).await;
    let error = error.err().context("it wrapped with RSA")?;
    ensure!(error.kind == ProviderErrorKind::Denied, "{error:?}");
    let hint = "the key has to be of the type aes256-gcm96 or chacha20-poly1305";
    ensure!(error.to_string().contains(hint), "{error}");

    // A key, and a version of one, that is not there any more is no fault of the slot.
    let cases = [("gone", "encryption key not found"), ("sealing", "disallowed by policy")];
    site.change("transit/keys/sealing/rotate", &json!({})).await?;
    site.change("transit/keys/sealing/config", &json!({ "min_decryption_version": 2 })).await?;
    for (key, words) in cases {
        let error = contract::fails(&site.provider(key)?, &slot, &contract::context()?).await?;
        ensure!(error.kind == ProviderErrorKind::Denied && error.to_string().contains(words), "{error:?}");
    }

    // A slot of a newer version than the server knows, which another node may know; and one that is said to be of another version than it is.
    for (version, expected) in [("v9", ProviderErrorKind::Unavailable), ("v2", ProviderErrorKind::Refused)] {
        let text = String::from_utf8(slot.wrapped.clone())?.replacen("v1", version, 1);
        let planted = Slot { wrapped: text.into_bytes(), ..slot.clone() };
        let error = contract::fails(&site.provider("sealing")?, &planted, &contract::context()?).await?;
        ensure!(error.kind == expected, "{version}: {error:?}");
    }

    // A wrong token, and the right one once the file has it.
    let file = site.dir.path().join("other-token");
    fs::write(&file, "hvs.wrongwrongwrong")?;
    let flag = site.flag("sealing", &format!("token-file={}", file.display()));
    let provider = contract::provider(&flag, &ProviderEnvironment::default())?;
    let error = contract::fails(&provider, &slot, &contract::context()?).await?;
    ensure!(error.kind == ProviderErrorKind::Denied && !error.to_string().contains("wrong"), "{error:?}");
    fs::write(&file, site.open_bao.root_token())?;
    provider.wrap(&contract::data_key()?, &contract::context()?).await?;

    // A certificate of an authority that is not the configured one; and the right one once the file has it.
    let ca = site.dir.path().join("ca.pem");
    fs::write(&ca, OpenBao::start_new().await?.ca())?;
    let token = site.dir.path().join("token");
    let host = site.open_bao.host();
    let flag = format!(
        "openbao+transit://{host}/transit/sealing?token-file={}&ca-file={}",
        token.display(),
        ca.display()
    );
    let provider = contract::provider(&flag, &ProviderEnvironment::default())?;
    let error =
        provider.wrap(&contract::data_key()?, &contract::context()?).await.err().context("it trusted it")?;
    ensure!(error.kind == ProviderErrorKind::Unavailable, "{error:?}");
    let error = contract::in_full(error);
    ensure!(
        error.contains("invalid peer certificate") && error.contains("; the option ca-file names"),
        "{error}"
    );
    fs::write(&ca, site.open_bao.ca())?;
    provider.wrap(&contract::data_key()?, &contract::context()?).await?;
    Ok(())
}

/// Why a flag's provider does not wrap.
async fn denied(flag: &str, environment: &ProviderEnvironment) -> Result<String> {
    let provider = contract::provider(flag, environment)?;
    let error =
        provider.wrap(&contract::data_key()?, &contract::context()?).await.err().context("it wrapped")?;
    ensure!(error.kind == ProviderErrorKind::Denied, "{error:?}");
    Ok(contract::in_full(error))
}
