//! [`Readiness`]: whether this replica leads, and how many of a leader's watches have shown their first complete list.

use parking_lot::Mutex;

/// The role of this replica, and whether it is ready in it.
#[derive(Debug, Default)]
pub(crate) struct Readiness(Mutex<Role>);

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// The Lease has not been seen yet.
    #[default]
    Unknown,
    /// Serves HTTP; another replica leads.
    StandsBy,
    /// Leads. `missing` is the number of watches whose first list is not complete; None before the number of watches is known.
    Leads { missing: Option<usize> },
}

impl Readiness {
    pub(crate) fn stand_by(&self) {
        *self.0.lock() = Role::StandsBy;
    }

    pub(crate) fn lead(&self) {
        *self.0.lock() = Role::Leads { missing: None };
    }

    /// Records the number of watches of this term.
    pub(crate) fn expect(&self, watches: usize) {
        *self.0.lock() = Role::Leads { missing: Some(watches) };
    }

    /// Records that the first list of one more watch is complete. True for the last.
    pub(crate) fn one_listed(&self) -> bool {
        match &mut *self.0.lock() {
            Role::Leads { missing: Some(missing) } if *missing > 0 => {
                *missing -= 1;
                *missing == 0
            }
            _ => false,
        }
    }

    pub(crate) fn is_ready(&self) -> bool {
        matches!(*self.0.lock(), Role::StandsBy | Role::Leads { missing: Some(0) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standby_is_ready_at_once_and_a_leader_when_all_is_listed() {
        let readiness = Readiness::default();
        assert!(!readiness.is_ready(), "before the Lease was seen");
        readiness.stand_by();
        assert!(readiness.is_ready());
        readiness.lead();
        assert!(!readiness.is_ready());
        readiness.expect(2);
        assert!(!readiness.one_listed() && !readiness.is_ready());
        assert!(readiness.one_listed() && readiness.is_ready());
        assert!(!readiness.one_listed(), "one too many");
        readiness.stand_by();
        assert!(!readiness.one_listed() && readiness.is_ready(), "a watch of a term that is over");
    }
}
