//! `lead_when_elected`: runs the work of each term for as long as it lasts, and gives the Lease up after the last.

use crate::leader_election::election::Loss;
use crate::leader_election::elector::{Contended, Elector};
use crate::leader_election::fence::Fence;
use crate::metrics::Metrics;
use crate::process::readiness::Readiness;
use std::panic::resume_unwind;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// This replica's part in an election, if there is one.
#[derive(Debug)]
pub(crate) enum Part {
    /// There is none: this replica leads from its start to its end, whatever others do.
    Alone,
    /// Leads when elected; where it may not use Leases, it leads without an election for as long as that is so.
    WherePermitted(Box<Elector>),
    /// Leads when elected.
    Elected(Box<Elector>),
}

/// Who is told whether this replica leads.
#[derive(Debug, Clone)]
struct Told {
    readiness: Arc<Readiness>,
    metrics: Arc<Metrics>,
}

/// Runs `lead` in every term that comes, until it ends by itself; what it gave, or None if `stop` came before.
///
/// `lead` ends at `stop` too, in its own time, and the Lease is kept until then. A term that is lost has it dropped.
pub(crate) async fn lead_when_elected<T>(
    part: Part,
    readiness: Arc<Readiness>,
    metrics: Arc<Metrics>,
    stop: &CancellationToken,
    lead: impl AsyncFn(Fence) -> T,
) -> Option<T> {
    let told = Told { readiness, metrics };
    let (mut elector, permitted) = match part {
        Part::Alone => {
            told.leading(true);
            let ended = Box::pin(lead(Fence::unbounded())).await;
            told.leading(false);
            return Some(ended);
        }
        Part::WherePermitted(elector) => (elector, false),
        Part::Elected(elector) => (elector, true),
    };
    loop {
        let fence = match elector.contend(stop, || told.readiness.stand_by()).await {
            Contended::Won(fence) => fence,
            Contended::Stopped => return None,
            Contended::Forbidden if permitted => {
                stop.run_until_cancelled(tokio::time::sleep(elector.pause())).await;
                continue;
            }
            Contended::Forbidden => {
                tracing::warn!(
                    "no right to use Leases: leading without an election, as upstream's controller does. Run one \
                     replica, or grant `get`, `create` and `update` on leases.coordination.k8s.io"
                );
                let fence = Fence::unbounded();
                told.leading(true);
                let ended = tokio::select! {
                    ended = Box::pin(lead(fence.clone())) => Some(ended),
                    () = elector.admitted() => None,
                };
                fence.close();
                told.leading(false);
                if ended.is_some() {
                    return ended;
                }
                elector.step_down();
                tracing::warn!("the right to use Leases has come: contending as one of several replicas");
                continue;
            }
        };
        tracing::info!(me = elector.me(), "this replica leads");
        told.leading(true);
        // In a task of its own: whatever the work is busy with, the Lease is renewed.
        let done = CancellationToken::new();
        let _ends = done.clone().drop_guard();
        let mut keeping = {
            let (fence, done) = (fence.clone(), done.clone());
            tokio::spawn(async move {
                let loss = elector.keep(&fence, &done).await;
                // Here and now: the task that waits for this one may be busy.
                if loss.is_some() {
                    fence.close();
                }
                (elector, loss)
            })
        };
        let kept = tokio::select! {
            ended = Box::pin(lead(fence.clone())) => Err(ended),
            kept = &mut keeping => Ok(kept),
        };
        fence.close();
        told.leading(false);
        match kept {
            Ok(kept) => {
                let (returned, loss) = kept.unwrap_or_else(|error| resume_unwind(error.into_panic()));
                elector = returned;
                elector.step_down();
                lost(loss.as_ref());
            }
            Err(ended) => {
                done.cancel();
                if let Ok((mut elector, None)) = keeping.await {
                    elector.release().await;
                }
                return Some(ended);
            }
        }
    }
}

fn lost(loss: Option<&Loss>) {
    if let Some(Loss::Taken(leader)) = loss {
        tracing::warn!(leader, "this replica leads no more: another one took the lease");
    } else {
        tracing::warn!("this replica leads no more: the lease could not be renewed in time");
    }
}

impl Told {
    fn leading(&self, leads: bool) {
        if leads {
            self.readiness.lead();
        } else {
            self.readiness.stand_by();
            // They would be true for a while, and then for ever wrong.
            self.metrics.forget_objects();
        }
        self.metrics.leads(leads);
    }
}
