//! [`Readiness`]: whether this replica leads, and how many of a leader's watches have shown their first complete list.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What this replica is there for right now.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Part>);

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The Lease has not been seen yet.
    #[default]
    Unknown,
    /// Serves what it has; another replica does the rest.
    StandsBy,
    /// Unseals, once so many watches more are listed; None before it is known how many there will be.
    Leads { missing: Option<usize> },
}

impl Readiness {
    /// Another replica leads.
    pub fn stand_by(&self) {
        *self.part() = Part::StandsBy;
    }

    /// This one does.
    pub fn lead(&self) {
        *self.part() = Part::Leads { missing: None };
    }

    /// There will be so many watches.
    pub fn expect(&self, watches: usize) {
        *self.part() = Part::Leads { missing: Some(watches) };
    }

    /// One more is listed. True for the last.
    pub fn one_listed(&self) -> bool {
        match &mut *self.part() {
            Part::Leads { missing: Some(missing) } if *missing > 0 => {
                *missing -= 1;
                *missing == 0
            }
            _ => false,
        }
    }

    /// Whether this replica does all that it is there for.
    pub fn is_ready(&self) -> bool {
        matches!(*self.part(), Part::StandsBy | Part::Leads { missing: Some(0) })
    }

    /// Whether it leads.
    pub fn leads(&self) -> bool {
        matches!(*self.part(), Part::Leads { .. })
    }

    fn part(&self) -> MutexGuard<'_, Part> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standby_is_ready_at_once_and_a_leader_when_all_is_listed() {
        let readiness = Readiness::default();
        assert!(!readiness.is_ready() && !readiness.leads(), "before the Lease was seen");
        readiness.stand_by();
        assert!(readiness.is_ready() && !readiness.leads());
        readiness.lead();
        assert!(!readiness.is_ready() && readiness.leads());
        readiness.expect(2);
        assert!(!readiness.one_listed() && !readiness.is_ready());
        assert!(readiness.one_listed() && readiness.is_ready());
        assert!(!readiness.one_listed(), "one too many");
        readiness.stand_by();
        assert!(!readiness.one_listed() && readiness.is_ready(), "a watch of a term that is over");
    }
}
