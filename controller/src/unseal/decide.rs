//! `decide`: what should happen, by the facts. Pure; `tests/table.rs` is its specification. What only an answer of the API server can
//! tell (a Secret that is refused, a conflict) is decided in `apply` and `reconcile`.

pub(crate) mod ownership;
pub(crate) mod plan;
pub(crate) mod probe;
pub(crate) mod sealing_key;
pub(crate) mod settings;
pub(crate) mod spec_digest;
pub(crate) mod update;

use crate::unseal::cause::refusal::Refusal;
use crate::unseal::cause::transient::Transient;
use crate::unseal::decide::ownership::plan_for_foreign;
use crate::unseal::decide::plan::Plan;
use crate::unseal::decide::sealing_key::is_sealing_key;
use crate::unseal::decide::settings::Settings;
use crate::unseal::decide::spec_digest::{annotate, digest};
use crate::unseal::decide::update::{type_of, update};
use crate::unseal::read::facts::Facts;
use crate::unseal::read::target::{Open, Target};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::{Outside, UnsealError, templated, unseal};
use std::time::Duration;

/// The plan for a Secret that is as it was left.
pub(crate) fn decide_settled(facts: &Facts) -> Plan {
    Plan::Settled {
        resource_version: facts.recorded.secret_version.clone().unwrap_or_default(),
        opened_by: facts.status().and_then(|status| status.opened_by.clone()),
    }
}

/// The plan while another client reverts each correction.
pub(crate) fn decide_contested(metadata: &ObjectMeta, wait: Duration) -> Plan {
    Plan::Retry(Transient::Contested { name: name_of(metadata), wait })
}

/// Opens a SealedSecret and decides on its Secret. Templates may use the time and randomness; both come with `outside`.
pub(crate) fn decide(facts: &Facts, open: Open, settings: &Settings, outside: Outside<'_>) -> Plan {
    let plan = decide_uncontested(facts, open, settings, outside);
    match facts.memory.correction_delay {
        Some(delay) if facts.history.drift && plan.writes() => {
            decide_contested(&facts.sealed.metadata, delay)
        }
        _ => plan,
    }
}

/// The order of the checks matters: what will not be written is not opened.
fn decide_uncontested(facts: &Facts, open: Open, settings: &Settings, outside: Outside<'_>) -> Plan {
    let metadata = &facts.sealed.metadata;
    if metadata.deletion_timestamp.is_some() {
        return Plan::Nothing;
    }
    let spec = match open.spec {
        Ok(spec) => spec,
        Err(error) => return Plan::Refuse(Refusal::Undecodable(error)),
    };
    let existing = match open.target {
        Target::Absent => None,
        Target::Present(existing) => Some(existing),
        Target::Cut(_, too_many) => {
            return Plan::Refuse(Refusal::TooManyEntries { name: name_of(metadata), too_many });
        }
    };
    let existing = existing.as_ref().map(|existing| &existing.0);
    if let Some(existing) = existing {
        if let Some(plan) = plan_for_foreign(metadata, &spec, existing, facts.memory.is_collector_late) {
            return plan;
        }
        if is_sealing_key(&existing.metadata, type_of(existing), &settings.key_place) {
            return Plan::Refuse(Refusal::SealingKey);
        }
    }
    if !settings.renders_templates {
        let names: Vec<String> = templated(&spec).map(ToOwned::to_owned).collect();
        if !names.is_empty() {
            return Plan::Refuse(Refusal::TemplatesOff(names));
        }
    }
    let is_immutable = existing.is_some_and(|existing| existing.immutable == Some(true));
    let mut wanted = match unseal(metadata, &spec, &facts.ring, settings.accepted, outside) {
        Ok(wanted) => wanted,
        Err(error) if error.depends_on_values() && is_immutable => {
            return Plan::Refuse(Refusal::Immutable { name: name_of(metadata), rendering: Some(error) });
        }
        Err(UnsealError::NoKeys) => return Plan::Retry(Transient::NoKeys),
        Err(error) if facts.inputs.revoked => {
            return Plan::Refuse(Refusal::Unseal(error.blaming_revocation()));
        }
        Err(error) => return Plan::Refuse(Refusal::Unseal(error)),
    };
    let source = digest(&spec);
    if let Some(existing) = existing {
        return update(wanted, source, existing, facts.history, settings);
    }
    if is_sealing_key(&wanted.metadata, wanted.effective_type(), &settings.key_place) {
        return Plan::Refuse(Refusal::SealingKey);
    }
    if wanted.templated || settings.annotates_all {
        annotate(&mut wanted, source);
    }
    Plan::Create { secret: wanted, corrects: facts.history.drift }
}

fn name_of(metadata: &ObjectMeta) -> String {
    metadata.name.clone().unwrap_or_default()
}

#[cfg(test)]
mod tests;
