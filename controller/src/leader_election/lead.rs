//! `lead_when_elected`: runs the work of each term while the term lasts, and releases the Lease after the last.

use crate::leader_election::election::Loss;
use crate::leader_election::elector::{Contended, Elector};
use crate::leader_election::fence::Fence;
use std::panic::resume_unwind;
use tokio_util::sync::CancellationToken;

/// The role of this replica from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Makes and renews sealing keys, and unseals.
    Leader,
    /// Serves HTTP. Another replica leads, or will.
    Standby,
}

/// Runs `lead` in each term, until it ends by itself. Returns its result, or None if `stop` came before. Without an `elector`, this
/// replica leads from its start to its end.
///
/// `lead` ends at `stop` as well, in its own time, and the Lease is kept until then. Where a term is lost, `lead` is dropped.
/// `on_role` is called at each change, and may be called again with the same role.
pub(crate) async fn lead_when_elected<T>(
    elector: Option<Elector>,
    on_role: impl Fn(Role),
    stop: &CancellationToken,
    lead: impl AsyncFn(Fence) -> T,
) -> Option<T> {
    let Some(mut elector) = elector else {
        on_role(Role::Leader);
        let ended = Box::pin(lead(Fence::unbounded())).await;
        on_role(Role::Standby);
        return Some(ended);
    };
    loop {
        let fence = match elector.contend(stop, || on_role(Role::Standby)).await {
            Contended::Won(fence) => fence,
            Contended::Stopped => return None,
            Contended::Denied if elector.is_required() => {
                stop.run_until_cancelled(tokio::time::sleep(elector.retry_period())).await;
                continue;
            }
            Contended::Denied => {
                tracing::warn!(
                    "no right to use Leases: leading without an election, as upstream's controller does. Run one \
                     replica, or grant `get`, `create` and `update` on leases.coordination.k8s.io"
                );
                let fence = Fence::unbounded();
                on_role(Role::Leader);
                let mut leading = Box::pin(lead(fence.clone()));
                let ended = tokio::select! {
                    ended = &mut leading => Some(ended),
                    () = elector.permitted() => None,
                };
                // Before it is dropped: what it has begun on another thread goes on for a moment.
                fence.close();
                drop(leading);
                on_role(Role::Standby);
                if ended.is_some() {
                    return ended;
                }
                elector.step_down();
                tracing::warn!("the right to use Leases has come: contending as one of several replicas");
                continue;
            }
        };
        tracing::info!(me = elector.me(), "this replica leads");
        on_role(Role::Leader);
        // In a task of its own: the Lease is renewed while the work is busy.
        let done = CancellationToken::new();
        let _ends = done.clone().drop_guard();
        let mut keeping = {
            let (fence, done) = (fence.clone(), done.clone());
            tokio::spawn(async move {
                let loss = elector.keep(&fence, &done).await;
                // Called here: the task that waits for this one may be busy.
                if loss.is_some() {
                    fence.close();
                }
                (elector, loss)
            })
        };
        let result = tokio::select! {
            ended = Box::pin(lead(fence.clone())) => Err(ended),
            result = &mut keeping => Ok(result),
        };
        fence.close();
        on_role(Role::Standby);
        match result {
            Ok(result) => {
                let (returned, loss) = result.unwrap_or_else(|error| resume_unwind(error.into_panic()));
                elector = returned;
                elector.step_down();
                log_loss(loss.as_ref());
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

fn log_loss(loss: Option<&Loss>) {
    if let Some(Loss::Taken(leader)) = loss {
        tracing::warn!(leader, "this replica leads no more: another one took the lease");
    } else {
        tracing::warn!("this replica leads no more: the lease could not be renewed in time");
    }
}
