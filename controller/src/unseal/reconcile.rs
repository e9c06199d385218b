//! [`reconcile`]: one SealedSecret through all steps: read, decide, apply, report, requeue.

use crate::process::panic_guard::catch_panic;
use crate::unseal::apply::{Applied, apply};
use crate::unseal::cause::transient::Transient;
use crate::unseal::context::Context;
use crate::unseal::decide::plan::Plan;
use crate::unseal::decide::probe::probe_of;
use crate::unseal::decide::sealing_key::KeyPlace;
use crate::unseal::decide::settings::Settings;
use crate::unseal::decide::spec_digest::{digest, is_from};
use crate::unseal::decide::{decide, decide_contested, decide_settled};
use crate::unseal::outcome::{Act, Outcome};
use crate::unseal::queue::action::Action;
use crate::unseal::queue::render_rate::Charge;
use crate::unseal::read::facts::Facts;
use crate::unseal::read::object_reader::{ObjectReader, Unread};
use crate::unseal::read::read;
use crate::unseal::read::target::{Open, Subject, Target};
use crate::unseal::report::report;
use crate::unseal::requeue::requeue;
use api::WatchedSealedSecret;
use api::annotations::RECIPIENTS;
use jiff::Timestamp;
use kube::ResourceExt as _;
use rand::Rng as _;
use sealing::{Accepted, Outside};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often a Secret is read and written if it changes in between each time.
const ATTEMPTS: usize = 3;

/// A SealedSecret that is not as the watch showed it is reconciled when the watch shows the change. The watch may show
/// none: the API server may answer 404 for a moment, for example.
const OUTDATED: Duration = Duration::from_secs(5);

/// Makes the Secret of one SealedSecret what it should be, and reports how that ended. A failure is no error here: it only decides when
/// to reconcile again.
pub(crate) async fn reconcile(sealed: Arc<WatchedSealedSecret>, context: Arc<Context>) -> Action {
    let mut facts = Facts::gather(&sealed, &context, Instant::now());
    // Such as after this process' own write of the status.
    if let Some(action) = context.states.already_reported(&sealed, &facts.inputs, Instant::now()) {
        return action;
    }
    let mut reader = ObjectReader::new(&sealed, &context);
    let outcome = match unseal(&mut facts, &mut reader, &context).await {
        Ok(Some(outcome)) => outcome,
        Ok(None) => {
            context.states.forget_failures(&sealed);
            if let Some(status) = facts.status() {
                context.observe_conditions(&sealed, status);
            }
            return Action::await_change();
        }
        Err(Unread::Failed(error)) => Outcome::Failed(error),
        Err(Unread::Outdated) => return Action::requeue(OUTDATED),
        Err(Unread::Shutdown) => return Action::await_change(),
    };
    let Ok(reported) = report(&facts, &outcome, &mut reader, &context).await else {
        return Action::await_change();
    };
    requeue(&sealed, &outcome, reported, facts.inputs, &context.states)
}

/// Reads, decides and applies, and once more if another client was faster. None if there is nothing to report.
async fn unseal(
    facts: &mut Facts,
    reader: &mut ObjectReader<'_>,
    context: &Arc<Context>,
) -> Result<Option<Outcome>, Unread> {
    let mut charge = None;
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            *facts = Facts::gather(&facts.sealed, context, Instant::now());
        }
        let plan = match read(facts, reader, attempt == 0).await? {
            Subject::Settled => decide_settled(facts),
            Subject::Contested(delay) => decide_contested(facts, delay),
            Subject::Open(open) => {
                if charge.is_none() {
                    match charge_for(facts, &open, context) {
                        Ok(charged) => charge = charged,
                        Err(wait) => return Ok(Some(Outcome::Failed(Transient::RateLimited { wait }))),
                    }
                }
                let Some(plan) = decide_on_a_processor(facts, *open, context).await else {
                    return Ok(None);
                };
                if let Some(charge) = charge.take_if(|_| !plan.may_reveal_values()) {
                    context.render_rate.refund(&charge, Instant::now());
                }
                if !matches!(plan, Plan::Nothing) {
                    context.metrics.unseal_requests.inc();
                }
                plan
            }
        };
        if let Some(error) = plan.unread_recipients() {
            let (namespace, name) = (facts.sealed.namespace().unwrap_or_default(), facts.sealed.name_any());
            tracing::warn!(
                namespace,
                name,
                error = error.to_string(),
                hint = "seal it again for all its clusters: the others do not open it",
                "the annotation {RECIPIENTS} cannot be read; the items are opened without it"
            );
        }
        if plan.writes() {
            // Before the write, so that a shutdown does not come between the Secret and its status.
            reader.reserve(facts.sealed.size).await?;
            reader.reserve(plan.bytes()).await?;
        }
        match apply(&context.client, plan).await {
            Applied::Outcome(outcome) => {
                remember(facts, &outcome, context);
                return Ok(Some(outcome));
            }
            Applied::Conflict => {}
            Applied::Nothing => return Ok(None),
            Applied::TermOver => return Err(Unread::Shutdown),
        }
    }
    Ok(Some(Outcome::Failed(Transient::Conflict { editor: facts.editor() })))
}

/// Records what was done to the Secret.
fn remember(facts: &Facts, outcome: &Outcome, context: &Context) {
    match outcome {
        Outcome::Synced { act: Act::Settled, .. } | Outcome::Refused(_) | Outcome::Failed(_) => {}
        Outcome::Synced { resource_version, act, opened_by } => {
            context.states.unsealed(&facts.sealed);
            let (namespace, name) = (facts.sealed.namespace().unwrap_or_default(), facts.sealed.name_any());
            context.secret_writes.wrote(
                &namespace,
                &name,
                resource_version,
                facts.watch_phase,
                Instant::now(),
            );
            context.likely_keys.opened(&namespace, opened_by.iter().flatten());
            if matches!(act, Act::Corrected | Act::Recreated) {
                context.states.corrected(&facts.sealed, Instant::now());
                context.metrics.drift_corrections.inc();
            }
        }
    }
}

/// Charges the render rate for what opening may reveal of the sealed values; the error is how long it has to wait. A spec that was
/// unsealed before reveals nothing new, unless its templates render differently each time.
fn charge_for(facts: &Facts, open: &Open, context: &Context) -> Result<Option<Charge>, Duration> {
    let Ok(spec) = &open.spec else { return Ok(None) };
    let Some(probe) = probe_of(&facts.sealed.metadata, spec, &open.target) else { return Ok(None) };
    let is_known = facts.history.unsealed
        || matches!(&open.target, Target::Present(secret) if is_from(&secret.0.metadata, &digest(spec)));
    if is_known && probe.text.is_some() {
        return Ok(None);
    }
    context.render_rate.charge(probe, Instant::now()).map(Some)
}

/// RSA takes milliseconds per item: never on an async worker, and never on more threads than there are processors. None
/// if the controller shuts down before a processor is free: a backlog may take minutes.
async fn decide_on_a_processor(facts: &mut Facts, open: Open, context: &Arc<Context>) -> Option<Plan> {
    let namespace = facts.sealed.namespace().unwrap_or_default();
    // Held by the work itself, which continues if this future is dropped.
    let core = context.shutdown.run_until_cancelled(context.cpu_permits.acquire(&namespace)).await??;
    facts.take_ring(context);
    let facts = facts.clone();
    let settings = Settings {
        key_place: KeyPlace { namespace: context.key_namespace.clone(), prefix: context.key_prefix.clone() },
        accepted: Accepted { deprecated_data: context.settings.deprecated_data },
        renders_templates: context.settings.templates.are_rendered_in(&namespace),
        annotates_all: !context.settings.status,
    };
    let plan = catch_panic(move || {
        let _core = core;
        let mut random = |bytes: &mut [u8]| rand::rng().fill_bytes(bytes);
        let outside = Outside { now: Timestamp::now(), random: &mut random };
        decide(&facts, open, &settings, outside)
    });
    // After a panic, the object is retried, and no other is affected.
    Some(plan.await.unwrap_or(Plan::Leave(Transient::Interrupted.into())))
}
