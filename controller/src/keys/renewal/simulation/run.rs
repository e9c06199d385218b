//! Runs an [`Action`] in the [`Model`], and the loop that ships in one of its replicas.

use crate::keys::key_age::CLOCK_TOLERANCE;
use crate::keys::renewal::plan::{RenewalReason, Wait};
use crate::keys::renewal::settle::{ATTEMPTS, RenewalError, settle};
use crate::keys::renewal::simulation::action::{Action, REPLICAS};
use crate::keys::renewal::simulation::model::Model;
use crate::keys::renewal::simulation::replica::Replica;
use crate::keys::store::key_records::KeyState;
use futures::FutureExt as _;
use jiff::SignedDuration;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

impl Model {
    pub(crate) fn run(&mut self, action: &Action) {
        let unit = self.period() / 720;
        match *action {
            Action::Pass(units) => self.pass(units * unit),
            Action::SetClock(units) => {
                let before = self.now;
                self.now = (self.now + units * unit).max(0);
                self.clock_was_set(self.now - before);
            }
            Action::SetReplicaClock { replica, ahead } => {
                let before = std::mem::replace(&mut self.ahead[replica], ahead * unit);
                self.clock_was_set(ahead * unit - before);
            }
            Action::Annotate { as_listed } => self.annotate(as_listed),
            Action::Signal(replica) => {
                let schedule = self.schedule(&self.views[replica], self.time(replica));
                let key = schedule.next_to_renew().map(|key| key.fingerprint);
                self.requests[replica].request(key);
                self.allowed += 1;
            }
            Action::Delete(index) => {
                if index < self.store.len() {
                    self.store.remove(index);
                    self.disturb();
                    self.allowed += 1;
                }
            }
            Action::Leak(index) => {
                if let Some(secret) = self.store.get_mut(index)
                    && let KeyState::Active { fingerprint, age, .. } = secret.state
                {
                    secret.state = KeyState::Leaked { fingerprint, valid_from: age.valid_from };
                    self.disturb();
                    self.allowed += 1;
                }
            }
            Action::SettleAll => {
                let mut round = || {
                    let created = (0..REPLICAS).map(|replica| {
                        self.refresh(replica);
                        self.settle(replica, false).len()
                    });
                    created.sum::<usize>()
                };
                let created = [round(), round(), round()];
                assert!(created[2] == 0, "by turns they go round in circles: {created:?}");
            }
            Action::Restart(replica) => self.restart(replica),
            Action::Settle { replica, current, dies } => {
                if current {
                    self.refresh(replica);
                }
                let created = self.settle(replica, dies);
                // Outdated records may hide a request, which a replica that dies sees after its restart.
                let most = 1 + usize::from(dies && !current);
                assert!(created.len() <= most, "several keys at once: {created:?}");
                if current && !dies {
                    self.check(replica);
                }
            }
        }
    }

    /// Runs the loop that ships. Returns why keys were created.
    pub(crate) fn settle(&mut self, index: usize, mut dies: bool) -> Vec<RenewalReason> {
        let (mut created, mut calls) = (Vec::new(), 0);
        // With outdated records it may meet every Secret of the store.
        for _ in 0..=self.store.len() / ATTEMPTS + 2 {
            let requests = Arc::clone(&self.requests[index]);
            let model = RefCell::new(&mut *self);
            let replica = Replica { model, index, dies, created: RefCell::default(), calls: Cell::default() };
            let settled = settle(&replica, &requests).now_or_never().unwrap();
            created.append(&mut replica.created.into_inner());
            calls += replica.calls.get();
            let most = 8 + self.store.len();
            assert!(
                calls <= most,
                "replica {index} looks for and creates {calls} Secrets, of at most {most}"
            );
            match settled {
                Ok((wait, now)) => {
                    if let Wait::UntilNewer(moment) = wait {
                        let longest = CLOCK_TOLERANCE + SignedDuration::from_secs(1);
                        assert!(moment.duration_since(now) <= longest, "waits until {moment} at {now}");
                    }
                    return created;
                }
                Err(RenewalError::Generate(_)) => {
                    // It reads everything right after its start.
                    self.restart(index);
                    dies = false;
                }
                Err(RenewalError::NoFreeName) => {}
                Err(error) => panic!("{error}"),
            }
        }
        panic!("replica {index} goes round in circles");
    }
}
