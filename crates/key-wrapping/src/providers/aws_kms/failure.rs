//! Answers of AWS KMS that are no success, as errors.

use crate::https::endpoint::Endpoint;
use crate::https::response::Response;
use crate::provider::error::{ProviderError, ProviderErrorKind};
use http::StatusCode;
use serde::Deserialize;

/// An operation of KMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Encrypt,
    Decrypt,
}

impl Operation {
    /// The header that names it.
    pub(crate) fn target(self) -> &'static str {
        match self {
            Self::Encrypt => "TrentService.Encrypt",
            Self::Decrypt => "TrentService.Decrypt",
        }
    }
}

#[derive(Default, Deserialize)]
struct Failed {
    #[serde(rename = "__type")]
    kind: String,
    #[serde(alias = "Message", default)]
    message: Option<String>,
}

impl Failed {
    /// That an answer holds.
    fn of(response: &Response) -> Self {
        response.json().unwrap_or_default()
    }

    /// The name of the error, which has a namespace and `#` before it in some services.
    fn name(&self) -> &str {
        self.kind.rsplit('#').next().unwrap_or_default()
    }
}

/// Whether the credentials ended or were revoked. What the policies do not allow, they do not allow with new ones either.
pub(crate) fn has_invalid_credentials(response: &Response) -> bool {
    let names = ["ExpiredTokenException", "UnrecognizedClientException", "InvalidClientTokenId"];
    response.status != StatusCode::OK && names.contains(&Failed::of(response).name())
}

/// The error of an answer.
pub(crate) fn failure(operation: Operation, response: &Response, endpoint: &Endpoint) -> ProviderError {
    let failed = Failed::of(response);
    let (name, words) = (failed.name(), failed.message.as_deref().unwrap_or_default());
    let status = response.status.as_u16();
    let hint = match (name, operation) {
        ("AccessDeniedException", _) => {
            "; the policies of the key and of the role have to allow kms:Encrypt and kms:Decrypt"
        }
        ("InvalidCiphertextException", Operation::Decrypt) => {
            "; it was made in another context or by another key, or was changed"
        }
        _ => "",
    };
    let did_not = match operation {
        Operation::Encrypt => "did not encrypt",
        Operation::Decrypt => "did not decrypt",
    };
    let said = [response.words(name), response.words(words)].into_iter().filter(|it| !it.is_empty());
    let said = said.collect::<Vec<_>>().join(", ");
    ProviderError::new(kind(operation, status, name), format!("{endpoint} {did_not}: {status}, {said}{hint}"))
}

fn kind(operation: Operation, status: u16, name: &str) -> ProviderErrorKind {
    match (name, operation) {
        ("InvalidCiphertextException" | "IncorrectKeyException", _)
        // A ciphertext that is too long for KMS.
        | ("ValidationException", Operation::Decrypt) => ProviderErrorKind::Refused,
        (
            "ThrottlingException" | "Throttling" | "LimitExceededException" | "DependencyTimeoutException"
            | "KMSInternalException" | "KeyUnavailableException" | "ServiceUnavailableException"
            | "InternalFailure" | "RequestTimeoutException",
            _,
        ) => ProviderErrorKind::Unavailable,
        // Also a key that is disabled, or that waits for its deletion: both can be undone.
        _ => match status {
            429 | 500..=599 => ProviderErrorKind::Unavailable,
            400..=499 => ProviderErrorKind::Denied,
            _ => ProviderErrorKind::Garbage,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_error_means_for_a_next_try() {
        use Operation::{Decrypt, Encrypt};
        use ProviderErrorKind::{Denied, Garbage, Refused, Unavailable};
        let cases = [
            (Decrypt, 400, "InvalidCiphertextException", Refused),
            (Decrypt, 400, "IncorrectKeyException", Refused),
            (Decrypt, 400, "ValidationException", Refused),
            (Encrypt, 400, "ValidationException", Denied),
            (Decrypt, 400, "AccessDeniedException", Denied),
            (Decrypt, 400, "NotFoundException", Denied),
            (Decrypt, 400, "DisabledException", Denied),
            (Decrypt, 400, "KMSInvalidStateException", Denied),
            (Decrypt, 400, "InvalidKeyUsageException", Denied),
            (Decrypt, 400, "UnrecognizedClientException", Denied),
            (Decrypt, 400, "ExpiredTokenException", Denied),
            (Decrypt, 403, "InvalidSignatureException", Denied),
            (Decrypt, 400, "ThrottlingException", Unavailable),
            (Decrypt, 500, "KMSInternalException", Unavailable),
            (Decrypt, 500, "DependencyTimeoutException", Unavailable),
            (Decrypt, 500, "KeyUnavailableException", Unavailable),
            (Decrypt, 503, "", Unavailable),
            (Decrypt, 404, "", Denied),
            (Decrypt, 200, "", Garbage),
            (Decrypt, 301, "", Garbage),
        ];
        for (operation, status, name, expected) in cases {
            assert_eq!(kind(operation, status, name), expected, "{operation:?} {status} {name}");
        }
    }
}
