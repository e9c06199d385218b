//! The sealing keys: read from the controller's namespace, renewed on a schedule, and reported.
//!
//! Data flows one way:
//!
//! 1. [`store`] watches the key Secrets, decides which of them count, and publishes the result as one immutable state in
//!    [`SharedRing`](store::ring::SharedRing). A Secret that is labelled as a sealing key and cannot be used as one is a
//!    [`KeyFinding`](store::findings::KeyFinding).
//! 2. [`renewal`] plans the next key from that state and the API server's clock, and creates its Secret.
//! 3. [`published`] chooses the certificate that is served; [`status`], [`metrics`] and [`noted_findings`] report.
//!
//! [`key_age`], [`key_policy`], [`api_server_clock`] and [`renewal_request`] are used by all of these and import none of them.
//!
//! Where to add what:
//!
//! - *a reason to reject a key Secret*: `FindingReason` in `store/findings.rs`, returned where `store/key_secret.rs` reads the
//!   Secret. Events and metrics follow;
//! - *another trigger for renewal*: `RenewalReason` and `next_step` in `renewal/plan.rs`, with a log line in `renewal/renewer.rs`. One that is
//!   a date belongs to `renewal/due.rs`; one from outside must also wake `Renewer::renew`;
//! - *a metric about keys*: a field of `KeyStatus` in `status.rs`, encoded in `metrics.rs`.
//!
//! Sealing and unsealing with the keys are in the crate `sealing`.

pub(crate) mod api_server_clock;
pub(crate) mod conversion;
pub(crate) mod key_age;
pub(crate) mod key_policy;
pub(crate) mod metrics;
pub(crate) mod noted_findings;
pub(crate) mod published;
pub(crate) mod renewal;
pub(crate) mod renewal_request;
pub(crate) mod status;
pub(crate) mod store;
#[cfg(test)]
pub(crate) mod test_wrapped;
pub(crate) mod unwrapping;
