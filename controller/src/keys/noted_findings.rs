//! [`note_findings`]: writes what is wrong with the slots of a key into an annotation of its Secret, for `kubeseal-rs keys list`, which cannot find it
//! out by itself.
//!
//! Decided: an annotation beside the events, because the API server forgets events after an hour. Only keys that are used get it: there may be
//! thousands of Secrets that other users planted.

use crate::keys::store::findings::{FindingReason, KeyFinding, KeyFindings, SeenBy};
use crate::process::error_chain::chain;
use api::ObservedMetadata;
use api::sealing_key::{KEY_WARNINGS, LABEL};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, ListParams, Patch, PatchParams};
use kube::{Client, ResourceExt as _};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// The annotation's text by the name of the Secret.
type Annotations = BTreeMap<String, String>;

/// Writes and removes annotations until this future is dropped.
pub(crate) async fn note_findings(findings: &KeyFindings, client: &Client, namespace: &str) {
    let mut changes = findings.changes();
    let mut noted = read(client, namespace).await;
    loop {
        let all = changes.borrow_and_update().get(&SeenBy::KeyWatch).cloned().unwrap_or_default();
        let wanted = wanted(&all);
        for (secret, text) in differences(&noted, &wanted) {
            match annotate(client, namespace, &secret, text.as_deref()).await {
                Ok(()) => {}
                Err(kube::Error::Api(status)) if status.is_not_found() => {}
                Err(error) => {
                    // The next change of a finding tries again; the events and metrics say the same.
                    tracing::debug!(
                        secret,
                        error = chain(&error),
                        "noting what is wrong with a sealing key failed"
                    );
                    continue;
                }
            }
            match text {
                Some(text) => drop(noted.insert(secret, text)),
                None => drop(noted.remove(&secret)),
            }
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

/// What the Secrets of keys say now, perhaps from an earlier term. Nothing if they cannot be listed.
async fn read(client: &Client, namespace: &str) -> Annotations {
    let secrets = Api::<Secret>::namespaced(client.clone(), namespace);
    let labelled = ListParams::default().labels(LABEL);
    let listed = secrets.list_metadata(&labelled).await;
    let items = listed.map(|listed| listed.items).unwrap_or_default();
    items
        .into_iter()
        .filter_map(|secret| Some((secret.name_any(), secret.annotations().get(KEY_WARNINGS)?.clone())))
        .collect()
}

/// What they should say.
fn wanted(findings: &[KeyFinding]) -> Annotations {
    let mut reasons = BTreeMap::<&str, BTreeSet<&str>>::new();
    for finding in findings {
        if matches!(finding.reason, FindingReason::Slots | FindingReason::Stale) {
            reasons.entry(&finding.about.name).or_default().insert(finding.reason.as_str());
        }
    }
    let text = |reasons: BTreeSet<&str>| reasons.into_iter().collect::<Vec<_>>().join(" ");
    reasons.into_iter().map(|(secret, reasons)| (secret.to_owned(), text(reasons))).collect()
}

/// The Secrets that say something else than they should, with what they should say.
fn differences(noted: &Annotations, wanted: &Annotations) -> Vec<(String, Option<String>)> {
    let names: BTreeSet<&String> = noted.keys().chain(wanted.keys()).collect();
    let differs = names.into_iter().filter(|name| noted.get(*name) != wanted.get(*name));
    differs.map(|name| (name.clone(), wanted.get(name).cloned())).collect()
}

async fn annotate(client: &Client, namespace: &str, secret: &str, text: Option<&str>) -> kube::Result<()> {
    let patch = Patch::Merge(json!({ "metadata": { "annotations": { KEY_WARNINGS: text } } }));
    // Only the metadata is returned, which holds nothing private.
    let secrets = Api::<ObservedMetadata<Secret>>::namespaced(client.clone(), namespace);
    secrets.patch(secret, &PatchParams::default(), &patch).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::about::About;

    fn finding(name: &str, reason: FindingReason) -> KeyFinding {
        let about = About {
            api_version: "v1".into(),
            kind: "Secret".into(),
            namespace: "kube-system".into(),
            name: name.into(),
            uid: None,
            resource_version: None,
        };
        KeyFinding { about, reason, message: String::new() }
    }

    #[test]
    fn a_secret_says_what_is_wrong_with_its_slots_and_nothing_else() {
        let found = [
            finding("b", FindingReason::Stale),
            finding("b", FindingReason::Slots),
            finding("a", FindingReason::Waiting),
            finding("c", FindingReason::NotUnwrapped),
        ];
        let text = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        assert_eq!(wanted(&found), Annotations::from([text("b", "slots stale")]));
        let noted = Annotations::from([text("b", "stale"), text("d", "slots"), text("e", "slots")]);
        let wanted = Annotations::from([text("b", "slots stale"), text("e", "slots")]);
        let expected = [("b".to_owned(), Some("slots stale".to_owned())), ("d".to_owned(), None)];
        assert_eq!(differences(&noted, &wanted), expected);
    }
}
