//! `assemble`: from the Secrets to the ring, the records and the findings.

use crate::keys::key_age::KeyAge;
use crate::keys::renewal_request::RenewalRequest;
use crate::keys::store::findings::{FindingReason, KeyFinding};
use crate::keys::store::key_records::{KeyRecord, KeyRecords, KeyState};
use crate::keys::store::key_secret::escrow_copy::EscrowCopy;
use crate::keys::store::key_secret::{KeyContent, KeySecret};
use crate::keys::store::ring_state::sources::Sources;
use crate::keys::store::wrapped_secret::Unwrapping;
use envelope::{Certificate, Fingerprint};
use sealing::{KeyRing, KeyWait, SealingKey};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What one Secret holds, once what has become of unwrapping it is known.
enum Held<'a> {
    Key {
        key: &'a Arc<SealingKey>,
        request: Option<RenewalRequest>,
        is_wrapped: bool,
    },
    /// A wrapped key that may be unwrapped later. `holds_renewal`: a provider that wraps new keys does not answer for it, so that none can be
    /// made now anyway.
    Waiting {
        key: Fingerprint,
        wait: KeyWait,
        holds_renewal: bool,
    },
    /// A wrapped key that no provider opens.
    Closed(Fingerprint),
    Leaked(&'a Certificate),
    Retired(&'a Certificate),
    /// An escrow copy, or no key at all.
    Unused,
    Rejected,
}

/// Both keys and findings, while the Secrets are gone through.
struct Assembly<'a> {
    sources: &'a Sources,
    leaks: Vec<&'a Certificate>,
    /// The keys that were unwrapped.
    unwrapped: BTreeSet<Fingerprint>,
    keys: Vec<Arc<SealingKey>>,
    revoked: BTreeSet<Fingerprint>,
    retired: BTreeSet<Fingerprint>,
    backed_up: BTreeSet<Fingerprint>,
    findings: Vec<KeyFinding>,
    waiting: Vec<(Fingerprint, KeyWait)>,
    closed: BTreeSet<Fingerprint>,
}

/// What follows from the Secrets.
pub(crate) struct Assembled {
    pub ring: KeyRing,
    pub records: KeyRecords,
    pub findings: Vec<KeyFinding>,
    pub backed_up: BTreeSet<Fingerprint>,
    pub without_copy: BTreeSet<Fingerprint>,
}

pub(crate) fn assemble(sources: &Sources) -> Assembled {
    let mut assembly = Assembly::new(sources);
    let mut records = Vec::new();
    for (name, secret) in &sources.secrets {
        let state = assembly.take(secret);
        records.push(KeyRecord { name: name.clone(), state, fulfils: secret.fulfils.clone() });
    }
    let without_copy = assembly.without_copy();
    let Assembly { keys, revoked, retired, backed_up, findings, waiting, closed, .. } = assembly;
    let had_any = sources.had_any || !keys.is_empty();
    Assembled {
        ring: KeyRing::new(keys)
            .revoking(revoked)
            .retiring(retired)
            .with_waiting(waiting)
            .with_closed(closed),
        records: KeyRecords { secrets: records, had_any },
        findings,
        backed_up,
        without_copy,
    }
}

impl<'a> Assembly<'a> {
    fn new(sources: &'a Sources) -> Self {
        let leaks: Vec<_> = sources.secrets.values().filter_map(leaked).collect();
        let unwrapped = sources.unwrapping.values().filter_map(|unwrapping| match unwrapping {
            Unwrapping::Unwrapped { key, .. } => Some(key.fingerprint()),
            _ => None,
        });
        Self {
            sources,
            unwrapped: unwrapped.collect(),
            keys: Vec::new(),
            revoked: leaks.iter().map(|leak| leak.fingerprint()).collect(),
            retired: BTreeSet::new(),
            backed_up: BTreeSet::new(),
            findings: Vec::new(),
            waiting: Vec::new(),
            closed: BTreeSet::new(),
            leaks,
        }
    }

    /// Takes one Secret, and returns what it is to renewal.
    fn take(&mut self, secret: &'a KeySecret) -> KeyState {
        if secret.wants_conversion && !self.sources.policy.wraps() {
            let message = "an annotation requests that it is wrapped, and this controller wraps no keys: name a key management service with \
                           --key-wrap-with, or remove the annotation";
            self.find(secret, FindingReason::Request, message.to_owned());
        }
        match self.held(secret) {
            Held::Key { key, .. } if self.has_leaked(key) => {
                self.revoked.insert(key.fingerprint());
                let message = "another Secret is labelled as leaked and holds the same key";
                self.find(secret, FindingReason::Leaked, message.to_owned());
                KeyState::Unused
            }
            Held::Key { key, is_wrapped: false, .. } if self.unwrapped.contains(&key.fingerprint()) => {
                if !self.sources.policy.unwrap_all {
                    let message = "the same key is there in wrapped form, which counts: delete this Secret, in which it stands in plain";
                    self.find(secret, FindingReason::Plain, message.to_owned());
                }
                KeyState::Unused
            }
            Held::Key { key, request, is_wrapped } => {
                self.keys.push(Arc::clone(key));
                let (fingerprint, age) = (key.fingerprint(), KeyAge::of(key));
                self.backed_up.extend(secret.is_backed_up.then_some(fingerprint));
                if is_wrapped || self.sources.policy.serves_plain {
                    return KeyState::Active { fingerprint, age, request };
                }
                let message = "it stands in plain, and --key-wrap-required is on: it opens what was sealed with it, and is never sealed \
                               with; wrap it with `kubeseal-rs keys wrap --all`";
                self.find(secret, FindingReason::Plain, message.to_owned());
                KeyState::OpensOnly { fingerprint, age }
            }
            Held::Waiting { key, wait, holds_renewal } => {
                self.waiting.push((key, wait));
                if holds_renewal { KeyState::Waiting } else { KeyState::Closed }
            }
            Held::Closed(key) => {
                self.closed.insert(key);
                KeyState::Closed
            }
            Held::Leaked(certificate) => KeyState::Leaked {
                fingerprint: certificate.fingerprint(),
                valid_from: certificate.not_before(),
            },
            Held::Retired(certificate) => {
                self.retired.insert(certificate.fingerprint());
                KeyState::Unused
            }
            Held::Unused | Held::Rejected => KeyState::Unused,
        }
    }

    fn held(&mut self, secret: &'a KeySecret) -> Held<'a> {
        match &secret.content {
            KeyContent::Key { key, request } => Held::Key { key, request: *request, is_wrapped: false },
            KeyContent::Wrapped { wrapped, .. } if !self.sources.policy.unwraps => {
                let message = "it is wrapped, and this controller has no provider that opens it: give it --key-wrap-with or --key-unwrap-with, \
                               or store the key in plain with `kubeseal-rs keys unwrap`";
                self.find(secret, FindingReason::NotUnwrapped, message.to_owned());
                Held::Closed(wrapped.certificate.fingerprint())
            }
            KeyContent::Wrapped { wrapped, request } => {
                let sources = self.sources;
                let waiting = |wait| Held::Waiting {
                    key: wrapped.certificate.fingerprint(),
                    wait,
                    holds_renewal: sources.policy.wraps_with_slot_of(&wrapped.key),
                };
                match sources.unwrapping.get(&wrapped.id) {
                    None => waiting(KeyWait::NotOpened),
                    Some(Unwrapping::Waiting { error, wait, alone }) => {
                        self.find(secret, FindingReason::Waiting, format!("not unwrapped yet: {error}"));
                        if *alone { Held::Closed(wrapped.certificate.fingerprint()) } else { waiting(*wait) }
                    }
                    Some(Unwrapping::Failed(error)) => {
                        self.find(secret, FindingReason::NotUnwrapped, error.clone());
                        Held::Closed(wrapped.certificate.fingerprint())
                    }
                    Some(Unwrapping::Unwrapped { key, slots }) => {
                        if !slots.is_as_configured() {
                            self.find(secret, FindingReason::Slots, slots.to_string());
                        }
                        let stale = wrapped.key.stale_slots(&sources.current_keys).join(", ");
                        if !stale.is_empty() {
                            let message = format!(
                                "it is wrapped with another key of {stale} than the one of now: have it wrapped anew by `kubeseal-rs keys rewrap --all`"
                            );
                            self.find(secret, FindingReason::Stale, message);
                        }
                        Held::Key { key, request: *request, is_wrapped: true }
                    }
                }
            }
            KeyContent::Leaked(certificate) => Held::Leaked(certificate),
            KeyContent::Retired(certificate) => Held::Retired(certificate),
            KeyContent::Escrow(copy) => {
                self.check_escrow(secret, copy);
                Held::Unused
            }
            KeyContent::Unused => Held::Unused,
            KeyContent::Rejected(reason, message) => {
                self.find(secret, *reason, message.clone());
                Held::Rejected
            }
        }
    }

    /// Reports a copy that is not as it should be.
    fn check_escrow(&mut self, secret: &KeySecret, copy: &EscrowCopy) {
        let policy = &self.sources.policy;
        if policy.escrow_recipients.is_empty() {
            return;
        }
        let is_of = |key: &&Arc<SealingKey>| key.fingerprint() == copy.wrapped.certificate.fingerprint();
        let slots = copy.slots(policy);
        let fault = self.sources.keys_in_plain().find(is_of).and_then(|key| copy.fault(key, policy));
        if let Some(fault) = fault {
            let message =
                format!("{fault}; another copy is made beside it: delete this one once you need it no more");
            self.find(secret, FindingReason::Escrow, message);
        } else if !slots.is_as_configured() {
            self.find(secret, FindingReason::Escrow, slots.to_string());
        }
    }

    /// The keys in plain that have no copy as it should be, where copies are kept.
    fn without_copy(&self) -> BTreeSet<Fingerprint> {
        let Sources { policy, secrets, .. } = self.sources;
        if policy.escrow_recipients.is_empty() {
            return BTreeSet::new();
        }
        let copies: Vec<_> = secrets
            .values()
            .filter_map(|secret| match &secret.content {
                KeyContent::Escrow(copy) => Some(copy),
                _ => None,
            })
            .collect();
        let has_copy = |key: &SealingKey| copies.iter().any(|copy| copy.fault(key, policy).is_none());
        self.sources.keys_in_plain().filter(|key| !has_copy(key)).map(|key| key.fingerprint()).collect()
    }

    fn has_leaked(&self, key: &SealingKey) -> bool {
        let public = key.pair().certificate().public();
        self.leaks.iter().any(|leak| leak.public() == public)
    }

    fn find(&mut self, secret: &KeySecret, reason: FindingReason, message: String) {
        self.findings.push(KeyFinding { about: secret.about.clone(), reason, message });
    }
}

fn leaked(secret: &KeySecret) -> Option<&Certificate> {
    match &secret.content {
        KeyContent::Leaked(certificate) => Some(certificate),
        _ => None,
    }
}
