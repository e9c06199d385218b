//! [`Elector`]: reads and writes the Lease as `election` says. The I/O, and nothing decided here.

use crate::config::election::LeaseTerms;
use crate::keys::store::ring::SharedRing;
use crate::leader_election::election::{Election, Loss, Step};
use crate::leader_election::fence::Fence;
use crate::leader_election::identity::Identity;
use crate::leader_election::lease::Record;
use crate::leader_election::permission::ShutOut;
use crate::process::boot_clock::Moment;
use crate::process::error_chain::chain;
use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::Lease;
use kube::api::{Api, PostParams};
use kube::{Client, Error};
use rand::RngExt as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How often a replica looks that was forbidden to, until it is certain that it has no right to Leases.
const DOUBT_POLL: Duration = Duration::from_millis(500);

/// How long the first look waits for the keys that exist: without them, being forbidden to look proves nothing.
const KEYS_FIRST: Duration = Duration::from_secs(1);

/// How often one who was shut out tries again.
const SHUT_OUT_POLL: Duration = Duration::from_mins(1);

/// One replica's part in the election.
#[derive(Debug)]
pub(crate) struct Elector {
    leases: Api<Lease>,
    election: Election,
    /// Where there is a key, a replica has led.
    keys: Arc<SharedRing>,
    /// As last read or written: only this version of it is ever overwritten.
    lease: Option<Lease>,
    /// Whether we may use Leases at all.
    shut_out: ShutOut,
    /// Whether the last look showed what there is.
    may_read: bool,
    /// Whether the last look failed: the same is not said again.
    troubled: bool,
    /// Whose standby we have said to be.
    told: Option<String>,
}

/// How contending ended.
#[derive(Debug)]
pub(crate) enum Contended {
    /// We lead, until the fence says otherwise.
    Won(Fence),
    /// We may not use Leases at all.
    Forbidden,
    /// We were told to stop.
    Stopped,
}

impl Elector {
    /// Contends for the Lease in `namespace`. `client` is for this alone: neither limited nor fenced. The `keys` tell
    /// whether anybody can have led before.
    pub(crate) fn new(client: Client, namespace: &str, terms: LeaseTerms, keys: Arc<SharedRing>) -> Self {
        Self {
            leases: Api::namespaced(client, namespace),
            election: Election::new(Identity::of_this_process(), terms),
            keys,
            lease: None,
            shut_out: ShutOut::default(),
            may_read: false,
            troubled: false,
            told: None,
        }
    }

    /// Stands by until the Lease is ours. `stood_by` is called each time that another replica turns out to hold it.
    pub(crate) async fn contend(&mut self, stop: &CancellationToken, stood_by: impl Fn()) -> Contended {
        let keys = timeout(KEYS_FIRST, self.keys.loaded());
        stop.run_until_cancelled(keys).await;
        while !stop.is_cancelled() {
            let wait = match self.look().await {
                Ok(()) => match self.election.next(Moment::now()) {
                    Step::Acquire => match self.claim().await {
                        Ok(Some(end)) => return Contended::Won(Fence::until(end)),
                        // Another replica was faster.
                        Ok(None) => Duration::ZERO,
                        Err(error) if self.is_shut_out(&error) => return Contended::Forbidden,
                        Err(error) => self.trouble("taking", &error),
                    },
                    Step::Wait(wait) => wait,
                    Step::Renew | Step::GiveUp(_) => Duration::ZERO,
                },
                Err(error) if self.is_shut_out(&error) => return Contended::Forbidden,
                Err(error) => self.trouble("reading", &error),
            };
            if self.election.other().is_some() {
                self.tell();
                stood_by();
            }
            let wait = wait.mul_f64(rand::rng().random_range(0.8..1.2));
            stop.run_until_cancelled(tokio::time::sleep(wait)).await;
        }
        Contended::Stopped
    }

    /// Renews, and extends the fence each time, until the term is lost or `done`; None for the latter.
    ///
    /// A renewal under way is finished before this ends: a release of the Lease needs its version.
    pub(crate) async fn keep(&mut self, fence: &Fence, done: &CancellationToken) -> Option<Loss> {
        while !done.is_cancelled() {
            match self.election.next(Moment::now()) {
                Step::GiveUp(loss) => return Some(loss),
                Step::Wait(wait) => {
                    done.run_until_cancelled(tokio::time::sleep(wait)).await;
                }
                Step::Acquire | Step::Renew => match self.claim().await {
                    Ok(Some(end)) if fence.extend(end, Moment::now()) => {}
                    Ok(Some(_)) => return Some(Loss::Expired),
                    // Who holds it now, the next step tells.
                    Ok(None) => {}
                    Err(error) => {
                        self.trouble("renewing", &error);
                    }
                },
            }
        }
        None
    }

    /// The term is over; the Lease itself is left as it is.
    pub(crate) fn step_down(&mut self) {
        self.election.stepped_down();
        self.told = None;
    }

    /// Gives the Lease up, so that another replica may take it at once. Only when the last write was answered.
    pub(crate) async fn release(&mut self) {
        self.election.stepped_down();
        let Some(lease) = &self.lease else { return };
        let released =
            Record::of(lease).released(Timestamp::now()).write_into(Some(lease), &self.election.terms().name);
        match self.put(&released).await {
            Ok(_) => tracing::info!(lease = self.election.terms().name, "lease released"),
            Err(error) => {
                tracing::warn!(error = chain(&error), "releasing the lease failed; it runs out by itself");
            }
        }
    }

    /// The name under which we hold the Lease.
    pub(crate) fn me(&self) -> &str {
        self.election.me()
    }

    /// How long to wait between tries that lead nowhere.
    pub(crate) const fn pause(&self) -> Duration {
        self.election.terms().retry
    }

    /// Reads the Lease.
    async fn look(&mut self) -> Result<(), Trouble> {
        self.may_read = false;
        let reading = self.leases.get_opt(&self.election.terms().name);
        self.lease = timeout(self.patience(), reading).await.map_err(|_| Trouble::NoAnswer)??;
        self.may_read = true;
        self.election.pristine(self.keys.shows_none_ever());
        self.election.observe(self.lease.as_ref().map(Record::of), Moment::now());
        self.troubled = false;
        Ok(())
    }

    /// Writes our claim over the Lease as it was last seen. When the term ends; None if the Lease has changed since.
    async fn claim(&mut self) -> Result<Option<Moment>, Trouble> {
        let record = self.election.claim(Timestamp::now());
        let claim = record.write_into(self.lease.as_ref(), &self.election.terms().name);
        let start = Moment::now();
        self.election.tried(start);
        match self.put(&claim).await {
            Ok(lease) => {
                let record = Record::of(&lease);
                self.lease = Some(lease);
                self.troubled = false;
                Ok(Some(self.election.won(record, start, Moment::now())))
            }
            // 409: another version of it is there; 404: it was deleted.
            Err(Trouble::Api(Error::Api(status)))
                if status.code == 409 || (status.code == 404 && self.lease.is_some()) =>
            {
                self.look().await?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    async fn put(&self, lease: &Lease) -> Result<Lease, Trouble> {
        let options = PostParams::default();
        let writing = async {
            match &lease.metadata.resource_version {
                Some(_) => self.leases.replace(&self.election.terms().name, &options, lease).await,
                None => self.leases.create(&options, lease).await,
            }
        };
        Ok(timeout(self.patience(), writing).await.map_err(|_| Trouble::NoAnswer)??)
    }

    /// How long one request may take: a second one must fit into a term.
    fn patience(&self) -> Duration {
        self.election.terms().deadline / 2
    }

    /// Waits until we may use Leases after all, having been shut out. By trying to write, because a replica that may only read them is
    /// still shut out.
    pub(crate) async fn admitted(&mut self) {
        let mut pause = SHUT_OUT_POLL;
        loop {
            tokio::time::sleep(pause).await;
            let entry = self.try_in().await;
            // A leader that was elected ends this at once, wherever it can be seen.
            if entry.is_ok() || self.election.other().is_some() {
                self.shut_out.forget();
                return;
            }
            pause = if self.may_read { self.pause() } else { SHUT_OUT_POLL };
        }
    }

    /// Looks at the Lease, and takes it if it is free.
    async fn try_in(&mut self) -> Result<(), Trouble> {
        loop {
            self.look().await?;
            match self.election.next(Moment::now()) {
                Step::Acquire => return self.claim().await.map(drop),
                Step::Wait(wait) if self.election.other().is_none() => tokio::time::sleep(wait).await,
                _ => return Ok(()),
            }
        }
    }

    /// Whether everything that we wanted to do with Leases since the start was forbidden, for long enough, while our rights on
    /// keys were known: an API server that has just started knows of none. Later it is trouble, which may pass; and a
    /// replica that has ever seen a Lease, held or not, is part of an election for good.
    fn is_shut_out(&mut self, error: &Trouble) -> bool {
        let forbidden = matches!(error, Trouble::Api(Error::Api(status)) if status.is_forbidden());
        let lasting = forbidden && self.election.is_new() && self.keys.is_loaded();
        self.shut_out.failed(lasting, Moment::now())
    }

    /// Says what went wrong, once, and how long to wait.
    fn trouble(&mut self, doing: &'static str, error: &Trouble) -> Duration {
        let name = &self.election.terms().name;
        if !std::mem::replace(&mut self.troubled, true) {
            tracing::warn!(lease = name, error = chain(error), "{doing} the lease failed; trying again");
        }
        if self.shut_out.is_in_doubt() { DOUBT_POLL.min(self.pause()) } else { self.pause() }
    }

    /// Says whose standby we are, once.
    fn tell(&mut self) {
        let other = self.election.other().map(str::to_owned);
        if let Some(leader) = &other
            && self.told != other
        {
            tracing::info!(leader, me = self.election.me(), "standing by: another replica leads");
            self.told = other;
        }
    }
}

/// Why the Lease could not be read or written.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("the API server did not answer in time")]
    NoAnswer,
    #[error("the API server did not carry it out")]
    Api(#[from] Error),
}
