//! The provider `awskms` with two copies of AWS KMS: one keeps its keys, the other checks signatures and policies.

use std::fs;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use key_wrapping::{Binding, Context, KeyWrapper, ProviderEnvironment, ProviderErrorKind, Slot};
use serde_json::json;
use tests::kms::local_kms;
use tests::kms::moto::{AccessKey, Moto};
use tests::kms::policies;
use tests::lab::Lab;
use tests::test::temp_namespace::with_temp_ns;

use crate::contract;
use crate::service_account::Account;

fn provider(url: &str, arn: &str, environment: &ProviderEnvironment) -> Result<Arc<dyn KeyWrapper>> {
    contract::provider(&format!("awskms:{arn}?endpoint={url}&sts-endpoint={url}"), environment)
}

fn of_user(key: &AccessKey) -> ProviderEnvironment {
    ProviderEnvironment::default()
        .with_variable("AWS_ACCESS_KEY_ID", &key.id)
        .with_variable("AWS_SECRET_ACCESS_KEY", &key.secret)
}

/// For a service that checks none.
fn of_any_user() -> ProviderEnvironment {
    of_user(&AccessKey { id: "AKIAANY".to_owned(), secret: "any".to_owned() })
}

/// Contexts with another fingerprint, and another cluster. The date is not in what `CloudTrail` shows.
fn bound() -> Result<Vec<Context>> {
    Ok(contract::other_contexts()?.into_iter().take(2).collect())
}

pub(crate) async fn wraps_in_the_context_of_cluster_and_fingerprint(_: Arc<Lab>) -> Result<()> {
    let kms = local_kms::start_new().await?;
    let (arn, context) = (kms.create_key().await?, contract::context()?);
    let key = provider(&kms.url(), &arn, &of_any_user())?;
    let slot = contract::fulfils(&key, &bound()?).await?;
    ensure!(slot.key_id == arn, "{slot:?}");
    ensure!(contract::probed(&key).await? == Binding::Bound, "it is not bound");
    ensure!(contract::current_key_id(&key).await? == arn, "it encrypts with another key");

    // A slot of another key does not open, though the same identity may use that key.
    let other = provider(&kms.url(), &kms.create_key().await?, &of_any_user())?;
    let foreign = other.wrap(&contract::data_key()?, &context).await?;
    let planted = Slot { uri: slot.uri.clone(), ..foreign };
    let error = contract::fails(&key, &planted, &context).await?;
    ensure!(error.kind == ProviderErrorKind::Refused, "{error:?}");

    // By an alias.
    let name = "alias/sealed/secrets";
    kms.call("CreateAlias", &json!({ "AliasName": name, "TargetKeyId": arn })).await?.success()?;
    let alias = arn.replace(arn.split(':').next_back().unwrap_or_default(), name);
    let by_alias = provider(&kms.url(), &alias, &of_any_user())?;
    let slot = by_alias.wrap(&contract::data_key()?, &context).await?;
    ensure!(slot.uri == format!("awskms:{alias}") && slot.key_id == arn, "{slot:?}");
    by_alias.unwrap(&slot, &context).await?;

    // A key that is disabled is no fault of the slot, and the slot opens once it is enabled.
    kms.call("DisableKey", &json!({ "KeyId": arn })).await?.success()?;
    let error = contract::fails(&by_alias, &slot, &context).await?;
    ensure!(
        error.kind == ProviderErrorKind::Denied && error.to_string().contains("DisabledException"),
        "{error:?}"
    );
    kms.call("EnableKey", &json!({ "KeyId": arn })).await?.success()?;
    by_alias.unwrap(&slot, &context).await?;
    Ok(())
}

pub(crate) async fn is_lost_and_comes_back(_: Arc<Lab>) -> Result<()> {
    let kms = local_kms::start_new().await?;
    let provider = provider(&kms.url(), &kms.create_key().await?, &of_any_user())?;
    contract::is_lost_and_comes_back(&provider, async || kms.stop().await, async || kms.start().await).await
}

pub(crate) async fn signs_as_a_user_with_the_policy_of_the_page(_: Arc<Lab>) -> Result<()> {
    let moto = Moto::start_new().await?;
    let (arn, other) = (moto.create_key().await?, moto.create_key().await?);
    let user = moto.create_user("sealed-secrets", &policies::aws(&arn)?).await?;
    moto.check_access().await?;
    let allowed = provider(&moto.url(), &arn, &of_user(&user))?;
    let slot = contract::fulfils(&allowed, &bound()?).await?;
    ensure!(contract::probed(&allowed).await? == Binding::Bound, "it is not bound");
    ensure!(contract::current_key_id(&allowed).await? == arn, "it encrypts with another key");

    let forger = AccessKey { secret: "guessed".to_owned(), ..user.clone() };
    let stranger = AccessKey { id: "AKIAUNKNOWN".to_owned(), ..user.clone() };
    for (arn, user, name) in [
        (&other, &user, "AccessDeniedException"),
        (&arn, &forger, "InvalidSignatureException"),
        (&arn, &stranger, "UnrecognizedClientException"),
    ] {
        let provider = provider(&moto.url(), arn, &of_user(user))?;
        let error = contract::fails(&provider, &slot, &contract::context()?).await?;
        ensure!(error.kind == ProviderErrorKind::Denied && error.to_string().contains(name), "{error:?}");
        ensure!(contract::current_key_id(&provider).await.is_err(), "it can be used, they say");
    }
    Ok(())
}

pub(crate) async fn assumes_the_role_of_the_service_account(lab: Arc<Lab>) -> Result<()> {
    let moto = Moto::start_new().await?;
    let arn = moto.create_key().await?;
    let role = moto.create_role("sealed-secrets", &policies::aws(&arn)?).await?;
    moto.check_access().await?;
    with_temp_ns(&lab, async |namespace| {
        let account = Account::new(&lab, namespace).await?;
        let dir = tempfile::tempdir()?;
        let file = dir.path().join("token");
        fs::write(&file, account.token_for("https://elsewhere.example").await?)?;
        let environment = ProviderEnvironment::default()
            .with_variable("AWS_WEB_IDENTITY_TOKEN_FILE", file.display().to_string())
            .with_variable("AWS_ROLE_ARN", &role);
        let provider = provider(&moto.url(), &arn, &environment)?;
        let error =
            provider.wrap(&contract::data_key()?, &contract::context()?).await.err().context("wrapped")?;
        ensure!(error.kind == ProviderErrorKind::Denied, "{error:?}");
        let error = contract::in_full(error);
        let expected =
            format!("gave no credentials of {role}: 400 InvalidIdentityToken: Incorrect token audience");
        ensure!(error.contains(&expected), "{error}");
        // The file is read for each login.
        fs::write(&file, account.token_for("sts.amazonaws.com").await?)?;
        contract::fulfils(&provider, &bound()?).await?;
        Ok(())
    })
    .await
}
