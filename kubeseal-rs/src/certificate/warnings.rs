//! Warnings about a certificate that can seal: it changed, it expires soon, or it was fetched long ago.

use crate::certificate::cache::Cached;
use crate::terminal::warnings::warn;
use envelope::Certificate;
use jiff::{SignedDuration, Timestamp};

/// Certificates are renewed every 30 days, so one that expires within that time is an old one.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// After this time, the controller has a newer one.
const LONG_AGO: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Warns if the certificate expires soon, or has expired.
pub(crate) fn of_its_end(certificate: &Certificate, now: Timestamp) {
    let left = certificate.not_after().duration_since(now);
    if left <= SOON {
        let does = if left.is_negative() { "expired" } else { "expires" };
        warn(format_args!(
            "the certificate {} {does} on {}",
            certificate.fingerprint().short(),
            day(certificate.not_after())
        ));
    }
}

/// Warns if it differs from the certificate of the last run.
pub(crate) fn of_change(certificate: &Certificate, last: &Cached) {
    let fingerprint = certificate.fingerprint();
    if last.fingerprint != fingerprint.to_string() {
        let since = last.fetched().map(|fetched| format!(" since {}", day(fetched))).unwrap_or_default();
        let before: String = last.fingerprint.chars().take(12).collect();
        warn(format_args!(
            "the controller has another certificate{since}: {} instead of {before}; it was renewed, or this is \
             another cluster",
            fingerprint.short()
        ));
    }
}

/// Warns if the certificate was fetched long ago.
pub(crate) fn of_its_age(certificate: &Certificate, cached: &Cached, now: Timestamp) {
    let old = cached.fetched().is_none_or(|fetched| now.duration_since(fetched) > LONG_AGO);
    if old {
        let when =
            cached.fetched().map_or_else(|| "at an unknown time".into(), |at| format!("on {}", day(at)));
        warn(format_args!(
            "the certificate {} was fetched {when}; the controller makes a new one every 30 days",
            certificate.fingerprint().short()
        ));
    }
}

fn day(time: Timestamp) -> impl std::fmt::Display {
    time.strftime("%Y-%m-%d").to_string()
}
