//! [`Election`]: what one replica does next about the Lease. Pure: its inputs are what was read and written, and when
//! by this machine's own clock; it never compares that clock with another's.

use crate::config::election::LeaseTerms;
use crate::leader_election::identity::Identity;
use crate::leader_election::lease::LeaseRecord;
use crate::process::boot_clock::Moment;
use jiff::Timestamp;
use std::time::Duration;

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LeaseAction {
    /// Write a claim: no replica holds the Lease.
    Acquire,
    /// Write that this replica still holds it.
    Renew,
    /// Nothing for this time.
    Wait(Duration),
    GiveUp(Loss),
}

/// Why a term ended although this replica wanted to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Loss {
    /// No renewal came through in time.
    Expired,
    Taken(String),
}

/// One replica's view of the Lease.
#[derive(Debug)]
pub(crate) struct Election {
    pub me: Identity,
    pub terms: LeaseTerms,
    seen: Option<SeenRecord>,
    /// Set while there is no Lease.
    absent: Option<Absence>,
    /// Whether it is certain that no replica has ever led.
    pristine: bool,
    held: Option<Held>,
}

/// A record of the Lease, and since when it is unchanged.
#[derive(Debug)]
struct SeenRecord {
    record: LeaseRecord,
    since: Moment,
}

/// There is no Lease: since when, and when that was seen last.
#[derive(Debug)]
struct Absence {
    since: Moment,
    seen: Moment,
}

/// This replica's own term.
#[derive(Debug)]
struct Held {
    /// When the last successful renewal began.
    renewed: Moment,
    /// When the last renewal began, whether it succeeded or not; None if the next one is due at once.
    tried: Option<Moment>,
}

impl Election {
    pub(crate) const fn new(me: Identity, terms: LeaseTerms) -> Self {
        Self { me, terms, seen: None, absent: None, pristine: false, held: None }
    }

    /// Records what the Lease said; `now` is when the response had come.
    ///
    /// None, a Lease that does not exist, ends no term: its holder creates it again at once, and others wait for that.
    pub(crate) fn observe(&mut self, record: Option<LeaseRecord>, now: Moment) {
        let Some(record) = record else {
            // A replica that has not read the Lease for as long as a term may last could have missed one.
            let is_recent = |absence: &Absence| absence.seen.until(now) <= self.terms.deadline;
            let since = self.absent.take().filter(is_recent).map_or(now, |absence| absence.since);
            self.absent = Some(Absence { since, seen: now });
            if let Some(held) = &mut self.held {
                held.tried = None;
            }
            return;
        };
        self.absent = None;
        if self.seen.as_ref().is_none_or(|seen| seen.record != record) {
            self.seen = Some(SeenRecord { record, since: now });
        }
    }

    /// Records whether it is certain that no replica has ever led here.
    pub(crate) const fn pristine(&mut self, pristine: bool) {
        self.pristine = pristine;
    }

    pub(crate) fn next(&self, now: Moment) -> LeaseAction {
        match &self.held {
            Some(held) => self.as_holder(held, now),
            None => self.as_candidate(now),
        }
    }

    fn as_holder(&self, held: &Held, now: Moment) -> LeaseAction {
        if let Some(other) = self.other() {
            return LeaseAction::GiveUp(Loss::Taken(other.to_owned()));
        }
        let end = held.renewed.plus(self.terms.deadline);
        if now >= end {
            return LeaseAction::GiveUp(Loss::Expired);
        }
        match held.tried.map(|tried| tried.plus(self.terms.retry)) {
            Some(due) if now < due => LeaseAction::Wait(now.until(due.min(end))),
            _ => LeaseAction::Renew,
        }
    }

    fn as_candidate(&self, now: Moment) -> LeaseAction {
        let living = |_: &&SeenRecord| self.other().is_some_and(|other| !self.me.succeeds(other));
        let seen = self.seen.as_ref().filter(living);
        // The holder's own duration counts: it may run with other flags than this replica.
        let silent = seen.map(|seen| seen.since.plus(seen.record.duration));
        // If there is no Lease, it may have been deleted while a holder that this replica has never seen cannot create
        // it again.
        let unclaimed = self.absent.as_ref().map(|absence| absence.since.plus(self.absence()));
        match silent.max(unclaimed) {
            Some(free) if now < free => LeaseAction::Wait(now.until(free).min(self.poll())),
            _ => LeaseAction::Acquire,
        }
    }

    /// How long there must be no Lease before this replica creates one.
    fn absence(&self) -> Duration {
        if self.pristine { self.terms.retry * 5 / 4 } else { self.terms.duration }
    }

    /// How often a standby reads the Lease: so often that a released Lease is taken within about a second.
    pub(crate) fn poll(&self) -> Duration {
        self.terms.retry / 2
    }

    /// The record by which this replica takes or renews the Lease; the time is for people to read.
    pub(crate) fn claim(&self, now: Timestamp) -> LeaseRecord {
        let before = self.seen.as_ref().map(|seen| &seen.record);
        let ours = self.held.as_ref().and(before);
        let transitions = before.map_or(0, |before| before.transitions);
        let changes = before.is_some_and(|before| before.holder.as_ref() != Some(&self.me.name));
        LeaseRecord {
            holder: Some(self.me.name.clone()),
            duration: self.terms.duration,
            acquired: ours.map_or(Some(now), |ours| ours.acquired),
            renewed: Some(now),
            transitions: transitions.saturating_add(i32::from(changes)),
        }
    }

    /// A claim was begun at `start`, whether it succeeded or not.
    pub(crate) const fn tried(&mut self, start: Moment) {
        if let Some(held) = &mut self.held {
            held.tried = Some(start);
        }
    }

    /// The claim begun at `start` succeeded. Returns when the term ends unless it is renewed again.
    pub(crate) fn won(&mut self, record: LeaseRecord, start: Moment, now: Moment) -> Moment {
        self.seen = Some(SeenRecord { record, since: now });
        self.absent = None;
        self.held = Some(Held { renewed: start, tried: Some(start) });
        start.plus(self.terms.deadline)
    }

    pub(crate) fn stepped_down(&mut self) {
        self.held = None;
    }

    /// The holder of the Lease, if it is another replica.
    pub(crate) fn other(&self) -> Option<&str> {
        let holder = self.seen.as_ref().and_then(|seen| seen.record.holder.as_deref());
        holder.filter(|holder| *holder != self.me.name)
    }

    /// Whether nothing has been seen yet.
    pub(crate) const fn is_new(&self) -> bool {
        self.seen.is_none()
    }
}

#[cfg(test)]
pub(crate) mod simulation;
#[cfg(test)]
mod tests;
