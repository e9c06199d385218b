//! `decide`: what should happen, by the facts. Pure; `tests/table.rs` is its specification. `update` decides about an existing
//! Secret of the SealedSecret, `ownership` about any other existing Secret. A new decision is a variant of `plan::Plan`, which
//! `apply` carries out. What only a response of the API server can show (a Secret that is refused, a conflict) is decided in
//! `apply` and `reconcile`.

pub(crate) mod ownership;
pub(crate) mod plan;
pub(crate) mod probe;
pub(crate) mod sealing_key;
pub(crate) mod settings;
pub(crate) mod spec_digest;
pub(crate) mod update;

use crate::unseal::cause::refusal::Refusal;
use crate::unseal::cause::transient::Transient;
use crate::unseal::decide::ownership::check_owner;
use crate::unseal::decide::plan::Plan;
use crate::unseal::decide::sealing_key::check_no_sealing_key;
use crate::unseal::decide::settings::Settings;
use crate::unseal::decide::spec_digest::{annotate, digest};
use crate::unseal::decide::update::{type_of, update};
use crate::unseal::outcome::{Act, Outcome};
use crate::unseal::read::compromise::blame;
use crate::unseal::read::facts::Facts;
use crate::unseal::read::target::{Open, Target};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sealing::{Outside, UnsealError, templated, unseal};
use std::time::Duration;

/// The plan for a Secret that is unchanged.
pub(crate) fn decide_settled(facts: &Facts) -> Plan {
    Plan::Leave(Outcome::Synced {
        resource_version: facts
            .touched()
            .map(|(version, _)| version.to_owned())
            .or_else(|| facts.recorded.secret_version.clone())
            .unwrap_or_default(),
        opened_by: facts.status().and_then(|status| status.opened_by.clone()),
        act: Act::Settled,
    })
}

/// The plan while another client reverts each correction.
pub(crate) fn decide_contested(facts: &Facts, wait: Duration) -> Plan {
    let name = name_of(&facts.sealed.metadata);
    Plan::Leave(Transient::Contested { name, editor: facts.editor(), wait }.into())
}

/// Opens a SealedSecret and decides on its Secret. Templates may use the time and randomness; both come with `outside`.
pub(crate) fn decide(facts: &Facts, open: Open, settings: &Settings, outside: Outside<'_>) -> Plan {
    let plan = decide_uncontested(facts, open, settings, outside).unwrap_or_else(Plan::Leave);
    match facts.memory.correction_delay {
        Some(delay) if facts.history.drift && plan.writes() => decide_contested(facts, delay),
        _ => plan,
    }
}

/// The order of the checks matters: a SealedSecret whose Secret will not be written is not opened. The error is why the Secret is left as it is.
fn decide_uncontested(
    facts: &Facts,
    open: Open,
    settings: &Settings,
    outside: Outside<'_>,
) -> Result<Plan, Outcome> {
    let metadata = &open.metadata;
    if metadata.deletion_timestamp.is_some() {
        return Ok(Plan::Nothing);
    }
    let spec = open.spec.map_err(Refusal::Undecodable)?;
    let existing = match open.target {
        Target::Absent => None,
        Target::Present(existing) => Some(existing),
        Target::Cut(_, too_many) => {
            return Err(Refusal::TooManyEntries { name: name_of(metadata), too_many }.into());
        }
    };
    let existing = existing.as_ref().map(|existing| &existing.0);
    if let Some(existing) = existing {
        check_owner(metadata, &spec, existing, facts.memory.is_collector_late)?;
        check_no_sealing_key(&existing.metadata, type_of(existing), &settings.key_place)?;
    }
    if !settings.renders_templates {
        let names: Vec<String> = templated(&spec).map(ToOwned::to_owned).collect();
        if !names.is_empty() {
            return Err(Refusal::TemplatesOff(names).into());
        }
    }
    let is_immutable = existing.is_some_and(|existing| existing.immutable == Some(true));
    let unsealed = unseal(metadata, &spec, &facts.ring, &facts.likely_keys, settings.accepted, outside);
    let mut wanted = unsealed.map_err(|error| -> Outcome {
        match error {
            error if error.depends_on_values() && is_immutable => {
                Refusal::Immutable { name: name_of(metadata), rendering: Some(error) }.into()
            }
            UnsealError::NoKeys => Transient::NoKeys.into(),
            mut error => {
                if facts.inputs.revoked {
                    let is_blamed = blame(&facts.sealed, facts.status(), &facts.ring);
                    error = error.blaming_revocation(is_blamed);
                }
                match error.waits() {
                    Some(diagnosis) => Transient::KeysWaiting(diagnosis.clone()).into(),
                    None => Refusal::Unseal(error).into(),
                }
            }
        }
    })?;
    let source = digest(&spec);
    if let Some(existing) = existing {
        return update(wanted, source, existing, facts.history, settings);
    }
    check_no_sealing_key(&wanted.metadata, wanted.effective_type(), &settings.key_place)?;
    if wanted.templated || settings.annotates_all {
        annotate(&mut wanted, source);
    }
    Ok(Plan::Create { secret: wanted, corrects: facts.history.drift })
}

fn name_of(metadata: &ObjectMeta) -> String {
    metadata.name.clone().unwrap_or_default()
}

#[cfg(test)]
mod tests;
