//! [`KeyRecords`]: what renewal knows of the key Secrets. It holds no private key, so that renewal can be simulated over decades
//! without generating one.

use crate::keys::key_age::KeyAge;
use crate::keys::renewal_request::RenewalRequest;
use envelope::Fingerprint;
use jiff::Timestamp;

/// All key Secrets at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct KeyRecords {
    /// In no order.
    pub secrets: Vec<KeyRecord>,
    /// Whether any key has counted since this process started.
    pub had_any: bool,
}

/// One Secret whose name is taken, whatever it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyRecord {
    pub name: String,
    pub state: KeyState,
    /// The requests to renew other keys that this Secret says it fulfils.
    pub fulfils: Vec<RenewalRequest>,
}

/// What a Secret is to renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyState {
    /// A key that counts.
    Active {
        fingerprint: Fingerprint,
        age: KeyAge,
        /// The request on its Secret to renew it.
        request: Option<RenewalRequest>,
    },
    /// A key in plain, while keys have to be wrapped: it only opens.
    OpensOnly { fingerprint: Fingerprint, age: KeyAge },
    /// A wrapped key that was not tried yet, or waits for a provider.
    Waiting,
    /// A wrapped key that no provider opens.
    Closed,
    /// A key that is labelled as leaked.
    Leaked { fingerprint: Fingerprint, valid_from: Timestamp },
    /// Retired, rejected, or no key at all.
    Unused,
}

/// A key that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ActiveKey<'a> {
    /// The name of its Secret.
    pub name: &'a str,
    pub fingerprint: Fingerprint,
    pub age: KeyAge,
    pub request: Option<RenewalRequest>,
}

impl KeyRecord {
    pub(crate) fn is_active(&self) -> bool {
        matches!(self.state, KeyState::Active { .. })
    }
}

impl KeyRecords {
    /// The keys that count.
    pub(crate) fn active(&self) -> impl Iterator<Item = ActiveKey<'_>> {
        self.secrets.iter().filter_map(|secret| match secret.state {
            KeyState::Active { fingerprint, age, request } => {
                Some(ActiveKey { name: &secret.name, fingerprint, age, request })
            }
            _ => None,
        })
    }

    /// The newest key that is labelled as leaked.
    pub(crate) fn newest_leaked(&self) -> Option<Fingerprint> {
        let leaked = self.secrets.iter().filter_map(|secret| match secret.state {
            KeyState::Leaked { fingerprint, valid_from } => Some((valid_from, fingerprint)),
            _ => None,
        });
        leaked.max().map(|(_, fingerprint)| fingerprint)
    }

    /// The newest key in plain that only opens.
    pub(crate) fn newest_that_only_opens(&self) -> Option<Fingerprint> {
        let keys = self.secrets.iter().filter_map(|secret| match secret.state {
            KeyState::OpensOnly { fingerprint, age } => Some((age.since, fingerprint)),
            _ => None,
        });
        keys.max().map(|(_, fingerprint)| fingerprint)
    }

    /// Whether a Secret is in this state.
    pub(crate) fn any(&self, state: KeyState) -> bool {
        self.secrets.iter().any(|secret| secret.state == state)
    }

    pub(crate) fn has_name(&self, name: &str) -> bool {
        self.secrets.iter().any(|secret| secret.name == name)
    }

    /// Whether some Secret says that it fulfils this request, whatever has become of that Secret.
    pub(crate) fn is_fulfilled(&self, request: RenewalRequest) -> bool {
        self.secrets.iter().any(|secret| secret.fulfils.contains(&request))
    }

    /// Whether a key that counts says that it fulfils this request.
    pub(crate) fn is_fulfilled_by_active(&self, request: RenewalRequest) -> bool {
        self.secrets.iter().any(|secret| secret.is_active() && secret.fulfils.contains(&request))
    }
}
