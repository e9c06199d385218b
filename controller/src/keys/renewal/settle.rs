//! `settle`: creates sealing keys until none is due. The API server is behind the trait [`RenewalApi`], so that the simulation
//! drives this loop, too.

use crate::keys::api_server_clock::ClockError;
use crate::keys::renewal::first_key_name::FirstKeyNameError;
use crate::keys::renewal::generate::GenerateError;
use crate::keys::renewal::plan::{NewKey, RenewalPlan, Wait, next_step};
use crate::keys::renewal::schedule::Schedule;
use crate::keys::renewal_request::LocalRequests;
use crate::keys::store::key_records::KeyRecords;
use crate::keys::store::secret_api::StoreError;
use jiff::Timestamp;
use std::sync::Arc;

/// Keys that other replicas have created, or names that other Secrets have, before it is an error.
pub(crate) const ATTEMPTS: usize = 16;

#[derive(Debug, thiserror::Error)]
pub(crate) enum RenewalError {
    #[error(transparent)]
    Clock(#[from] ClockError),
    #[error(transparent)]
    FirstKeyName(#[from] FirstKeyNameError),
    #[error("generating a sealing key failed")]
    Generate(#[from] GenerateError),
    #[error("storing the new sealing key failed")]
    Store(#[from] StoreError),
    #[error("no name is free for the new sealing key: {ATTEMPTS} are taken by other Secrets")]
    NoFreeName,
}

/// What renewal needs of the API server, and of what is known of it.
pub(crate) trait RenewalApi {
    /// The time by the API server's clock.
    async fn now(&self) -> Result<Timestamp, RenewalError>;
    /// The key Secrets, as far as the watch has shown them or this replica has created or found them.
    fn records(&self) -> Arc<KeyRecords>;
    fn schedule<'a>(&'a self, records: &'a KeyRecords, now: Timestamp) -> Schedule<'a>;
    /// Whether keys that wait to be unwrapped hold a renewal.
    fn holds(&self, records: &KeyRecords) -> bool;
    /// What the first key's name is derived from.
    async fn first_key_text(&self) -> Result<String, RenewalError>;
    /// Reads the Secret of this name, if there is one, into the records.
    async fn find(&self, name: &str) -> Result<bool, RenewalError>;
    /// Creates a key that is valid from `now`, and adds it to the records. False if its name is taken.
    async fn create(&self, key: &NewKey, now: Timestamp) -> Result<bool, RenewalError>;
    /// Records that there is a first key. Best effort: at worst a name is used twice, should that key be deleted.
    async fn record_first_key(&self);
    /// Removes the annotation that requests a renewal from the Secret of this name, if that is allowed.
    async fn remove_request(&self, name: &str);
}

/// Creates what is due. Returns what to wait for then, and the time at that moment.
pub(crate) async fn settle(
    api: &impl RenewalApi,
    requests: &LocalRequests,
) -> Result<(Wait, Timestamp), RenewalError> {
    let mut first_key_text = String::new();
    for _ in 0..ATTEMPTS {
        let now = api.now().await?;
        let records = api.records();
        let schedule = api.schedule(&records, now);
        let request = requests.update(|request| schedule.about_present(request));
        if first_key_text.is_empty() && records.active().next().is_none() {
            first_key_text = api.first_key_text().await?;
        }
        match next_step(&schedule, request, &first_key_text, api.holds(&records)) {
            RenewalPlan::Wait(wait) => {
                if let Wait::UntilDue(_) = wait {
                    requests.fulfil(request);
                    for key in schedule.fulfilled() {
                        api.remove_request(key.name).await;
                    }
                }
                return Ok((wait, now));
            }
            RenewalPlan::Create(key) => {
                // Another controller may have created it, which the watch has not shown yet.
                if !api.find(&key.name).await? && api.create(&key, now).await? {
                    // Whichever key the request was about: one about a key dated in the future would make another key.
                    requests.fulfil(request);
                    if key.predecessor.is_none() {
                        api.record_first_key().await;
                    }
                }
            }
        }
    }
    Err(RenewalError::NoFreeName)
}
