//! [`RefusedBy`]: which part of the API server refused a Secret.
//!
//! Decided: only Kubernetes' own validation makes a refusal final, because it depends on nothing but the Secret, and
//! refuses the same Secret each time. What admission refuses (a `ValidatingAdmissionPolicy`, a webhook, a quota) is
//! retried. The HTTP code alone does not show it: a policy answers 422 as validation does, a webhook answers with any
//! code, and both can be changed without a change of the Secret that this controller would see.

use kube::core::Status;
use kube::core::response::StatusCause;

/// What refused a Secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefusedBy {
    /// Kubernetes' own validation.
    Validation,
    /// A policy, a webhook or a quota; or the API server, for a reason that does not name the Secret.
    Admission,
}

impl RefusedBy {
    /// From the response to a write of a Secret. None if the write failed for another reason than a refusal.
    pub(crate) fn of(status: &Status) -> Option<Self> {
        let code = status.code;
        if is_denied(status) {
            Some(Self::Admission)
        } else if is_invalid_secret(status) || is_too_large(status) {
            Some(Self::Validation)
        } else if [400, 403, 413, 422].contains(&code) && !is_missing_right(status) {
            Some(Self::Admission)
        } else {
            None
        }
    }
}

/// By the words with which the API server introduces the message of a webhook or a policy, whatever the code.
fn is_denied(status: &Status) -> bool {
    let is_policy =
        status.message.contains("AdmissionPolicy '") && status.message.contains(" denied request");
    status.message.starts_with("admission webhook ") || is_policy
}

/// Whether every cause names a field of the Secret. A policy's cause names none.
fn is_invalid_secret(status: &Status) -> bool {
    let details = status.details.as_ref().filter(|details| status.code == 422 && details.kind == "Secret");
    details.is_some_and(|details| {
        !details.causes.is_empty() && details.causes.iter().all(|cause| is_field_of_secret(&cause.field))
    })
}

fn is_field_of_secret(field: &str) -> bool {
    let first = field.split(['.', '[']).next();
    first.is_some_and(|first| ["metadata", "data", "stringData", "type", "immutable"].contains(&first))
}

/// By the reason that the API server gives for its own limit on requests, which cannot be configured. A proxy answers 413 without it.
fn is_too_large(status: &Status) -> bool {
    let has_causes = status.details.as_ref().is_some_and(|details| !details.causes.is_empty());
    status.code == 413 && status.reason == "RequestEntityTooLarge" && !has_causes
}

/// By RBAC's message. Not a refusal: a Role is often bound a moment later.
fn is_missing_right(status: &Status) -> bool {
    status.code == 403
        && ["create", "update"]
            .iter()
            .any(|verb| status.message.contains(&format!(" cannot {verb} resource ")))
}

/// Whether validation refused values: their form, their length, or that one is empty. The names of values are not secret, and do not
/// count.
pub(crate) fn about_values(status: &Status) -> bool {
    let is_data = |cause: &StatusCause| cause.field.split(['.', '[']).next() == Some("data");
    let mut causes = status.details.iter().flat_map(|details| &details.causes);
    status.code == 413 || causes.any(|cause| is_data(cause) && !about_a_name(cause))
}

/// Whether the cause is a name that no item of a Secret can have.
fn about_a_name(cause: &StatusCause) -> bool {
    let key = cause.field.strip_prefix("data[").and_then(|rest| rest.strip_suffix(']'));
    key.is_some_and(|key| {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let is_long = key.is_empty() || key.len() > 253;
        is_long || key == "." || key.starts_with("..") || !key.bytes().all(is_allowed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// As the API server 1.35 answers, shortened.
    #[test]
    fn only_validation_is_final() {
        let (validation, admission) = (Some(RefusedBy::Validation), Some(RefusedBy::Admission));
        let policy =
            "secrets \"a\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no";
        let webhook = "admission webhook \"w\" denied the request: Secret \"a\" is invalid";
        let invalid = "Secret \"a\" is invalid: data[x]: Required value";
        let right = "secrets is forbidden: User \"u\" cannot create resource \"secrets\" in API group \"\"";
        let quota = "secrets \"a\" is forbidden: exceeded quota: q, requested: count/secrets=1";
        let field =
            |fields: &[&str]| -> Vec<_> { fields.iter().map(|field| json!({ "field": field })).collect() };
        let message = vec![json!({ "message": "no" })];
        for (code, reason, kind, message, causes, expected) in [
            (422, "Invalid", "Secret", invalid, field(&["data[x]"]), validation),
            (422, "Invalid", "Secret", invalid, field(&["type", "metadata.labels", "immutable"]), validation),
            (422, "Invalid", "Secret", invalid, field(&["data", ""]), admission),
            (422, "Invalid", "Secret", invalid, vec![], admission),
            (422, "Invalid", "secrets", policy, message.clone(), admission),
            (403, "Forbidden", "secrets", policy, message.clone(), admission),
            (401, "Unauthorized", "secrets", policy, message.clone(), admission),
            (413, "RequestEntityTooLarge", "secrets", policy, message, admission),
            // A webhook made with controller-runtime answers in the form of validation.
            (422, "Invalid", "Secret", webhook, field(&["data[x]"]), admission),
            (409, "Conflict", "Secret", webhook, vec![], admission),
            (404, "NotFound", "", webhook, vec![], admission),
            (400, "BadRequest", "", webhook, vec![], admission),
            (403, "Forbidden", "secrets", quota, vec![], admission),
            (
                413,
                "RequestEntityTooLarge",
                "",
                "Request entity too large: limit is 3145728",
                vec![],
                validation,
            ),
            (413, "Failed to parse error data", "", "<html>", vec![], admission),
            (403, "Forbidden", "secrets", right, vec![], None),
            (409, "AlreadyExists", "secrets", "secrets \"a\" already exists", vec![], None),
            (404, "NotFound", "namespaces", "namespaces \"a\" not found", vec![], None),
            (429, "TooManyRequests", "", "too many requests", vec![], None),
            (500, "InternalError", "", "failed calling webhook \"w\"", vec![], None),
        ] {
            let status = json!({
                "status": "Failure", "code": code, "reason": reason, "message": message,
                "details": { "kind": kind, "name": "a", "causes": causes },
            });
            let status: Status = serde_json::from_value(status).unwrap();
            assert_eq!(RefusedBy::of(&status), expected, "{status:?}");
        }
    }

    #[test]
    fn refusals_of_values_of_names_and_of_the_rest_are_distinguished() {
        let refused = |code: u16, field: &str| -> Status {
            let details = json!({ "kind": "Secret", "causes": [{ "field": field }] });
            serde_json::from_value(json!({ "status": "Failure", "code": code, "details": details })).unwrap()
        };
        for (field, expected) in [
            ("data[.dockerconfigjson]", true),
            ("data[ssh-privatekey]", true),
            ("data", true),
            ("data[a/b]", false),
            ("metadata.labels", false),
            ("type", false),
        ] {
            assert_eq!(about_values(&refused(422, field)), expected, "{field}");
        }
        assert!(about_values(&refused(413, "")));
    }
}
