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
///
/// Decided: ready without a certificate to serve, as where the keys are in plain and have to be wrapped, and the service refuses. It unseals, and
/// a replica taken out of the Service would not make the certificate come; `/v1/cert.pem` says why there is none.
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
    // Neither is a reason to take a replica out of service. Without a certificate it unseals all the same with the keys that are there, such as those
    // in plain while a key management service wraps no new one. Renewal uses the dates that fit.
    let served = match keys.published {
        Some(_) => "[+] certificate served".to_owned(),
        None => format!("[!] certificate served: {}", state.ring.why_none_is_published().trim_end()),
    };
    let _ = writeln!(lines, "{served}");
    let sign = if keys.clock_skew.any() { '!' } else { '+' };
    let _ = writeln!(lines, "[{sign}] sealing keys dated by {}", keys.clock_skew);
    (if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, lines)
}
