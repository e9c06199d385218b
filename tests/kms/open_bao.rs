//! OpenBao with the logins of a cluster's service accounts.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use http::StatusCode;
use serde_json::json;
use tests::kms::open_bao::OpenBao;
use tests::kms::open_bao::kubernetes_auth::Role;
use tests::lab::Lab;
use tests::test::temp_namespace::with_temp_ns;

use crate::service_account::{ACCOUNT, Account};

/// What the controller may do: use one key. `update` alone makes no key.
const POLICY: &str = r#"
path "transit/encrypt/sealing" { capabilities = ["update"] }
path "transit/decrypt/sealing" { capabilities = ["update"] }
"#;

pub(crate) async fn a_service_account_logs_in_with_its_audience_alone(lab: Arc<Lab>) -> Result<()> {
    let open_bao = OpenBao::start_new().await?;
    open_bao.enable_transit("transit").await?;
    open_bao.create_key("transit", "sealing", false).await?;
    open_bao.write_policy("sealing", POLICY).await?;
    open_bao.enable_kubernetes_auth(&lab.control_plane).await?;
    with_temp_ns(&lab, async |namespace| {
        let audience = "https://bao.example.com";
        let account = Account::new(&lab, namespace).await?;
        let (service_account, policy) = (ACCOUNT, "sealing");
        let role = Role { name: "controller", namespace, service_account, audience, policy, seconds: 600 };
        open_bao.write_role(&role).await?;
        let token = async |audience| account.token_for(audience).await;

        let logged_in = open_bao.log_in(role.name, &token(audience).await?).await?;
        let plaintext = json!({ "plaintext": "aGVsbG8=", "associated_data": "Y2x1c3Rlcg==" });
        open_bao.post(&logged_in, "transit/encrypt/sealing", &plaintext).await?.success()?;
        let other = open_bao.post(&logged_in, "transit/encrypt/other", &plaintext).await?;
        ensure!(other.status == StatusCode::FORBIDDEN, "another key: {}", other.status);

        let for_another = token("https://other.example.com").await?;
        let refused = open_bao
            .log_in(role.name, &for_another)
            .await
            .err()
            .context("logged in with another audience")?;
        let refused = format!("{refused:#}");
        ensure!(refused.contains("audience"), "{refused}");
        Ok(())
    })
    .await
}
