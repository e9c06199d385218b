//! `GET /healthz` (the process runs) and `GET /readyz` (it can do its work).
//!
//! `/readyz?verbose` always lists the checks, and the figures about keys. A new check is a line in `readyz`, and a row
//! in `controller/docs/troubleshooting.md`.

use crate::http::state::HttpState;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use std::fmt::Write as _;
use std::sync::Arc;

/// The process answers, so it is alive.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// Ready once the keys have been read, there is at least one, and SealedSecrets are being watched, unless another
/// replica does that: a standby serves everything that a leader does. Not ready once the process received SIGTERM: it
/// still answers, so that no request is refused that Kubernetes sends here until it has noticed.
pub(crate) async fn readyz(
    State(state): State<Arc<HttpState>>,
    RawQuery(query): RawQuery,
) -> (StatusCode, String) {
    let keys = state.ring.status();
    let refusals = state.findings.counts().into_iter().filter(|(reason, _)| reason.is_refusal());
    let refused: usize = refusals.map(|(_, count)| count).sum();
    let checks = [
        ("sealing keys read", state.ring.is_loaded(), String::new()),
        ("sealing key present", keys.active > 0, format!(": {keys}, {refused} refused")),
        (
            "SealedSecrets and Secrets listed, or another replica leads",
            state.readiness.is_ready(),
            String::new(),
        ),
        ("not terminating", !state.ending.is_cancelled(), String::new()),
    ];
    let ready = checks.iter().all(|(_, passed, _)| *passed);
    let verbose = query.is_some_and(|query| query.split('&').any(|word| word.starts_with("verbose")));
    if ready && !verbose {
        return (StatusCode::OK, "ok\n".into());
    }
    let mut lines = String::new();
    for (name, passed, detail) in checks {
        let sign = if passed { '+' } else { '-' };
        // Writing to a String cannot fail.
        let _ = writeln!(lines, "[{sign}] {name}{detail}");
    }
    // No reason to take a replica out of service: renewal uses the dates that fit.
    let sign = if keys.clock_skew.any() { '!' } else { '+' };
    let _ = writeln!(lines, "[{sign}] sealing keys dated by {}", keys.clock_skew);
    (if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, lines)
}
