//! [`Facts`]: what is known of one SealedSecret without a request: from the watches, its status, the keys and this process' memory.

use crate::unseal::context::Context;
use crate::unseal::read::compromise::{known_hint, sealed_with_revoked};
use crate::unseal::read::settled::{Recorded, Shown, corrects_drift};
use crate::unseal::state::memory::{Inputs, Memory};
use crate::unseal::state::secret_writes::WatchPhase;
use api::{ObservedMetadata, Scope, SealedSecretStatus, WatchedSealedSecret};
use envelope::Fingerprint;
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use kube::runtime::reflector::ObjectRef;
use sealing::KeyRing;
use std::sync::Arc;
use std::time::Instant;

/// All facts for one decision and its report. They are gathered once, so that every step sees the same ones.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    /// The SealedSecret, as the watch shows it.
    pub sealed: Arc<WatchedSealedSecret>,
    pub ring: Arc<KeyRing>,
    /// The keys that opened other SealedSecrets not long ago.
    pub likely_keys: Vec<Fingerprint>,
    /// The metadata of the existing Secret, as the watch shows it.
    pub watched_secret: Option<Arc<ObservedMetadata<Secret>>>,
    /// The version of the existing Secret that this process wrote or found right, while the watch does not show it.
    pub unseen_version: Option<String>,
    /// The phase of the watch of Secrets.
    pub watch_phase: WatchPhase,
    pub memory: Memory,
    pub recorded: Recorded,
    pub history: History,
    pub inputs: Inputs,
}

/// What was done before for the present SealedSecret.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct History {
    /// The Secret was right before: another client made the difference.
    pub drift: bool,
    /// The existing Secret was unsealed from this spec, by this controller or upstream's. Values that templates render differently
    /// each time are kept: a password must not change because something beside it did.
    pub unsealed: bool,
    /// This controller wrote the existing Secret, or found it right, and set the annotation of the spec.
    pub left_by_us: bool,
}

impl Facts {
    pub(crate) fn gather(sealed: &Arc<WatchedSealedSecret>, context: &Context, now: Instant) -> Self {
        let memory = context.states.recall(sealed, now);
        let namespace = sealed.namespace().unwrap_or_default();
        // Before the store: what the watch shows in between is in the store.
        let (unseen_version, watch_phase) = context.secret_writes.unseen(&namespace, &sealed.name_any(), now);
        let watched_secret = context.secrets.get(&ObjectRef::new(&sealed.name_any()).within(&namespace));
        let inputs = Inputs {
            generation: sealed.metadata.generation,
            scope: Scope::of(sealed.decoded_annotations().as_ref()),
            recipients: sealed.recipients.clone(),
            correct_drift: corrects_drift(sealed, context.settings.correct_drift),
            hint: None,
            revoked: false,
            ring_version: 0,
            target_version: unseen_version
                .clone()
                .or_else(|| watched_secret.as_ref().and_then(|secret| secret.resource_version())),
        };
        let recorded = Recorded::of(sealed, memory.status.as_ref());
        let history = History::of(&recorded, &memory);
        let (sealed, ring) = (Arc::clone(sealed), Arc::default());
        let likely_keys = Vec::new();
        let mut facts = Self {
            sealed,
            ring,
            likely_keys,
            watched_secret,
            unseen_version,
            watch_phase,
            memory,
            recorded,
            history,
            inputs,
        };
        facts.take_ring(context);
        facts
    }

    /// Takes the ring as it is now, and what follows from it: keys may have been added or revoked while the SealedSecret waited.
    pub(crate) fn take_ring(&mut self, context: &Context) {
        // Before the ring itself: a change between the two is noticed, and not missed.
        self.inputs.ring_version = context.ring.opening_version();
        self.ring = context.ring.snapshot();
        self.likely_keys = context.likely_keys.of(&self.sealed.namespace().unwrap_or_default());
        let status = self.memory.status.as_ref();
        self.inputs.hint = known_hint(&self.sealed, status, &self.ring).digest();
        self.inputs.revoked = sealed_with_revoked(&self.sealed, status, &self.ring);
    }

    pub(crate) fn status(&self) -> Option<&SealedSecretStatus> {
        self.memory.status.as_ref()
    }

    /// The field manager of the client that last wrote the existing Secret, beside this controller, as far as the watch shows it.
    pub(crate) fn editor(&self) -> Option<String> {
        self.watched_secret.as_ref().and_then(|secret| secret.editor.clone())
    }

    /// The existing Secret, as the watch shows it, or as this process wrote it since.
    pub(crate) fn shown(&self) -> Option<Shown<'_>> {
        if let Some(version) = self.unseen_version.as_deref() {
            return Some(Shown { version: Some(version), same_since: None });
        }
        let secret = self.watched_secret.as_deref()?;
        let wanted = self.sealed.wanted.as_ref();
        let trace = secret.trace.as_deref().filter(|trace| wanted.is_some_and(|wanted| trace.has(wanted)));
        Some(Shown { same_since: trace.and_then(|trace| trace.same_since), ..Shown::only(&secret.metadata) })
    }

    /// Whether nothing has to be done, if the existing Secret is this one.
    pub(crate) fn is_settled(&self, secret: Option<Shown<'_>>) -> bool {
        self.recorded.is_settled(secret, self.inputs.correct_drift)
    }

    /// A version of the Secret that the status does not name, though it settles the SealedSecret, and when the watch showed it.
    pub(crate) fn touched(&self) -> Option<(&str, Instant)> {
        let (shown, trace) = (self.shown()?, self.watched_secret.as_ref()?.trace.as_ref()?);
        let version =
            shown.version.filter(|version| Some(*version) != self.recorded.secret_version.as_deref())?;
        let is_settled = self.inputs.correct_drift && self.is_settled(Some(shown));
        trace.touched.filter(|_| is_settled).map(|touched| (version, touched))
    }
}

impl History {
    fn of(recorded: &Recorded, memory: &Memory) -> Self {
        let left = recorded.secret_version.is_some();
        let drift = left || memory.is_contested;
        Self {
            drift,
            unsealed: drift || memory.unsealed || recorded.unsealed,
            left_by_us: left || memory.unsealed,
        }
    }
}
