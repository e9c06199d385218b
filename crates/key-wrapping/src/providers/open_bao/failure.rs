//! Answers of `OpenBao` that are no success, as errors.

use crate::https::endpoint::Endpoint;
use crate::https::response::Response;
use crate::provider::error::{ProviderError, ProviderErrorKind};
use serde::Deserialize;

/// What was asked of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Encrypt,
    Decrypt,
}

/// Words of a status 400 to a decryption that speak of the key's configuration, and not of the ciphertext.
const CONFIGURATION: [&str; 4] = ["key not found", "disallowed by policy", "soft-deleted", "non-AEAD"];

/// Words of a status 400 to a decryption by a node that has not heard of the key's rotation yet. A version that was made up has them as well.
const BEHIND: &str = "version is too new";

/// The error of an answer of the transit engine.
pub(crate) fn failure(
    step: Step,
    response: &Response,
    endpoint: &Endpoint,
    (mount, key): (&str, &str),
) -> ProviderError {
    let (status, words) = (response.status.as_u16(), words(response));
    let hint = if words.contains("non-AEAD") {
        "; the key has to be of the type aes256-gcm96 or chacha20-poly1305".to_owned()
    } else {
        match status {
            403 => format!(
                "; the policy of the role has to allow `update` of {mount}/encrypt/{key} and {mount}/decrypt/{key}"
            ),
            404 => format!("; is a transit engine mounted at {mount}/?"),
            _ => String::new(),
        }
    };
    let did_not = match step {
        Step::Encrypt => "did not encrypt",
        Step::Decrypt => "did not decrypt",
    };
    let kind = kind(status, (step == Step::Decrypt).then_some(&words));
    ProviderError::new(kind, format!("{endpoint} {did_not}: {status}, {words}{hint}"))
}

/// The error of an answer to a login.
pub(crate) fn login_failure(response: &Response) -> ProviderError {
    let (status, words) = (response.status.as_u16(), words(response));
    let hint = if matches!(status, 400 | 403) {
        "; the role has to exist, and to name this ServiceAccount, its namespace and the audience"
    } else {
        ""
    };
    ProviderError::new(kind(status, None), format!("{status}, {words}{hint}"))
}

/// `decrypting` has the words of an answer to a decryption.
fn kind(status: u16, decrypting: Option<&str>) -> ProviderErrorKind {
    match (status, decrypting) {
        (400, Some(words)) if words.contains(BEHIND) => ProviderErrorKind::Unavailable,
        (400, Some(words)) if !CONFIGURATION.iter().any(|it| words.contains(it)) => {
            ProviderErrorKind::Refused
        }
        // Of 404: a mount that is not there may be there later, or on another server.
        (400 | 401 | 403 | 404 | 405, _) => ProviderErrorKind::Denied,
        // 412: a node that has not heard of the token yet; 472 and 473: a standby of another data centre; 503: sealed.
        (412 | 429 | 472 | 473 | 500..=599, _) => ProviderErrorKind::Unavailable,
        _ => ProviderErrorKind::Garbage,
    }
}

/// What the server says, or the name of the status.
fn words(response: &Response) -> String {
    #[derive(Deserialize)]
    struct Failed {
        errors: Vec<String>,
    }
    let said = response.json::<Failed>().map(|failed| response.words(&failed.errors.join("; ")));
    said.ok()
        .filter(|words| !words.is_empty())
        .unwrap_or_else(|| response.status.canonical_reason().unwrap_or("an unknown status").to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_status_means_for_a_next_try() {
        use ProviderErrorKind::{Denied, Garbage, Refused, Unavailable};
        let (encrypt, decrypt) = (Some(Step::Encrypt), Some(Step::Decrypt));
        let cases = [
            (decrypt, 400, "cipher: message authentication failed", Refused),
            (decrypt, 400, "chacha20poly1305: message authentication failed", Refused),
            (decrypt, 400, "invalid ciphertext: no prefix", Refused),
            (decrypt, 400, "invalid ciphertext: version is too new", Unavailable),
            (decrypt, 400, "encryption key not found", Denied),
            (decrypt, 400, "ciphertext or signature version is disallowed by policy (too old)", Denied),
            (decrypt, 400, "'[0].associated_data' provided for non-AEAD cipher suite rsa-2048", Denied),
            (encrypt, 400, "'[0].associated_data' provided for non-AEAD cipher suite rsa-2048", Denied),
            (decrypt, 403, "permission denied", Denied),
            (decrypt, 404, "no handler for route", Denied),
            (decrypt, 412, "", Unavailable),
            (decrypt, 429, "", Unavailable),
            (decrypt, 473, "", Unavailable),
            (decrypt, 500, "internal error", Unavailable),
            (decrypt, 503, "Vault is sealed", Unavailable),
            (decrypt, 200, "", Garbage),
            (decrypt, 302, "", Garbage),
            (decrypt, 418, "", Garbage),
            (None, 400, "invalid role name", Denied),
        ];
        for (step, status, words, expected) in cases {
            let decrypting = (step == Some(Step::Decrypt)).then_some(words);
            assert_eq!(kind(status, decrypting), expected, "{step:?} {status} {words}");
        }
    }
}
