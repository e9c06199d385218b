//! `told`: what may be shown of why the API server rejected a Secret.
//!
//! Kubernetes leaves values out of these messages, but for what its parser stumbled over: a `.dockerconfigjson` that is no JSON
//! is told with its first wrong character. Whoever may write a template would read a value so, one character at a time.

use super::shorten::shorten;
use kube::core::Status;
use kube::core::response::StatusCause;

/// The API server's words, without those about a value.
pub(super) fn told(status: &Status) -> String {
    let causes = status.details.iter().flat_map(|details| &details.causes);
    if !causes.clone().any(about_a_value) {
        return shorten(&status.message);
    }
    let told: Vec<String> = causes.map(cause).collect();
    shorten(&told.join("; "))
}

fn about_a_value(cause: &StatusCause) -> bool {
    let is_data =
        cause.field == "data" || cause.field.starts_with("data[") || cause.field.starts_with("data.");
    is_data && !matches!(cause.reason.as_str(), "FieldValueRequired" | "FieldValueTooLong")
}

fn cause(cause: &StatusCause) -> String {
    if about_a_value(cause) {
        format!("{}: not what the type of the Secret wants to be there", cause.field)
    } else {
        format!("{}: {}", cause.field, cause.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn status(causes: &[(&str, &str, &str)]) -> Status {
        let causes: Vec<_> = causes
            .iter()
            .map(|(reason, field, message)| json!({ "reason": reason, "field": field, "message": message }))
            .collect();
        serde_json::from_value(json!({
            "status": "Failure", "code": 422, "reason": "Invalid",
            "message": "Secret \"a\" is invalid: all of it, with the 'h' of hunter2",
            "details": { "causes": causes },
        }))
        .unwrap()
    }

    #[test]
    fn nothing_of_a_value_is_told() {
        let bad = ("FieldValueInvalid", "data[.dockerconfigjson]", "Invalid value: invalid character 'h'");
        let missing = ("FieldValueRequired", "data[tls.key]", "Required value");
        let type_ = ("FieldValueInvalid", "type", "Invalid value: \"B\": field is immutable");
        for (causes, expected) in [
            (vec![], "Secret \"a\" is invalid: all of it, with the 'h' of hunter2"),
            (vec![bad], "data[.dockerconfigjson]: not what the type of the Secret wants to be there"),
            (
                vec![type_, bad],
                "type: Invalid value: \"B\": field is immutable; data[.dockerconfigjson]: not what the type of the \
                 Secret wants to be there",
            ),
            (vec![missing], "Secret \"a\" is invalid: all of it, with the 'h' of hunter2"),
        ] {
            assert_eq!(told(&status(&causes)), expected);
        }
    }
}
