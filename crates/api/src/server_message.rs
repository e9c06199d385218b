//! [`server_message`]: the API server's message about a request that failed, without the parts that may quote the request.
//!
//! An admission policy or webhook writes its own message, and may quote what it refuses: a value of a Secret, or a private key. So may an
//! error page of a proxy, and the API server itself where it could not read a body. Logs, events and statuses have more readers than
//! Secrets have. Kubernetes' own messages about objects that it could read hold no values, except where its parser fails: a
//! `.dockerconfigjson` that is not JSON is reported with its first wrong character.

use kube::core::Status;
use kube::core::response::StatusCause;

/// What follows these words was written by an admission policy or webhook.
const VERDICTS: [&str; 2] = ["denied the request", "denied request"];

/// What follows the name of the webhook may be its answer.
const FAILED_WEBHOOK: &str = "failed calling webhook \"";

/// The reason that `kube` gives to an answer that is no `Status`.
const NOT_A_STATUS: &str = "Failed to parse error data";

const NO_API_SERVER: &str = "the answer is no Kubernetes API server's";

const NOT_SHOWN: &str = "why is not shown, because it may quote a value";

/// The API server's message about a request whose values are not known, or must never be shown even in part. The words of admission
/// policies and webhooks are left out; their names are shown.
pub fn server_message(status: &Status) -> String {
    message(status, false, |_| false)
}

/// The API server's message about a request whose values are known. The words of admission policies and webhooks are shown unless they
/// quote a value.
pub fn server_message_unless(status: &Status, quotes: impl Fn(&str) -> bool) -> String {
    message(status, true, quotes)
}

/// The name of what refused a request, without the reason: for a Secret whose values were rendered from templates. The
/// author of the templates chooses what an admission policy or webhook validates, and its message may be different for
/// each value.
///
/// Decided: the names of the policy and of its binding, or of the webhook, are shown, because a user has to know where
/// to look, and the author of a SealedSecret does not choose them. Code and reason are not shown with them, because
/// each validation of one policy may have another reason. Only messages whose form is known are shown in full, because
/// a response of an unknown form may hold anything.
pub fn server_message_without_reason(status: &Status) -> String {
    const IN_THE_LOG: &str =
        "the reason is only in the controller's log, because it may depend on rendered values";
    if status.reason == NOT_A_STATUS {
        return NO_API_SERVER.into();
    }
    let message = &status.message;
    match free_words(message) {
        Some(end) if is_introduction(&message[..end]) => format!("{}; {IN_THE_LOG}", &message[..end]),
        None if is_about_names(status) => message.clone(),
        _ => format!("the API server answered {}; {IN_THE_LOG}", status.code),
    }
}

fn message(status: &Status, values_known: bool, quotes: impl Fn(&str) -> bool) -> String {
    if status.reason == NOT_A_STATUS {
        return NO_API_SERVER.into();
    }
    let causes = status.details.iter().flat_map(|details| &details.causes);
    let message = &status.message;
    let shown = if let Some(end) = free_words(message) {
        let (introduction, words) = message.split_at(end);
        // The introduction holds names, and no values.
        let has_names_alone = is_introduction(introduction);
        if values_known && !quotes(if has_names_alone { words } else { message }) {
            return message.clone();
        }
        let shown = format!("{introduction}; {NOT_SHOWN}");
        if has_names_alone {
            return shown;
        }
        shown
    } else if causes.clone().any(about_a_value) {
        causes.map(cause).collect::<Vec<_>>().join("; ")
    } else if status.code == 400 && !values_known {
        format!("the request was not understood; {NOT_SHOWN}")
    } else {
        message.clone()
    };
    if quotes(&shown) { NOT_SHOWN.into() } else { shown }
}

/// The name of the webhook that the API server could not call.
pub fn failed_webhook(status: &Status) -> Option<&str> {
    let (_, rest) = status.message.split_once(FAILED_WEBHOOK)?;
    rest.split_once('"').map(|(name, _)| name)
}

/// Where the words begin that are not the API server's own.
fn free_words(message: &str) -> Option<usize> {
    let verdict = VERDICTS.iter().filter_map(|words| message.find(words).map(|at| at + words.len())).min();
    let webhook = message.find(FAILED_WEBHOOK).map(|at| {
        let name = at + FAILED_WEBHOOK.len();
        message[name..].find('"').map_or(name, |end| name + end + 1)
    });
    verdict.into_iter().chain(webhook).min()
}

/// Whether these are the words with which the API server introduces those of a policy or webhook. They hold names alone.
fn is_introduction(words: &str) -> bool {
    const WEBHOOKS: [&str; 2] =
        ["admission webhook \"", "Internal error occurred: failed calling webhook \""];
    const POLICIES: [&str; 3] = ["ValidatingAdmissionPolicy '", "policy '", "policy \""];
    let after_the_secret =
        words.strip_prefix("secrets \"").and_then(|rest| rest.split_once("\" is forbidden: "));
    let policy = after_the_secret.map_or(words, |(_, rest)| rest);
    WEBHOOKS.iter().any(|start| words.starts_with(start))
        || POLICIES.iter().any(|start| policy.starts_with(start))
}

/// Whether it is the API server's own refusal that goes by names: a missing right, a quota, a namespace that is gone.
fn is_about_names(status: &Status) -> bool {
    let message = &status.message;
    (status.code == 403 && message.starts_with("secrets ") && message.contains(" is forbidden: "))
        || (status.code == 404 && message.ends_with(" not found"))
}

fn about_a_value(cause: &StatusCause) -> bool {
    let is_data = ["data", "stringData"].iter().any(|field| {
        cause.field.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
    });
    is_data && !matches!(cause.reason.as_str(), "FieldValueRequired" | "FieldValueTooLong")
}

fn cause(cause: &StatusCause) -> String {
    if about_a_value(cause) {
        format!("{}: not what the type of the Secret wants to be there", cause.field)
    } else if cause.field.is_empty() {
        cause.message.clone()
    } else {
        format!("{}: {}", cause.field, cause.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const POLICY: &str =
        "secrets \"a\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request";

    fn status(code: u16, reason: &str, message: &str, causes: &Value) -> Status {
        serde_json::from_value(json!({
            "status": "Failure", "code": code, "reason": reason, "message": message, "details": { "causes": causes },
        }))
        .unwrap()
    }

    #[test]
    fn words_that_may_quote_a_value_are_left_out() {
        let webhook = "admission webhook \"w\" denied the request";
        let failed = "Internal error occurred: failed calling webhook \"w\"";
        let own = "secrets \"a\" is forbidden: exceeded quota: q";
        for (code, reason, message, expected) in [
            (422, "Invalid", format!("{POLICY}: hunter2"), format!("{POLICY}; {NOT_SHOWN}")),
            (
                403,
                "Forbidden",
                format!("{webhook}: hunter2 denied request"),
                format!("{webhook}; {NOT_SHOWN}"),
            ),
            (
                500,
                "InternalError",
                format!("{failed}: an error on the server (\"hunter2\")"),
                format!("{failed}; {NOT_SHOWN}"),
            ),
            (
                400,
                "BadRequest",
                "error found in #10 byte of ...|hunter2|...".into(),
                format!("the request was not understood; {NOT_SHOWN}"),
            ),
            (
                502,
                NOT_A_STATUS,
                "<html>hunter2</html>".into(),
                "the answer is no Kubernetes API server's".into(),
            ),
            (403, "Forbidden", own.into(), own.into()),
        ] {
            assert_eq!(server_message(&status(code, reason, &message, &json!([]))), expected);
        }
    }

    #[test]
    fn known_values_let_a_policy_speak_that_quotes_none() {
        let quotes = |text: &str| text.contains("hunter2");
        for (message, expected) in [
            (format!("{POLICY}: it is too short"), format!("{POLICY}: it is too short")),
            (format!("{POLICY}: hunter2 is weak"), format!("{POLICY}; {NOT_SHOWN}")),
            ("hunter2 denied request".into(), NOT_SHOWN.into()),
            ("no: hunter2".into(), NOT_SHOWN.into()),
        ] {
            let causes = json!([{ "message": "hunter2" }]);
            assert_eq!(server_message_unless(&status(422, "Invalid", &message, &causes), quotes), expected);
        }
    }

    /// The author of a Secret chooses its name, and would learn from a missing name that it is the value.
    #[test]
    fn a_name_is_no_quote() {
        for words in ["it is too short", "hunter2"] {
            let introduction = "secrets \"hunter2\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request";
            let shown = server_message_unless(
                &status(422, "Invalid", &format!("{introduction}: {words}"), &json!([])),
                |text| text.contains("hunter2"),
            );
            assert!(shown.starts_with(introduction), "{shown}");
            assert_eq!(shown.contains("not shown"), words == "hunter2", "{shown}");
        }
    }

    #[test]
    fn without_reason_it_is_the_same_whatever_a_policy_or_webhook_says() {
        let webhook = "admission webhook \"w\" denied the request";
        let failed = "Internal error occurred: failed calling webhook \"w\"";
        let mutating = "policy 'p' with binding 'b' denied request";
        let right = "secrets is forbidden: User \"u\" cannot create resource \"secrets\" in API group \"\"";
        let quota = "secrets \"a\" is forbidden: exceeded quota: q, requested: count/secrets=1";
        let (log, answered) = ("; the reason is only in the controller's log", "the API server answered ");
        for (message, start) in [
            (format!("{POLICY}: VALUE"), POLICY),
            (format!("{POLICY}: VALUE denied request"), POLICY),
            (format!("{mutating}: no such key: VALUE"), mutating),
            (format!("{webhook}: VALUE"), webhook),
            (format!("{failed}: VALUE"), failed),
            ("VALUE denied request".into(), answered),
            ("Internal error occurred: VALUE".into(), answered),
            (right.into(), right),
            (quota.into(), quota),
        ] {
            let shown = |value: &str| {
                let message = message.replace("VALUE", value);
                server_message_without_reason(&status(403, value, &message, &json!([{ "message": message }])))
            };
            assert!(shown("a").starts_with(start), "{}", shown("a"));
            assert!(message == start || shown("a").contains(log), "{}", shown("a"));
            assert_eq!(shown("a"), shown("hunter2 denied the request"));
        }
    }

    #[test]
    fn the_text_of_a_syntax_error_is_not_shown() {
        let message = "Secret \"a\" is invalid: all of it, with the 'h' of hunter2";
        let bad = json!({ "reason": "FieldValueInvalid", "field": "data[.dockerconfigjson]",
                          "message": "Invalid value: invalid character 'h'" });
        let missing =
            json!({ "reason": "FieldValueRequired", "field": "data[tls.key]", "message": "Required value" });
        let type_ = json!({ "reason": "FieldValueInvalid", "field": "type", "message": "Invalid value: \"B\": immutable" });
        for (causes, expected) in [
            (json!([]), message),
            (json!([missing]), message),
            (json!([bad]), "data[.dockerconfigjson]: not what the type of the Secret wants to be there"),
            (
                json!([type_, bad]),
                "type: Invalid value: \"B\": immutable; data[.dockerconfigjson]: not what the type of the Secret \
                 wants to be there",
            ),
        ] {
            assert_eq!(server_message(&status(422, "Invalid", message, &causes)), expected);
            assert_eq!(server_message_unless(&status(422, "Invalid", message, &causes), |_| false), expected);
        }
    }
}
