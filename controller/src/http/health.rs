//! `GET /healthz` (the process runs) and `GET /readyz` (it can do its work).

use super::serve::Served;
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;

/// The process answers, so it is alive.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// Ready once the keys have been read, there is at least one, and SealedSecrets are being watched.
pub(super) async fn readyz(State(served): State<Arc<Served>>) -> (StatusCode, String) {
    let checks = [
        ("sealing keys read", served.ring.is_loaded()),
        ("sealing key present", !served.ring.snapshot().is_empty()),
        ("SealedSecrets and Secrets listed", served.watching.is_ready()),
    ];
    if checks.iter().all(|(_, passed)| *passed) {
        return (StatusCode::OK, "ok\n".into());
    }
    let mut lines = String::new();
    for (name, passed) in checks {
        lines.push_str(if passed { "[+] " } else { "[-] " });
        lines.push_str(name);
        lines.push('\n');
    }
    (StatusCode::SERVICE_UNAVAILABLE, lines)
}
