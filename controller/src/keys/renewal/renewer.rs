//! `renew`: looks at the keys, asks `step` what is to be done, and does it. Stateless but for what was asked of this process:
//! it can be dropped at any moment, and begun again here or in another replica.

use crate::config::keys::Keys;
use crate::keys::renewal::api_server_clock::ServerClockError;
use crate::keys::renewal::first_key_name::{Origin, OriginError};
use crate::keys::renewal::generate::{GenerateError, generate};
use crate::keys::renewal::key_age::Dates;
use crate::keys::renewal::plan::{Step, Why, next_step};
use crate::keys::renewal::schedule::answered;
use crate::keys::renewal_request::requests::{Asking, withdraw};
use crate::keys::store::key_secret::Content;
use crate::keys::store::ring::SharedRing;
use crate::keys::store::write::{StoreError, look, secrets, store};
use crate::process::error_chain::chain;
use jiff::{SignedDuration, Timestamp};
use kube::Client;
use std::pin::pin;
use std::time::Duration;
use tokio::time::timeout;

/// The API server's clock is looked at this often: sleeping for weeks would not notice that it was set.
const LOOK: Duration = Duration::from_mins(1);

/// Between a failure and the next try: at first, and at the longest.
const RETRY: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));

/// Names that may be taken before it is taken for a failure.
const ATTEMPTS: usize = 16;

/// Why there is no new key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NewKeyError {
    /// It is not known what time it is.
    #[error(transparent)]
    Clock(#[from] ServerClockError),
    /// It is not known how to name the first.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// It could not be made.
    #[error("making a sealing key failed")]
    Generate(#[from] GenerateError),
    /// It could not be kept.
    #[error("keeping the new sealing key failed")]
    Store(#[from] StoreError),
    /// Every name is taken by something that is no key.
    #[error("no name is free for the new sealing key: {ATTEMPTS} are taken by other Secrets")]
    Names,
}

impl NewKeyError {
    /// What to do about it, if it stays.
    fn hint(&self) -> &'static str {
        match self {
            Self::Store(_) => {
                "the ServiceAccount needs `list`, `watch` and `create` on Secrets in its own namespace; the \
                 chart's Role gives them"
            }
            Self::Names => {
                "delete Secrets that are named like sealing keys and are none, or choose another --key-prefix"
            }
            Self::Clock(_) | Self::Origin(_) => "is the API server well?",
            Self::Generate(_) => "is there enough memory?",
        }
    }
}

/// How far the answer to a creation may be behind the watch.
const ANSWER_BEHIND_WATCH: Duration = Duration::from_secs(1);

/// What renewal works with. All of it may be had by several at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Renewer<'a> {
    /// Where keys are kept.
    pub namespace: &'a str,
    /// How they are made, and when.
    pub settings: &'a Keys,
    /// Those that there are.
    pub ring: &'a SharedRing,
    /// What was asked of this process.
    pub asking: &'a Asking,
}

impl Renewer<'_> {
    /// Makes a key if the loaded ring is empty and none has ever been seen; ends once there is one, wherever it came from,
    /// or once it is clear that none is to be made.
    pub(crate) async fn ensure_one(self, client: &Client) {
        self.ring.loaded().await;
        if !self.ring.snapshot().is_empty() {
            return;
        }
        let mut changes = self.ring.changes();
        let arrived = async { while self.ring.snapshot().is_empty() && changes.changed().await.is_ok() {} };
        let mut settling = pin!(self.settle_at_last(client));
        tokio::select! {
            biased;
            () = arrived => {
                // The watch may bring the own key before the answer to its creation, which is still to be logged and noted.
                let _ = timeout(ANSWER_BEHIND_WATCH, &mut settling).await;
            }
            _ = &mut settling => {}
        }
    }

    /// Renews until it is dropped.
    pub(crate) async fn renew(self, client: &Client) {
        let (mut changes, mut asked) = (self.ring.changes(), self.asking.changes());
        self.ring.loaded().await;
        self.note_first(client).await;
        loop {
            changes.borrow_and_update();
            asked.borrow_and_update();
            let wait = self.settle_at_last(client).await;
            tokio::select! {
                _ = changes.changed() => {}
                _ = asked.changed() => {}
                () = tokio::time::sleep(wait.min(LOOK)) => {}
            }
        }
    }

    /// The replica that made the first key may have ended before it noted that.
    async fn note_first(self, client: &Client) {
        if self.ring.snapshot().is_empty() {
            return;
        }
        let secrets = secrets(client, self.namespace);
        note(&Origin::beside(&secrets, &self.settings.new.prefix)).await;
    }

    /// Settles, however often it fails.
    async fn settle_at_last(self, client: &Client) -> Duration {
        let (mut pause, longest) = RETRY;
        loop {
            match settle(client, self).await {
                Ok(wait) => return wait,
                // Before it is known what time it is, it is not known whether there is anything to do.
                Err(error @ NewKeyError::Clock(_)) => {
                    let (error, hint) = (chain(&error), error.hint());
                    tracing::warn!(
                        error,
                        hint,
                        "whether a sealing key is due could not be seen; trying again"
                    );
                }
                Err(error) => {
                    let (error, hint) = (chain(&error), error.hint());
                    tracing::error!(error, hint, "Failed to generate new key, will retry");
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(longest);
        }
    }
}

/// Does what is to be done, until nothing is; then, how long that lasts at least.
async fn settle(client: &Client, renewer: Renewer<'_>) -> Result<Duration, NewKeyError> {
    let Renewer { namespace, settings, ring, asking } = renewer;
    let secrets = secrets(client, namespace);
    let origin = Origin::beside(&secrets, &settings.new.prefix);
    let mut rules = ring.rules(String::new());
    for _ in 0..ATTEMPTS {
        let now = ring.clock().look(client).await?;
        let known = ring.known();
        let asked = asking.of_the_present(&known.observed, &rules, now);
        if known.ring.is_empty() && rules.origin.is_empty() {
            rules = ring.rules(origin.get().await?);
        }
        let (name, why, predecessor, answers) = match next_step(&known.observed, asked, &rules, now) {
            Step::Settled(next) => {
                asking.done(asked);
                for key in answered(&known.observed, &rules, now) {
                    withdraw(client, namespace, key.name).await;
                }
                return Ok(next.map_or(LOOK, |next| until(next, now)));
            }
            Step::NotYet(at) => return Ok(until(at, now)),
            Step::Make { name, why, predecessor, answers } => (name, why, predecessor, answers),
        };
        // Another controller may have made it, which our watch has not shown yet.
        if let Some(there) = look(&secrets, &name, settings).await? {
            ring.add(&there);
            continue;
        }
        say(why, settings, predecessor.map(|key| key.short()).as_deref());
        let pair = generate(&settings.new, now).await?;
        let fingerprint = pair.certificate().fingerprint();
        if let Some(key) = store(&secrets, &name, settings, pair, &answers).await? {
            tracing::info!(secret = name, %fingerprint, "New key written");
            if let Content::Key { key, .. } = &key.content
                && let Some(apart) = Dates::of(key).apart()
            {
                tracing::error!(
                    secret = name,
                    seconds = apart.as_secs(),
                    hint = "does something between here and the API server rewrite the `Date` of answers, or do the clocks \
                            of several API servers differ?",
                    "the API server's answers and its objects are dated by different clocks: keys are renewed by the former"
                );
            }
            // The watch brings it too; until then it already counts.
            ring.add(&key);
            // Whatever it was made for: of a key from the future, it would be asked again of this one.
            asking.done(asked);
            if predecessor.is_none() {
                note(&origin).await;
            }
        } else {
            tracing::info!(secret = name, "another replica was faster: its key is used");
        }
    }
    Err(NewKeyError::Names)
}

/// Best effort: at worst a name is used twice, should that key be deleted.
async fn note(origin: &Origin<'_>) {
    if let Err(error) = origin.used().await {
        tracing::debug!(error = chain(&error), "that there is a first key was not noted");
    }
}

fn until(moment: Timestamp, now: Timestamp) -> Duration {
    let left: SignedDuration = moment.duration_since(now);
    // Not less than it takes to look: the API server tells whole seconds.
    Duration::try_from(left).unwrap_or_default().max(Duration::from_millis(200))
}

fn say(why: Why, settings: &Keys, predecessor: Option<&str>) {
    let (bits, predecessor) = (settings.new.size.bits(), predecessor.unwrap_or("none"));
    match why {
        Why::First => tracing::info!(bits, "no sealing key yet: making the first"),
        Why::Due => tracing::info!(bits, predecessor, "the newest sealing key is due: making its successor"),
        Why::Asked => tracing::info!(bits, predecessor, "renewal was asked for: making a sealing key"),
        Why::Leaked => tracing::warn!(bits, predecessor, "no key is left but leaked ones: making a new one"),
        Why::Clock => {
            tracing::warn!(
                bits,
                predecessor,
                "every sealing key is from the future, so a clock was wrong when they were made: making a new one"
            );
        }
    }
}
