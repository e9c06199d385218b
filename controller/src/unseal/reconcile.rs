//! From a SealedSecret to its Secret, in four steps, a file each:
//!
//! `read` (what is there) -> `decide` (pure: what should happen, one `Plan`) -> `apply` (make it so) ->
//! `report` (say so: status, then event).
//!
//! `settled` answers before all of them whether there is anything to do; `ledger` remembers what this process
//! last left behind; `watch` feeds objects in and keeps them coming, through a `door` that lets in so many at a time; opening
//! takes one of the cores, and to have `large` objects in hand takes room. For all three, `turns` says who is next, so that no
//! namespace keeps another waiting; `fair_permits` is a semaphore made of it. `source` names the spec that a Secret was unsealed from,
//! and `render_rate` limits how often one object asks about its values.
//!
//! Decided: Secrets are read with a GET only when the cheap signs (the metadata watch, the status) say that
//! something changed. Instead of a cache of all Secrets, which would keep every value of the cluster in memory.

use crate::client::api_timeout::API_TIMEOUT;
use crate::process::panic_guard::catch_panic;
use crate::unseal::apply::{Applied, spec_digest};
use crate::unseal::context::Context;
use crate::unseal::decide::plan::Plan;
use crate::unseal::decide::render_rate::Asked;
use crate::unseal::decide::render_rate::question::Question;
use crate::unseal::decide::{Rules, compromise, settled};
use crate::unseal::outcome::{Hindrance, Outcome};
use crate::unseal::queue::large_objects::{Room, Unread};
use crate::unseal::read::Seen;
use crate::unseal::read::target::{ExistingSecret, Target};
use crate::unseal::state::pause::{Inputs, Pause};
use crate::unseal::{apply, decide, read, report, requeue};
use api::{DecodeError, SealedSecretSpec, SealedSecretStatus, WatchedSealedSecret};
use jiff::Timestamp;
use kube::ResourceExt as _;
use kube::runtime::controller::Action;
use rand::Rng as _;
use sealing::{Accepted, Outside};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// How often in a row a lost race is run again before it counts as a hindrance.
const RACES: usize = 3;

/// A SealedSecret that is not as the watch showed it is reconciled when the watch shows the change. It may not: the API server answers
/// 404 for a moment, say.
const OUTDATED: Duration = Duration::from_secs(5);

/// Brings one SealedSecret's Secret to where it should be. Failure is an outcome, not an error: it is reported on
/// the object, and only decides when to look again.
pub(crate) async fn reconcile(
    observed: Arc<WatchedSealedSecret>,
    context: Arc<Context>,
) -> Result<Action, Infallible> {
    // A status that another client wrote is a reason to look, whatever we found before.
    context.ledger.yield_to(&observed);
    let previous = context.ledger.status_of(&observed);
    let mut inputs = read::inputs(&observed, previous.as_ref(), &context);
    match context.ledger.nothing_new(&observed, &inputs) {
        None => {}
        // Said before, and nothing that matters has changed since; least of all our own saying it.
        Some(Pause::UntilChange) => return Ok(Action::await_change()),
        Some(Pause::Until(left)) => return Ok(Action::requeue(left)),
    }
    let mut room = Room::new(&observed, &context);
    let pursued = match pursue(&observed, previous.as_ref(), &mut inputs, &mut room, &context).await {
        Ok(pursued) => pursued,
        Err(Unread::Failed(outcome)) => Some(outcome),
        Err(Unread::Outdated) => return Ok(Action::requeue(OUTDATED)),
        Err(Unread::Ending) => return Ok(Action::await_change()),
    };
    let Some(outcome) = pursued else {
        context.ledger.go_on(&observed);
        if let Some(previous) = &previous {
            context.show(&observed, previous);
        }
        return Ok(Action::await_change());
    };
    // The answer to a status that is written is the whole object.
    if room.make_for(&observed).await.is_err() {
        return Ok(Action::await_change());
    }
    let reported = report::report(&observed, previous.as_ref(), &outcome, &context).await;
    Ok(requeue::next_look(&observed, &outcome, reported, inputs, &context.ledger))
}

/// Reads, decides and applies, again if another client was faster. None if there is nothing to do or say, or it is left to the
/// next leader.
///
/// `inputs` become those that it was decided by, where the watch has not shown them yet.
async fn pursue(
    observed: &Arc<WatchedSealedSecret>,
    previous: Option<&SealedSecretStatus>,
    inputs: &mut Inputs,
    room: &mut Room<'_>,
    context: &Arc<Context>,
) -> Result<Option<Outcome>, Unread> {
    let left = settled::left_before(observed, previous).is_some();
    let has_unsealed = context.ledger.has_unsealed(observed);
    let drift = left || context.ledger.is_contested(observed, Instant::now());
    let before = Before {
        drift,
        unsealed: drift || has_unsealed || settled::was_unsealed(observed, previous),
        left_by_us: left || has_unsealed,
    };
    let mut asked = None;
    let mut trust_watch = true;
    for _ in 0..RACES {
        let target = match read::read(observed, previous, context, room, trust_watch).await? {
            Seen::Settled => {
                let owed = context.ledger.is_owed(observed);
                return Ok(settled::only_said(observed, previous, &context.ring.snapshot(), owed));
            }
            Seen::Target(target) => target,
            Seen::Contested(wait) => return Ok(Some(contested(observed, wait))),
        };
        let spec = room.spec_of(observed).await?;
        inputs.target_version = target.version();
        if asked.is_none() {
            match ask(observed, &spec, &target, before, context) {
                Ok(question) => asked = question,
                Err(wait) => return Ok(Some(Outcome::Hindered(Hindrance::TooManyQuestions { wait }))),
            }
        }
        let plan = decide_off_the_workers(observed, spec, previous, target, before, context).await;
        let Some(plan) = plan else { return Ok(None) };
        if let Some(asked) = asked.take_if(|_| !plan.may_tell_of_values()) {
            context.render_rate.take_back(&asked, Instant::now());
        }
        if matches!(plan, Plan::Leave) {
            return Ok(None);
        }
        context.metrics.unseal_requests.inc();
        let corrects = drift && plan.writes();
        if corrects && let Err(wait) = context.ledger.may_correct(observed, Instant::now()) {
            return Ok(Some(contested(observed, wait)));
        }
        // Before anything is written: the end does not come between the Secret and its status.
        room.make_for(observed).await?;
        room.make_for_secret(&plan).await?;
        match timeout(API_TIMEOUT, apply::apply(&context.client, plan, corrects)).await {
            Ok(Applied::Outcome(outcome)) => {
                if matches!(outcome, Outcome::Synced { .. }) {
                    context.ledger.unsealed(observed);
                    if corrects {
                        context.ledger.corrected(observed, Instant::now());
                        context.metrics.drift_corrections.inc();
                    }
                }
                return Ok(Some(outcome));
            }
            Ok(Applied::LostRace) => trust_watch = false,
            Ok(Applied::Moot) => return Ok(None),
            Err(_) => return Ok(Some(Outcome::no_answer())),
        }
    }
    Ok(Some(Outcome::Hindered(Hindrance::Contended)))
}

/// A spec, or what is wrong with it.
pub(crate) type Spec = Result<SealedSecretSpec, DecodeError>;

/// What is known of this very generation from before.
#[derive(Debug, Clone, Copy)]
struct Before {
    drift: bool,
    unsealed: bool,
    left_by_us: bool,
}

/// Whether its sealed values may be asked about now; else how long it has to wait. A spec that was unsealed before tells nothing new,
/// unless its templates give something else each time.
fn ask(
    observed: &WatchedSealedSecret,
    spec: &Spec,
    target: &Target,
    before: Before,
    context: &Context,
) -> Result<Option<Asked>, Duration> {
    let Ok(spec) = spec else { return Ok(None) };
    let is_from =
        |secret: &ExistingSecret| spec_digest::is_from(&secret.0.metadata, &spec_digest::digest(spec));
    let unsealed = before.unsealed || matches!(target, Target::Present(secret) if is_from(secret));
    let question =
        Question::of(&observed.metadata, spec, target).filter(|question| !unsealed || question.may_vary());
    question.map(|question| context.render_rate.ask(question, Instant::now())).transpose()
}

fn contested(observed: &WatchedSealedSecret, wait: Duration) -> Outcome {
    Outcome::Hindered(Hindrance::Contested { name: observed.name_any(), wait })
}

/// RSA takes milliseconds per item: never on an async worker, and never on more threads than there are cores. None if the end
/// came before there was one: what has not begun is not in hand, and a backlog of it may take minutes.
async fn decide_off_the_workers(
    observed: &Arc<WatchedSealedSecret>,
    spec: Spec,
    previous: Option<&SealedSecretStatus>,
    target: Target,
    before: Before,
    context: &Arc<Context>,
) -> Option<Plan> {
    let namespace = observed.namespace().unwrap_or_default();
    // Held by the work itself, which goes on if this future is dropped.
    let core = context.shutdown.run_until_cancelled(context.cores.take(&namespace)).await??;
    let (observed, context) = (Arc::clone(observed), Arc::clone(context));
    let previous = previous.cloned();
    let plan = catch_panic(move || {
        let _core = core;
        let ring = context.ring.snapshot();
        let rules = Rules {
            key_place: context.key_place.clone(),
            accepted: Accepted { deprecated_data: context.settings.deprecated_data },
            drift: before.drift,
            revoked: compromise::sealed_with_revoked(&observed.metadata, previous.as_ref(), &ring),
            unsealed: before.unsealed,
            left_by_us: before.left_by_us,
            marks_all: !context.settings.status,
            templates: context.settings.templates.are_rendered_in(&namespace),
            patient: !context.ledger.lost_patience(&observed, Instant::now()),
        };
        let mut random = |bytes: &mut [u8]| rand::rng().fill_bytes(bytes);
        let outside = Outside { now: Timestamp::now(), random: &mut random };
        decide::decide(&observed.metadata, &spec, target, &ring, &rules, outside)
    })
    .await;
    // It panicked: the object is looked at again later, and no other suffers.
    Some(plan.unwrap_or(Plan::Wait(Hindrance::Interrupted)))
}
