//! What the responses of the API server lead to.

use super::*;
use envelope::Plaintext;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const POLICY: &str =
    "secrets \"a\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request";

fn secret(templated: bool) -> UnsealedSecret {
    UnsealedSecret {
        metadata: ObjectMeta::default(),
        type_: None,
        immutable: None,
        data: BTreeMap::from([("v".to_owned(), Plaintext::new(b"hunter2".to_vec()))]),
        opened_by: BTreeSet::new(),
        varying: BTreeSet::new(),
        templated,
        unread_recipients: None,
    }
}

/// The texts about a response, for the status and for the log.
fn messages(secret: &UnsealedSecret, code: u16, message: &str, causes: &Value) -> [String; 2] {
    let status = json!({
        "status": "Failure", "code": code, "reason": "Invalid", "message": message,
        "details": { "kind": "Secret", "name": "a", "causes": causes },
    });
    let error = kube::Error::Api(serde_json::from_value(status).unwrap());
    let Applied::Outcome(outcome) = failed(error, secret) else { panic!("no outcome") };
    outcome.failure().unwrap()
}

/// Each word of a policy's message may reveal something about the values.
#[test]
fn a_refusal_of_rendered_values_has_one_message_for_all_values() {
    let webhook = "admission webhook \"w\" denied the request";
    let failed = "Internal error occurred: failed calling webhook \"w\"";
    for (code, introduction) in [(422, POLICY), (403, POLICY), (400, webhook), (500, webhook), (500, failed)]
    {
        let answers = ["begins with h", "begins with g", "denied request", "hunter2"].map(|words| {
            let [shown, in_full] = messages(
                &secret(true),
                code,
                &format!("{introduction}: {words}"),
                &json!([{ "message": words }]),
            );
            assert_eq!(in_full.contains(words), words != "hunter2", "{in_full}");
            shown
        });
        assert!(answers[0].contains(introduction) && answers[0].contains("controller's log"), "{answers:?}");
        assert!(answers.iter().all(|shown| *shown == answers[0]), "{answers:?}");
    }
}

#[test]
fn a_refusal_of_sealed_values_has_the_message_of_the_policy_unless_it_shows_a_value() {
    for (words, is_shown) in [("ask the platform team", true), ("too weak: hunter2", false)] {
        let [shown, in_full] = messages(&secret(false), 422, &format!("{POLICY}: {words}"), &json!([]));
        assert_eq!(shown.contains(words), is_shown, "{shown}");
        assert_eq!(shown, in_full);
    }
}

/// The author of a SealedSecret could write guesses at a value into a label, and see from the message whether one of
/// them is the value.
#[test]
fn what_validation_says_of_names_and_labels_does_not_depend_on_values() {
    let guesses = "hunter1 hunter2 hunter3";
    let label = json!([{ "reason": "FieldValueInvalid", "field": "metadata.labels", "message": guesses }]);
    let key =
        json!([{ "reason": "FieldValueInvalid", "field": format!("data[{guesses}]"), "message": "no" }]);
    for (templated, causes) in [(false, &label), (true, &label), (false, &key), (true, &key)] {
        let [shown, in_full] = messages(&secret(templated), 422, &format!("invalid: {guesses}"), causes);
        assert!(shown.contains(guesses), "{shown}");
        assert_eq!(shown, in_full);
    }
}

#[test]
fn rendered_values_that_do_not_fit_their_type_are_reported_as_templates_that_do_not_render() {
    let causes =
        json!([{ "reason": "FieldValueInvalid", "field": "data[.dockerconfigjson]", "message": "'h'" }]);
    let [shown, in_full] = messages(&secret(true), 422, "invalid", &causes);
    assert_eq!(shown, sealing::DO_NOT_RENDER);
    assert!(in_full.contains("data[.dockerconfigjson]: not what the type"), "{in_full}");
    let [shown, _] = messages(&secret(false), 422, "invalid", &causes);
    assert!(shown.contains("data[.dockerconfigjson]: not what the type"), "{shown}");
}

/// An error would be logged and counted, and the log would say that this replica tries again.
#[test]
fn nothing_is_reported_of_a_write_after_the_term() {
    let refused = |why: WriteRefused| failed(kube::Error::Service(why.into()), &secret(false));
    assert!(matches!(refused(WriteRefused::TermOver), Applied::TermOver));
    assert!(matches!(refused(WriteRefused::NoAnswer), Applied::Outcome(Outcome::Failed(_))));
}
