//! What a failed call means.

use crate::provider::error::{ProviderError, ProviderErrorKind};
use crate::provider::words::shown;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::error::Error as _;
use std::iter::successors;
use tonic::{Code, Status};
use zeroize::Zeroizing;

/// The error of a failed call that sent a data key or a ciphertext.
pub(super) fn failure(status: &Status, sent: &[u8]) -> ProviderError {
    // What a plugin itself answers has no source.
    let causes: Vec<_> =
        successors(status.source(), |&error| error.source()).map(ToString::to_string).collect();
    if !causes.is_empty() {
        let message = "the connection to its socket failed";
        return ProviderError::new(ProviderErrorKind::Unavailable, message).caused_by(causes.join(": "));
    }
    let sent = Zeroizing::new(BASE64_STANDARD.encode(sent));
    let (code, words) = (status.code(), shown(status.message(), &[sent]));
    let separator = if words.is_empty() { "" } else { ": " };
    ProviderError::new(kind(code), format!("it answers {code:?}{separator}{words}"))
}

/// What a code means for a next try.
///
/// Decided: most codes are `Unavailable`, also for a ciphertext that is wrong. Nearly every plugin answers `Unknown` to whatever fails, and
/// many send the codes of their service; so what says that the service is away cannot be told from what says that the ciphertext is wrong.
/// Trying a wrong one again costs little, because calls are serial and each key has a backoff of its own; never trying the right one again
/// would cost the key. For the same reason `FailedPrecondition` is no refusal: Google's service answers it for a disabled key.
fn kind(code: Code) -> ProviderErrorKind {
    match code {
        Code::PermissionDenied | Code::Unauthenticated => ProviderErrorKind::Denied,
        Code::InvalidArgument | Code::DataLoss => ProviderErrorKind::Refused,
        // It has no such method; or this is tonic's word for an answer that is too long.
        Code::Unimplemented | Code::OutOfRange => ProviderErrorKind::Garbage,
        Code::Ok
        | Code::Cancelled
        | Code::Unknown
        | Code::DeadlineExceeded
        | Code::NotFound
        | Code::AlreadyExists
        | Code::ResourceExhausted
        | Code::FailedPrecondition
        | Code::Aborted
        | Code::Internal
        | Code::Unavailable => ProviderErrorKind::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_its_kind() {
        use ProviderErrorKind::{Denied, Garbage, Refused, Unavailable};
        let kinds = [
            Unavailable, // OK
            Unavailable, // CANCELLED
            Unavailable, // UNKNOWN
            Refused,     // INVALID_ARGUMENT
            Unavailable, // DEADLINE_EXCEEDED
            Unavailable, // NOT_FOUND
            Unavailable, // ALREADY_EXISTS
            Denied,      // PERMISSION_DENIED
            Unavailable, // RESOURCE_EXHAUSTED
            Unavailable, // FAILED_PRECONDITION
            Unavailable, // ABORTED
            Garbage,     // OUT_OF_RANGE
            Garbage,     // UNIMPLEMENTED
            Unavailable, // INTERNAL
            Unavailable, // UNAVAILABLE
            Refused,     // DATA_LOSS
            Denied,      // UNAUTHENTICATED
        ];
        for (number, expected) in (0..).zip(kinds) {
            assert_eq!(kind(Code::from_i32(number)), expected, "{number}");
        }
    }

    #[test]
    fn the_words_of_the_plugin_are_shown_without_what_was_sent() {
        let shown = |words: &str| failure(&Status::new(Code::Unknown, words), &[0xab; 32]).to_string();
        assert_eq!(shown(""), "it answers Unknown");
        assert_eq!(shown("the key is\n disabled"), "it answers Unknown: the key is disabled");
        for sent in [BASE64_STANDARD.encode([0xab; 32]), "0a".repeat(32), BASE64_STANDARD.encode([0xab; 9])] {
            assert_eq!(shown(&format!("cannot decrypt {sent}")), "it answers Unknown: cannot decrypt …");
        }
    }

    #[test]
    fn what_the_connection_says_is_the_cause() {
        let broken = std::io::Error::other("broken pipe");
        let error = failure(&Status::from_error(Box::new(broken)), &[]);
        assert_eq!(error.to_string(), "the connection to its socket failed");
        assert_eq!(error.source.unwrap().to_string(), "broken pipe");
        assert_eq!(error.kind, ProviderErrorKind::Unavailable);
    }
}
