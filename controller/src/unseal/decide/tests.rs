//! The cases of `decide`, a file for each area. This file has their inputs.

pub(crate) mod created;
pub(crate) mod existing_secrets;
pub(crate) mod opening;
pub(crate) mod sealing_keys;
pub(crate) mod table;
pub(crate) mod templates;
pub(crate) mod unsealed_from;

use super::*;
use crate::keys::store::ring::tests::new_key;
use crate::unseal::decide::sealing_key::KeyPlace;
use crate::unseal::read::compromise::sealed_with_revoked;
use crate::unseal::read::facts::History;
use crate::unseal::read::settled::Recorded;
use crate::unseal::read::target::ExistingSecret;
use crate::unseal::state::memory::{Inputs, Memory};
use crate::unseal::state::secret_writes::WatchPhase;
use api::annotations::{MANAGED, PATCH};
use api::annotations::{NAMESPACE_WIDE, SKIP_SET_OWNER_REFERENCES, UNSEALED_FROM};
use api::{ObservedSealedSecret, Scope, SealedSecretSpec};
use jiff::Timestamp;
use rand::Rng as _;
use rand::rngs::SysRng;
use sealing::{Accepted, ItemErrorKind, KeyRing, SealingKey, UnsealError, UnsealedSecret, seal_item};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

const UID: &str = "0f1e2d3c-uid";

/// RSA keys take a moment to make; the cases share one.
fn key() -> Arc<SealingKey> {
    static KEY: OnceLock<Arc<SealingKey>> = OnceLock::new();
    Arc::clone(KEY.get_or_init(new_key))
}

fn ring() -> KeyRing {
    KeyRing::new([key()])
}

/// The facts and settings that the cases vary.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Given {
    key_place: KeyPlace,
    accepted: Accepted,
    drift: bool,
    revoked: bool,
    unsealed: bool,
    left_by_us: bool,
    annotates_all: bool,
    templates: bool,
    is_collector_late: bool,
}

fn given() -> Given {
    Given {
        key_place: KeyPlace { namespace: "kube-system".into(), prefix: "sealed-secrets-key".into() },
        accepted: Accepted { deprecated_data: true },
        drift: false,
        revoked: false,
        unsealed: false,
        left_by_us: false,
        annotates_all: false,
        templates: true,
        is_collector_late: false,
    }
}

fn facts(observed: &ObservedSealedSecret, ring: &KeyRing, given: &Given) -> Facts {
    let metadata = serde_json::to_value(&observed.metadata).unwrap();
    Facts {
        sealed: Arc::new(serde_json::from_value(json!({ "metadata": metadata })).unwrap()),
        ring: Arc::new(ring.clone()),
        likely_keys: Vec::new(),
        watched_secret: None,
        unseen_version: None,
        watch_phase: WatchPhase::default(),
        memory: Memory { is_collector_late: given.is_collector_late, ..Memory::default() },
        recorded: Recorded::default(),
        history: History { drift: given.drift, unsealed: given.unsealed, left_by_us: given.left_by_us },
        inputs: Inputs { revoked: given.revoked, ..Inputs::default() },
    }
}

fn decide_on(facts: &Facts, observed: &ObservedSealedSecret, target: Target, given: &Given) -> Plan {
    let mut random = |bytes: &mut [u8]| rand::rng().fill_bytes(bytes);
    let outside = Outside { now: Timestamp::now(), random: &mut random };
    let settings = Settings {
        key_place: given.key_place.clone(),
        accepted: given.accepted,
        renders_templates: given.templates,
        annotates_all: given.annotates_all,
    };
    let open = Open { target, metadata: observed.metadata.clone(), spec: observed.spec.clone() };
    crate::unseal::decide::decide(facts, open, &settings, outside)
}

fn decide(observed: &ObservedSealedSecret, target: Target, ring: &KeyRing, given: &Given) -> Plan {
    decide_on(&facts(observed, ring, given), observed, target, given)
}

fn sealed_value(scope: Scope, value: &str) -> String {
    let label = scope.label("ns", "name");
    seal_item(&mut SysRng, key().pair().certificate(), &label, value.as_bytes()).unwrap()
}

/// A SealedSecret `ns/name` with one item, `password`; `change` is merged over it.
fn sealed(change: Value) -> ObservedSealedSecret {
    let mut object = json!({
        "metadata": { "namespace": "ns", "name": "name", "uid": UID, "generation": 1 },
        "spec": { "encryptedData": { "password": sealed_value(Scope::Strict, "hunter2") } },
    });
    merge(&mut object, change);
    serde_json::from_value(object).unwrap()
}

/// The Secret of `sealed` at the API server; `change` is merged over it.
fn existing(change: Value) -> Target {
    let mut object = json!({
        "metadata": {
            "namespace": "ns", "name": "name", "uid": "secret", "resourceVersion": "7",
            "ownerReferences": [{
                "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "name", "uid": UID,
                "controller": true,
            }],
        },
        "type": "Opaque",
        "data": { "password": "aHVudGVyMg==" },
    });
    merge(&mut object, change);
    Target::Present(Box::new(ExistingSecret(serde_json::from_value(object).unwrap())))
}

/// RFC 7396.
fn merge(into: &mut Value, change: Value) {
    match (into, change) {
        (Value::Object(into), Value::Object(change)) => {
            for (key, value) in change {
                if value.is_null() {
                    into.remove(&key);
                } else {
                    merge(into.entry(key).or_insert(Value::Null), value);
                }
            }
        }
        (into, change) => *into = change,
    }
}

fn owner_without_uid() -> Value {
    json!([{ "apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "name": "name", "uid": "older",
             "controller": true }])
}

fn created(plan: Plan) -> UnsealedSecret {
    let Plan::Create { secret, .. } = plan else { panic!("{plan:?}") };
    secret
}

fn replaced(plan: Plan) -> UnsealedSecret {
    let Plan::Replace { secret, .. } = plan else { panic!("{plan:?}") };
    secret
}

fn refused(plan: Plan) -> Refusal {
    let Plan::Leave(Outcome::Refused(refusal)) = plan else { panic!("{plan:?}") };
    refusal
}

/// One word for a plan, and the reason for a refusal.
fn word(plan: &Plan) -> String {
    match plan {
        Plan::Nothing => "nothing".into(),
        Plan::Create { .. } => "create".into(),
        Plan::Replace { .. } => "replace".into(),
        Plan::Leave(Outcome::Synced { resource_version, act, .. }) => format!("{act:?} {resource_version}"),
        Plan::Leave(Outcome::Refused(refusal)) => format!("refuse {}", refusal.reason()),
        Plan::Leave(Outcome::Failed(_)) => "wait".into(),
    }
}
