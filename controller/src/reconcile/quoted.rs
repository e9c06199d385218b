//! `without_values`: the API server's words about a Secret, where they quote a value of it.
//!
//! An admission policy or webhook writes them, and may quote what it refuses. They go to the status, an event and the log,
//! which more people may read than the Secret. Found are whole values, as they are and in base64; of a piece of one, nobody can
//! tell whether it is one.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::Plaintext;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// Shorter ones are in any sentence by chance.
const LEAST: usize = 4;

/// The error as it is, or with other words in place of those that quote one of the `values`.
pub(super) fn without_values(error: kube::Error, values: &BTreeMap<String, Plaintext>) -> kube::Error {
    let kube::Error::Api(mut status) = error else { return error };
    let quotes = |text: &str| values.values().any(|value| holds(text, value.expose()));
    if quotes(&status.message) {
        status.message = instead_of(&status.message, quotes);
    }
    for cause in status.details.iter_mut().flat_map(|details| &mut details.causes) {
        if quotes(&cause.message) {
            cause.message = "(not shown: it quotes a value)".into();
        }
    }
    kube::Error::Api(status)
}

/// Who refused it is said before why.
fn instead_of(message: &str, quotes: impl Fn(&str) -> bool) -> String {
    let who = ["denied the request", "denied request"]
        .iter()
        .find_map(|denied| message.find(denied).map(|at| &message[..at + denied.len()]));
    match who {
        Some(who) if !quotes(who) => format!("{who}; why is not shown, because it quotes a value"),
        _ => "why is not shown, because it quotes a value".into(),
    }
}

fn holds(text: &str, value: &[u8]) -> bool {
    let within =
        |part: &[u8]| part.len() >= LEAST && text.as_bytes().windows(part.len()).any(|window| window == part);
    let encoded = Zeroizing::new(BASE64_STANDARD.encode(value));
    within(value.trim_ascii()) || within(encoded.trim_end_matches('=').as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_quotes_a_value_is_not_told() {
        let value = |text: &str| Plaintext::new(text.as_bytes().to_vec());
        let values = BTreeMap::from([("a".to_owned(), value("hunter2\n")), ("b".to_owned(), value("is"))]);
        let policy =
            "secrets \"a\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request";
        let webhook = "admission webhook \"w\" denied the request";
        let silent = "why is not shown, because it quotes a value";
        for (message, expected) in [
            (format!("{policy}: it is too short"), format!("{policy}: it is too short")),
            (format!("{policy}: value too short: aHVudGVyMgo="), format!("{policy}; {silent}")),
            (format!("{webhook}: hunter2 is weak"), format!("{webhook}; {silent}")),
            ("no: hunter2".into(), silent.into()),
            ("hunter2 denied request".into(), silent.into()),
        ] {
            let status = json!({
                "status": "Failure", "code": 422, "reason": "Invalid", "message": message,
                "details": { "causes": [{ "message": "hunter2" }] },
            });
            let status = serde_json::from_value(status).unwrap();
            let kube::Error::Api(told) = without_values(kube::Error::Api(Box::new(status)), &values) else {
                panic!("another error")
            };
            assert_eq!(told.message, expected);
            assert!(!format!("{told:?}").contains("hunter2"), "{told:?}");
        }
    }
}
