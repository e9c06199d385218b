//! [`Elector`]: reads and writes the Lease as `election` decides. All requests for the Lease are here.

use crate::config::election::LeaseTerms;
use crate::leader_election::election::{Election, LeaseAction, Loss};
use crate::leader_election::fence::Fence;
use crate::leader_election::identity::Identity;
use crate::leader_election::lease::LeaseRecord;
use crate::leader_election::permission::LeasePermission;
use crate::process::backoff::jittered;
use crate::process::boot_clock::Moment;
use crate::process::error_chain::chain;
use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::Lease;
use kube::api::{Api, PostParams};
use kube::{Client, Error};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How often a replica retries that was answered 403, until it is certain that RBAC denies the use of Leases.
const DOUBT_POLL: Duration = Duration::from_millis(500);

/// How long the first request for the Lease waits for the keys to be read: before that, a 403 proves nothing.
const KEYS_FIRST: Duration = Duration::from_secs(1);

/// How often a replica retries that is denied the use of Leases.
const PERMISSION_POLL: Duration = Duration::from_mins(1);

/// One replica's part in the election.
#[derive(Debug)]
pub(crate) struct Elector {
    leases: Api<Lease>,
    election: Election,
    /// Whether this replica never leads without an election. Otherwise it leads without one while it may not use Leases.
    is_required: bool,
    /// Whether a replica may have led before; None until that is known.
    earlier_leader: watch::Receiver<Option<bool>>,
    /// As last read or written: only this version of it is overwritten.
    lease: Option<Lease>,
    /// Whether RBAC denies the use of Leases.
    permission: LeasePermission,
    /// Whether the last read succeeded.
    may_read: bool,
    /// Whether the last request failed: a failure is logged once.
    failing: bool,
    /// The leader that the last log line about standing by named.
    logged_leader: Option<String>,
}

#[derive(Debug)]
pub(crate) enum Contended {
    /// This replica leads, while the fence is open.
    Won(Fence),
    Denied,
    Stopped,
}

impl Elector {
    /// Contends for the Lease in `namespace`. `client` is for this only: neither limited nor fenced.
    pub(crate) fn new(
        client: Client,
        namespace: &str,
        terms: LeaseTerms,
        is_required: bool,
        earlier_leader: watch::Receiver<Option<bool>>,
    ) -> Self {
        Self {
            leases: Api::namespaced(client, namespace),
            election: Election::new(Identity::of_this_process(), terms),
            is_required,
            earlier_leader,
            lease: None,
            permission: LeasePermission::default(),
            may_read: false,
            failing: false,
            logged_leader: None,
        }
    }

    /// Stands by until this replica holds the Lease. `stood_by` is called each time that another replica is found to
    /// hold it.
    pub(crate) async fn contend(&mut self, stop: &CancellationToken, stood_by: impl Fn()) -> Contended {
        let known = self.earlier_leader.wait_for(Option::is_some);
        stop.run_until_cancelled(timeout(KEYS_FIRST, known)).await;
        while !stop.is_cancelled() {
            let wait = match self.look().await {
                Ok(()) => match self.election.next(Moment::now()) {
                    LeaseAction::Acquire => match self.claim().await {
                        Ok(Some(end)) => return Contended::Won(Fence::until(end)),
                        // Another replica was faster.
                        Ok(None) => Duration::ZERO,
                        Err(error) if self.is_shut_out(&error) => return Contended::Denied,
                        Err(error) => self.log_failure("taking", &error),
                    },
                    LeaseAction::Wait(wait) => wait,
                    LeaseAction::Renew | LeaseAction::GiveUp(_) => Duration::ZERO,
                },
                Err(error) if self.is_shut_out(&error) => return Contended::Denied,
                Err(error) => self.log_failure("reading", &error),
            };
            if self.election.other().is_some() {
                self.log_leader();
                stood_by();
            }
            stop.run_until_cancelled(tokio::time::sleep(jittered(wait))).await;
        }
        Contended::Stopped
    }

    /// Renews, and extends the fence each time, until the term is lost or `done`; None for the latter.
    ///
    /// A renewal under way is finished before this ends: a release of the Lease needs its version.
    pub(crate) async fn keep(&mut self, fence: &Fence, done: &CancellationToken) -> Option<Loss> {
        while !done.is_cancelled() {
            match self.election.next(Moment::now()) {
                LeaseAction::GiveUp(loss) => return Some(loss),
                LeaseAction::Wait(wait) => {
                    done.run_until_cancelled(tokio::time::sleep(wait)).await;
                }
                LeaseAction::Acquire | LeaseAction::Renew => match self.claim().await {
                    Ok(Some(end)) if fence.extend(end, Moment::now()) => {}
                    Ok(Some(_)) => return Some(Loss::Expired),
                    // The next read shows the holder.
                    Ok(None) => {}
                    Err(error) => {
                        self.log_failure("renewing", &error);
                    }
                },
            }
        }
        None
    }

    /// The term is over; the Lease itself stays as it is.
    pub(crate) fn step_down(&mut self) {
        self.election.stepped_down();
        self.logged_leader = None;
    }

    /// Releases the Lease, so that another replica may take it at once. Only when the last write was answered.
    pub(crate) async fn release(&mut self) {
        self.election.stepped_down();
        let Some(lease) = &self.lease else { return };
        let released = LeaseRecord::of(lease)
            .released(Timestamp::now())
            .write_into(Some(lease), &self.election.terms.name);
        match self.put(&released).await {
            Ok(_) => tracing::info!(lease = self.election.terms.name, "lease released"),
            Err(error) => {
                tracing::warn!(error = chain(&error), "releasing the lease failed; it runs out by itself");
            }
        }
    }

    /// Whether this replica never leads without an election.
    pub(crate) const fn is_required(&self) -> bool {
        self.is_required
    }

    /// The name under which this replica holds the Lease.
    pub(crate) fn me(&self) -> &str {
        &self.election.me.name
    }

    /// How long to wait between two tries.
    pub(crate) const fn retry_period(&self) -> Duration {
        self.election.terms.retry
    }

    async fn look(&mut self) -> Result<(), LeaseError> {
        self.may_read = false;
        let reading = self.leases.get_opt(&self.election.terms.name);
        self.lease = timeout(self.request_timeout(), reading).await.map_err(|_| LeaseError::NoAnswer)??;
        self.may_read = true;
        self.election.pristine(*self.earlier_leader.borrow() == Some(false));
        self.election.observe(self.lease.as_ref().map(LeaseRecord::of), Moment::now());
        self.failing = false;
        Ok(())
    }

    /// Writes this replica's claim over the Lease as it was last read. Returns when the term ends; None if the Lease
    /// has changed since.
    async fn claim(&mut self) -> Result<Option<Moment>, LeaseError> {
        let record = self.election.claim(Timestamp::now());
        let claim = record.write_into(self.lease.as_ref(), &self.election.terms.name);
        let start = Moment::now();
        self.election.tried(start);
        match self.put(&claim).await {
            Ok(lease) => {
                let record = LeaseRecord::of(&lease);
                self.lease = Some(lease);
                self.failing = false;
                Ok(Some(self.election.won(record, start, Moment::now())))
            }
            // 409: the Lease has another version; 404: it was deleted.
            Err(LeaseError::Api(Error::Api(status)))
                if status.code == 409 || (status.code == 404 && self.lease.is_some()) =>
            {
                self.look().await?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    async fn put(&self, lease: &Lease) -> Result<Lease, LeaseError> {
        let options = PostParams::default();
        let writing = async {
            match &lease.metadata.resource_version {
                Some(_) => self.leases.replace(&self.election.terms.name, &options, lease).await,
                None => self.leases.create(&options, lease).await,
            }
        };
        Ok(timeout(self.request_timeout(), writing).await.map_err(|_| LeaseError::NoAnswer)??)
    }

    /// How long one request may take: a second one must fit into a term.
    fn request_timeout(&self) -> Duration {
        self.election.terms.deadline / 2
    }

    /// Waits until this replica may use Leases, after it was denied. It tries to write, because a replica that may only
    /// read them is still denied.
    pub(crate) async fn permitted(&mut self) {
        let mut wait = PERMISSION_POLL;
        loop {
            tokio::time::sleep(wait).await;
            let entry = self.try_in().await;
            // An elected leader ends this at once, wherever it is seen.
            if entry.is_ok() || self.election.other().is_some() {
                self.permission.forget();
                return;
            }
            wait = if self.may_read { self.retry_period() } else { PERMISSION_POLL };
        }
    }

    /// Reads the Lease, and takes it if it is free.
    async fn try_in(&mut self) -> Result<(), LeaseError> {
        loop {
            self.look().await?;
            match self.election.next(Moment::now()) {
                LeaseAction::Acquire => return self.claim().await.map(drop),
                LeaseAction::Wait(wait) if self.election.other().is_none() => tokio::time::sleep(wait).await,
                _ => return Ok(()),
            }
        }
    }

    /// Whether every use of Leases since the start was forbidden, for long enough, while the permissions on keys were
    /// known: an API server that has just started knows of none. Later a 403 is an error that may pass; and a replica
    /// that has ever seen a Lease, held or not, takes part in elections for good.
    fn is_shut_out(&mut self, error: &LeaseError) -> bool {
        let forbidden = matches!(error, LeaseError::Api(Error::Api(status)) if status.is_forbidden());
        let lasting = forbidden && self.election.is_new() && self.earlier_leader.borrow().is_some();
        self.permission.failed(lasting, Moment::now())
    }

    /// Logs a failure, once. Returns how long to wait.
    fn log_failure(&mut self, doing: &'static str, error: &LeaseError) -> Duration {
        let name = &self.election.terms.name;
        if !std::mem::replace(&mut self.failing, true) {
            tracing::warn!(lease = name, error = chain(error), "{doing} the lease failed; trying again");
        }
        if self.permission.is_in_doubt() { DOUBT_POLL.min(self.retry_period()) } else { self.retry_period() }
    }

    /// Logs which replica leads, once.
    fn log_leader(&mut self) {
        let other = self.election.other().map(str::to_owned);
        if let Some(leader) = &other
            && self.logged_leader != other
        {
            tracing::info!(leader, me = self.election.me.name, "standing by: another replica leads");
            self.logged_leader = other;
        }
    }
}

/// Why the Lease was not read or written.
#[derive(Debug, thiserror::Error)]
enum LeaseError {
    #[error("the API server did not answer in time")]
    NoAnswer,
    #[error("the API server refused the request")]
    Api(#[from] Error),
}
