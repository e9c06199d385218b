//! [`Renewer`]: renews the sealing keys of a cluster. Stateless but for local requests: it can be dropped at any moment, and
//! started again here or in another replica.

use crate::config::keys::Keys;
use crate::keys::key_age::KeyAge;
use crate::keys::renewal::first_key_name::FirstKeyName;
use crate::keys::renewal::generate::generate;
use crate::keys::renewal::hold::Hold;
use crate::keys::renewal::plan::{NewKey, RenewalReason, Wait};
use crate::keys::renewal::schedule::Schedule;
use crate::keys::renewal::settle::{RenewalApi, RenewalError, settle};
use crate::keys::renewal_request::{LocalRequests, remove_annotation};
use crate::keys::store::key_records::{KeyRecords, KeyState};
use crate::keys::store::key_secret::KeyContent;
use crate::keys::store::new_secret;
use crate::keys::store::ring::SharedRing;
use crate::keys::store::secret_api;
use crate::keys::store::secret_api::StoreError;
use crate::keys::store::wrapped_secret::Unwrapping;
use crate::keys::unwrapping::providers::Wrapping;
use crate::leader_election::fence::WriteRefused;
use crate::process::backoff::Backoff;
use crate::process::error_chain::chain;
use envelope::KeyPair;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use key_wrapping::SlotReport;
use kube::{Api, Client};
use parking_lot::Mutex;
use sealing::SealingKey;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// The longest wait: the API server's clock may be set, which a sleep of weeks would miss.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// The shortest wait: the API server's time has whole seconds.
const SHORTEST_WAIT: Duration = Duration::from_millis(200);

const BACKOFF: Backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));

/// Secrets that are named where several keep something waiting.
const NAMED: usize = 5;

/// How far the answer to a creation may be behind the watch.
const ANSWER_BEHIND_WATCH: Duration = Duration::from_secs(1);

/// Renews keys in the controller's namespace.
pub(crate) struct Renewer<'a> {
    client: Client,
    namespace: &'a str,
    secrets: Api<Secret>,
    ring: &'a SharedRing,
    requests: &'a LocalRequests,
    /// None where keys are stored in plain.
    wrapping: Option<Arc<Wrapping>>,
    hold: Mutex<Hold>,
}

impl<'a> Renewer<'a> {
    pub(crate) fn new(
        client: Client,
        namespace: &'a str,
        ring: &'a SharedRing,
        requests: &'a LocalRequests,
        wrapping: Option<Arc<Wrapping>>,
    ) -> Self {
        let secrets = Api::namespaced(client.clone(), namespace);
        Self { client, namespace, secrets, ring, requests, wrapping, hold: Mutex::default() }
    }

    /// Makes a key if there has never been one. Returns once there is a key, from wherever, or once it is clear that none is to
    /// be made, or that a key management service does not wrap it now: [`renew`](Self::renew) goes on trying, while SealedSecrets get the
    /// reason why they are not unsealed.
    pub(crate) async fn ensure_first_key(&self) {
        self.ring.loaded().await;
        if !self.ring.snapshot().is_empty() {
            return;
        }
        let mut changes = self.ring.changes();
        let key_exists =
            async { while self.ring.snapshot().is_empty() && changes.changed().await.is_ok() {} };
        let mut settled = pin!(self.make_first_key());
        tokio::select! {
            biased;
            () = key_exists => {
                // The watch may show our own key before the creation is answered, which is still to be logged and recorded.
                let _ = timeout(ANSWER_BEHIND_WATCH, &mut settled).await;
            }
            () = &mut settled => {}
        }
    }

    async fn make_first_key(&self) {
        let mut backoff = BACKOFF;
        while let Err(error) = settle(self, self.requests).await {
            log_error(&error);
            if let RenewalError::Store(StoreError::Wrap(_)) = error {
                return;
            }
            tokio::time::sleep(backoff.next_delay()).await;
        }
    }

    /// Renews until this future is dropped.
    pub(crate) async fn renew(&self) {
        let (mut changes, mut requests) = (self.ring.changes(), self.requests.changes());
        self.ring.loaded().await;
        if !self.ring.snapshot().is_empty() {
            // The replica that made the first key may have ended before it recorded that.
            self.record_first_key().await;
        }
        loop {
            changes.borrow_and_update();
            requests.borrow_and_update();
            let wait = self.settle_with_retries().await;
            tokio::select! {
                _ = changes.changed() => {}
                _ = requests.changed() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Returns how long to wait until the next call.
    async fn settle_with_retries(&self) -> Duration {
        let mut backoff = BACKOFF;
        loop {
            match settle(self, self.requests).await {
                Ok((Wait::ForProviders, _)) => {
                    self.report_hold();
                    return LONGEST_WAIT;
                }
                Ok((Wait::UntilDue(None), _)) => return LONGEST_WAIT,
                Ok((Wait::UntilDue(Some(moment)) | Wait::UntilNewer(moment), now)) => {
                    let wait = Duration::try_from(moment.duration_since(now)).unwrap_or_default();
                    return wait.clamp(SHORTEST_WAIT, LONGEST_WAIT);
                }
                Err(error) => log_error(&error),
            }
            tokio::time::sleep(backoff.next_delay()).await;
        }
    }

    /// Says once that keys which wait to be unwrapped hold a renewal.
    fn report_hold(&self) {
        if !self.hold.lock().is_news() {
            return;
        }
        let state = self.ring.state();
        let waiting = state.records.secrets.iter().filter(|secret| secret.state == KeyState::Waiting);
        let secrets: Vec<_> = waiting.map(|secret| secret.name.as_str()).take(NAMED).collect();
        tracing::warn!(
            secrets = secrets.join(", "),
            hint = "events on these Secrets say why they are not unwrapped. It waits until they are, or until the key management service has \
                    worked for 3 minutes",
            "a sealing key is due, and waits for wrapped ones that are not unwrapped yet"
        );
    }

    /// Whether each provider that wraps new keys worked when it was last asked.
    fn providers_work(&self) -> bool {
        self.wrapping.as_ref().is_none_or(|wrapping| {
            let mut asked = wrapping.providers.wrapping().filter(|provider| provider.can_unwrap());
            asked.all(|provider| wrapping.states.of(&provider.uri().to_string()).is_up == Some(true))
        })
    }

    /// Stores a new key, wrapped where keys are. It counts before the watch shows it. None if its name is taken.
    async fn store(&self, new: &NewKey, pair: KeyPair) -> Result<Option<Arc<SealingKey>>, StoreError> {
        let Keys { new: settings, order, .. } = self.settings();
        let metadata = new_secret::metadata(&new.name, settings, &new.fulfils);
        let Some(wrapping) = &self.wrapping else {
            let secret = new_secret::plain(metadata, &pair)?;
            let created = secret_api::create(&self.secrets, secret, *order).await?;
            return Ok(created.and_then(|created| {
                self.ring.add(&created);
                match created.content {
                    KeyContent::Key { key, .. } => Some(key),
                    _ => None,
                }
            }));
        };
        let since = pair.certificate().not_before();
        // Each provider opens what it has wrapped before the Secret is created, and the API server returns the same.
        let wrapped = wrapping.providers.wrap(&pair, since).await?;
        let unbound = wrapping.unbound().await;
        let secret = new_secret::wrapped(metadata, (pair.certificate(), &wrapped), &unbound);
        let created = secret_api::create(&self.secrets, secret, *order).await?;
        Ok(created.and_then(|created| {
            let KeyContent::Wrapped { wrapped, .. } = &created.content else { return None };
            let key = Arc::new(SealingKey::new(new.name.clone(), pair).dated(since));
            let unwrapped = Unwrapping::Unwrapped { key: Arc::clone(&key), slots: SlotReport::default() };
            self.ring.add_unwrapped(&created, wrapped.id, &unwrapped);
            Some(key)
        }))
    }

    fn settings(&self) -> &'a Keys {
        self.ring.settings()
    }

    fn first_key_name(&self) -> FirstKeyName<'_> {
        FirstKeyName::new(&self.secrets, &self.settings().new.prefix)
    }
}

impl RenewalApi for Renewer<'_> {
    async fn now(&self) -> Result<Timestamp, RenewalError> {
        Ok(self.ring.clock().read(&self.client).await?)
    }

    fn records(&self) -> Arc<KeyRecords> {
        Arc::clone(&self.ring.state().records)
    }

    fn schedule<'r>(&'r self, records: &'r KeyRecords, now: Timestamp) -> Schedule<'r> {
        Schedule::new(records, self.settings(), now)
    }

    fn holds(&self, records: &KeyRecords) -> bool {
        let mut hold = self.hold.lock();
        if !records.any(KeyState::Waiting) {
            *hold = Hold::default();
            return false;
        }
        hold.lasts(self.providers_work(), Instant::now())
    }

    async fn first_key_text(&self) -> Result<String, RenewalError> {
        Ok(self.first_key_name().text().await?)
    }

    async fn find(&self, name: &str) -> Result<bool, RenewalError> {
        let found = secret_api::find(&self.secrets, name, self.settings().order).await?;
        if let Some(secret) = &found {
            self.ring.add(secret);
        }
        Ok(found.is_some())
    }

    async fn create(&self, key: &NewKey, now: Timestamp) -> Result<bool, RenewalError> {
        log_reason(key, self.settings());
        // Generating a key takes seconds.
        if let Some(wrapping) = &self.wrapping {
            Box::pin(wrapping.check()).await.map_err(StoreError::from)?;
        }
        let pair = generate(&self.settings().new, now).await?;
        let (secret, fingerprint) = (&key.name, pair.certificate().fingerprint());
        // Boxed, because the future of a whole term contains it.
        let Some(created) = Box::pin(self.store(key, pair)).await? else {
            tracing::info!(secret, "another replica was faster: its key is used");
            return Ok(false);
        };
        tracing::info!(secret, %fingerprint, "New key written");
        if let Some(difference) = KeyAge::of(&created).clock_difference() {
            tracing::error!(
                secret,
                seconds = difference.as_secs(),
                hint = "does a proxy rewrite the `Date` header of the API server's answers, or do the clocks of several API \
                        servers differ?",
                "the API server's answers and its objects are dated by different clocks: renewal goes by the answers"
            );
        }
        Ok(true)
    }

    async fn record_first_key(&self) {
        if let Err(error) = self.first_key_name().record_use().await {
            tracing::debug!(error = chain(&error), "recording that there is a first key failed");
        }
    }

    async fn remove_request(&self, name: &str) {
        remove_annotation(&self.client, self.namespace, name).await;
    }
}

fn log_error(error: &RenewalError) {
    if WriteRefused::is_term_over(error) {
        return;
    }
    let hint = match error {
        RenewalError::Store(StoreError::Wrap(_)) => {
            "nothing was stored. Keys are wrapped with every provider of --key-wrap-with: does each answer, and may this controller encrypt \
             and decrypt there?"
        }
        RenewalError::Store(_) => {
            "the ServiceAccount needs `list`, `watch` and `create` on Secrets in its own namespace; the chart's Role grants them"
        }
        RenewalError::NoFreeName => {
            "delete Secrets that are named like sealing keys and are none, or choose another --key-prefix"
        }
        RenewalError::Clock(_) | RenewalError::FirstKeyName(_) => "is the API server healthy?",
        RenewalError::Generate(_) => "is there enough memory?",
    };
    let text = chain(error);
    // Without the time it is not known whether any key is due.
    if let RenewalError::Clock(_) = error {
        tracing::warn!(
            error = text,
            hint,
            "whether a sealing key is due could not be determined; trying again"
        );
    } else {
        tracing::error!(error = text, hint, "Failed to generate new key, will retry");
    }
}

fn log_reason(key: &NewKey, settings: &Keys) {
    let bits = settings.new.size.bits();
    let predecessor = key.predecessor.map_or_else(|| "none".to_owned(), |key| key.short());
    match key.reason {
        RenewalReason::First => tracing::info!(bits, "no sealing key yet: making the first"),
        RenewalReason::Due => {
            tracing::info!(bits, predecessor, "the newest sealing key is due: making its successor");
        }
        RenewalReason::Requested => {
            tracing::info!(bits, predecessor, "renewal was requested: making a sealing key");
        }
        RenewalReason::Leaked => {
            tracing::warn!(bits, predecessor, "only leaked sealing keys are left: making a new one");
        }
        RenewalReason::InPlain => tracing::warn!(
            bits,
            predecessor,
            "keys have to be wrapped, and those that are there are in plain: making a wrapped one"
        ),
        RenewalReason::FutureDates => tracing::warn!(
            bits,
            predecessor,
            "every sealing key is dated in the future, so a clock was wrong when they were made: making a new one"
        ),
    }
}
