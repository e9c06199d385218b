//! The provider `gcpkms` with a copy of Cloud KMS' REST API. Its ciphertext is encoding only: this shows the protocol, and no secrecy.

use std::fs;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use key_wrapping::{Binding, KeyProviders, KeyWrapper, ProviderEnvironment, ProviderErrorKind, Slot};
use tests::kms::drongo::{Drongo, DrongoFault};
use tests::lab::Lab;

use crate::contract;

/// The provider of a key, with tokens of the metadata server.
fn by_metadata(drongo: &Drongo, key: &str) -> Result<Arc<dyn KeyWrapper>> {
    let environment =
        ProviderEnvironment::default().with_variable("GCE_METADATA_HOST", drongo.metadata_host());
    contract::provider(&format!("gcpkms:{key}?endpoint={}", drongo.url()), &environment)
}

/// How many requests there were for an access token.
fn tokens(drongo: &Drongo) -> Result<usize> {
    Ok(drongo.requests()?.iter().filter(|request| request.path.contains("token")).count())
}

pub(crate) async fn wraps_with_tokens_of_the_metadata_server(_: Arc<Lab>) -> Result<()> {
    let drongo = Drongo::start_new().await?;
    let provider = by_metadata(&drongo, &drongo.create_key("sealing").await?)?;
    let before = tokens(&drongo)?;
    let slot = contract::opens(&provider, &contract::other_contexts()?).await?;
    ensure!(slot.key_id == "1", "{slot:?}");
    ensure!(contract::probed(&provider).await? == Binding::Bound, "it is not bound");
    ensure!(contract::current_key_id(&provider).await? == "1", "another version than 1");
    ensure!(tokens(&drongo)? == before + 1, "it got a token more than once");

    // A slot of another key, though the same identity may use that key.
    let other = by_metadata(&drongo, &drongo.create_key("other").await?)?;
    let foreign = other.wrap(&contract::data_key()?, &contract::context()?).await?;
    let planted = Slot { uri: slot.uri.clone(), ..foreign };
    let error = contract::fails(&provider, &planted, &contract::context()?).await?;
    ensure!(error.kind == ProviderErrorKind::Refused, "{error:?}");
    // What was cut off: nothing else that was changed is noticed by this copy.
    let cut = Slot { wrapped: slot.wrapped[..slot.wrapped.len() - 1].to_vec(), ..slot.clone() };
    let error = contract::fails(&provider, &cut, &contract::context()?).await?;
    ensure!(error.kind == ProviderErrorKind::Refused, "{error:?}");
    let gone = by_metadata(&drongo, &format!("{}2", slot.uri.trim_start_matches("gcpkms:")))?;
    let error = contract::fails(&gone, &slot, &contract::context()?).await?;
    ensure!(error.kind == ProviderErrorKind::Denied && error.to_string().contains("NOT_FOUND"), "{error:?}");
    Ok(())
}

pub(crate) async fn wraps_with_the_key_of_a_service_account(_: Arc<Lab>) -> Result<()> {
    let drongo = Drongo::start_new().await?;
    let key = drongo.create_key("sealing").await?;
    let before = tokens(&drongo)?;
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("key.json");
    fs::copy(drongo.service_account(), &file)?;
    let flag = format!("gcpkms:{key}?endpoint={}&credentials-file={}", drongo.url(), file.display());
    let provider = contract::provider(&flag, &ProviderEnvironment::default())?;
    let slot = contract::opens(&provider, &contract::other_contexts()?).await?;
    // The token is the one that the key signed: no server of tokens was asked, not that in the file either.
    ensure!(tokens(&drongo)? == before, "it asked for a token");

    // Another account's key.
    let text = fs::read_to_string(&file)?;
    fs::write(&file, text.replace("controller@", "stranger@"))?;
    let provider = contract::provider(&flag, &ProviderEnvironment::default())?;
    let error = contract::fails(&provider, &slot, &contract::context()?).await?;
    ensure!(
        error.kind == ProviderErrorKind::Denied && error.to_string().contains("UNAUTHENTICATED"),
        "{error:?}"
    );
    // The file is read again after that.
    fs::write(&file, text)?;
    provider.unwrap(&slot, &contract::context()?).await?;
    Ok(())
}

pub(crate) async fn is_lost_and_comes_back(_: Arc<Lab>) -> Result<()> {
    let drongo = Drongo::start_new().await?;
    let provider = by_metadata(&drongo, &drongo.create_key("sealing").await?)?;
    contract::is_lost_and_comes_back(&provider, async || drongo.stop().await, async || drongo.start().await)
        .await
}

pub(crate) async fn faults_are_named(_: Arc<Lab>) -> Result<()> {
    let drongo = Drongo::start_new().await?;
    let provider = by_metadata(&drongo, &drongo.create_key("sealing").await?)?;
    let (data_key, context) = (contract::data_key()?, contract::context()?);
    let slot = provider.wrap(&data_key, &context).await?;
    for (fault, kind, words) in [
        (DrongoFault::Unverified, ProviderErrorKind::Garbage, "did not verify the checksums"),
        (DrongoFault::WrongChecksum, ProviderErrorKind::Garbage, "the checksum of the ciphertext is another"),
        (DrongoFault::OtherName, ProviderErrorKind::Garbage, "it names another key"),
        (
            DrongoFault::Denied,
            ProviderErrorKind::Denied,
            "the service account needs cloudkms.cryptoKeyVersions.useToEncrypt",
        ),
        (DrongoFault::Hang, ProviderErrorKind::Unavailable, "did not answer within 5s"),
    ] {
        drongo.set_fault(Some(fault))?;
        let error = provider.wrap(&data_key, &context).await.err().context("it wrapped")?;
        ensure!(error.kind == kind && error.to_string().contains(words), "{fault:?}: {error:?}");
    }
    drongo.set_fault(Some(DrongoFault::WrongChecksum))?;
    let error = contract::fails(&provider, &slot, &context).await?;
    let words = "the checksum of the plaintext is another";
    ensure!(error.kind == ProviderErrorKind::Garbage && error.to_string().contains(words), "{error:?}");

    // Other bytes under their own checksum: what was wrapped is compared with what opens, before it is stored.
    drongo.set_fault(Some(DrongoFault::OtherPlaintext))?;
    let providers = KeyProviders::new("prod".parse()?, vec![provider.clone()], Vec::new());
    let error = providers.wrap(&contract::pair()?, context.since).await.err().context("it wrapped")?;
    ensure!(error.to_string().ends_with("decrypted something else than it had encrypted"), "{error}");
    drongo.set_fault(None)?;
    provider.unwrap(&slot, &context).await?;
    Ok(())
}
