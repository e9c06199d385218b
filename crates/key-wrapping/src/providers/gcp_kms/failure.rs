//! Answers of Cloud KMS that are no success, as errors.

use crate::https::endpoint::Endpoint;
use crate::https::response::Response;
use crate::provider::error::{ProviderError, ProviderErrorKind};
use serde::Deserialize;

/// An operation of Cloud KMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Encrypt,
    Decrypt,
}

/// The error of an answer.
pub(crate) fn failure(operation: Operation, response: &Response, endpoint: &Endpoint) -> ProviderError {
    #[derive(Deserialize)]
    struct Failed {
        error: Status,
    }
    #[derive(Default, Deserialize)]
    struct Status {
        #[serde(default)]
        status: String,
        #[serde(default)]
        message: String,
    }
    let said = response.json::<Failed>().map(|failed| failed.error).unwrap_or_default();
    let code = response.status.as_u16();
    let hint = match code {
        403 => {
            "; the service account needs cloudkms.cryptoKeyVersions.useToEncrypt and useToDecrypt on the key"
        }
        _ => "",
    };
    let did_not = match operation {
        Operation::Encrypt => "did not encrypt",
        Operation::Decrypt => "did not decrypt",
    };
    let words = [response.words(&said.status), response.words(&said.message)];
    let words = words.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(", ");
    let kind = kind(operation, code, &said.status, &said.message);
    ProviderError::new(kind, format!("{endpoint} {did_not}: {code}, {words}{hint}"))
}

fn kind(operation: Operation, code: u16, status: &str, message: &str) -> ProviderErrorKind {
    match (code, status, operation) {
        // The request was changed on its way.
        (400, "INVALID_ARGUMENT", _) if message.to_lowercase().contains("checksum") => {
            ProviderErrorKind::Unavailable
        }
        (400, "INVALID_ARGUMENT", Operation::Decrypt) => ProviderErrorKind::Refused,
        (408 | 429 | 499 | 500..=599, _, _) => ProviderErrorKind::Unavailable,
        // Also a version of the key that is disabled, or will be destroyed (FAILED_PRECONDITION): both can be undone.
        (400..=499, _, _) => ProviderErrorKind::Denied,
        _ => ProviderErrorKind::Garbage,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_error_means_for_a_next_try() {
        use Operation::{Decrypt, Encrypt};
        use ProviderErrorKind::{Denied, Garbage, Refused, Unavailable};
        let failed = "Decryption failed: verify that 'name' refers to the correct CryptoKey.";
        let checksum = "The checksum in field ciphertext_crc32c did not match the data in field ciphertext.";
        let cases = [
            (Decrypt, 400, "INVALID_ARGUMENT", failed, Refused),
            (Decrypt, 400, "INVALID_ARGUMENT", checksum, Unavailable),
            (Encrypt, 400, "INVALID_ARGUMENT", "", Denied),
            (Decrypt, 400, "FAILED_PRECONDITION", "", Denied),
            (Decrypt, 401, "UNAUTHENTICATED", "", Denied),
            (Decrypt, 403, "PERMISSION_DENIED", "", Denied),
            (Decrypt, 404, "NOT_FOUND", "", Denied),
            (Decrypt, 429, "RESOURCE_EXHAUSTED", "", Unavailable),
            (Decrypt, 500, "INTERNAL", "", Unavailable),
            (Decrypt, 503, "UNAVAILABLE", "", Unavailable),
            (Decrypt, 504, "DEADLINE_EXCEEDED", "", Unavailable),
            (Decrypt, 200, "", "", Garbage),
            (Decrypt, 302, "", "", Garbage),
        ];
        for (operation, code, status, message, expected) in cases {
            assert_eq!(kind(operation, code, status, message), expected, "{operation:?} {code} {status}");
        }
    }
}
