//! A user who may edit SealedSecrets, and read everything except Secrets, guesses a value: with templates, and with the
//! public certificate. Status, events and HTTP answers are the same for a right and a wrong guess; only whether
//! templates render may differ.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use api::{Condition, ConditionStatus, SealedSecretStatus};
use kube::ResourceExt as _;
use serde_json::{Value, json};
use tests::cluster::admission_policy::{AdmissionPolicy, Refused};
use tests::test::eventually::eventually;
use tests::user::person::Person;

use crate::stage::Stage;

/// The value that is guessed begins with an `h`.
const PASSWORD: &str = "hunter2-5ecret-value";

/// Everything that the user sees after an edit, without fields that differ each time.
#[derive(Debug, PartialEq)]
struct Sight {
    /// Type, status, reason and message.
    conditions: Vec<[String; 4]>,
    /// Whether the Secret's resource version in the status changed.
    written: bool,
    /// The number of keys in the status. The SealedSecret is written too often to compare its resource versions; its
    /// status is written once.
    opened_by: usize,
    /// Type, reason and message of the new events.
    events: Vec<[String; 3]>,
}

struct Guesser<'a> {
    person: &'a Person,
    namespace: &'a str,
}

impl Guesser<'_> {
    async fn status(&self) -> Result<SealedSecretStatus> {
        Ok(self.person.get_sealed(self.namespace, "db").await?.status.unwrap_or_default())
    }

    async fn events(&self) -> Result<Vec<(String, [String; 3])>> {
        let events = self.person.events(self.namespace, "db").await?.into_iter().map(|event| {
            let words = [event.type_.clone(), event.reason.clone(), event.message.clone()];
            (event.name_any(), words.map(Option::unwrap_or_default))
        });
        Ok(events.collect())
    }

    /// Edits the SealedSecret, and reads everything once the edit was processed.
    async fn edit(&self, patch: &Value) -> Result<Sight> {
        let before = self.status().await?;
        let known: BTreeSet<String> = self.events().await?.into_iter().map(|(name, _)| name).collect();
        self.person.patch_sealed(self.namespace, "db", patch).await?;
        let status = eventually(Duration::from_secs(30), "the edit was processed", async || {
            let sealed = self.person.get_sealed(self.namespace, "db").await?;
            let status = sealed.status.unwrap_or_default();
            ensure!(status.observed_generation == sealed.metadata.generation, "not yet");
            // A Secret that a policy refuses is tried again: that state counts as processed.
            let reconciling = status.condition(Condition::RECONCILING);
            let is_done = reconciling.is_none_or(|it| it.reason.as_deref() == Some("Denied"));
            ensure!(is_done, "{:?}", status.conditions);
            Ok(status)
        })
        .await?;
        // Events are written after the status.
        tokio::time::sleep(Duration::from_millis(700)).await;
        let events = self.events().await?.into_iter().filter(|(name, _)| !known.contains(name));
        let version = |status: &SealedSecretStatus| {
            status.target.as_ref().map(|target| target.resource_version.clone())
        };
        let conditions = status.conditions.iter().map(|condition| {
            let reason = condition.reason.clone().unwrap_or_default();
            let message = condition.message.clone().unwrap_or_default();
            [condition.type_.clone(), format!("{:?}", condition.status), reason, message]
        });
        Ok(Sight {
            conditions: conditions.collect(),
            written: version(&status) != version(&before),
            opened_by: status.opened_by.map_or(0, |keys| keys.len()),
            events: events.map(|(_, words)| words).collect(),
        })
    }

    async fn render(&self, templates: &Value) -> Result<Sight> {
        // A merge patch keeps the fields that it does not name.
        self.edit(&json!({ "spec": { "template": { "data": templates } } })).await
    }
}

fn guess(letter: char, then: &str, otherwise: &str) -> String {
    format!("{{{{ if eq (substr 0 1 .p) \"{letter}\" }}}}{then}{{{{ else }}}}{otherwise}{{{{ end }}}}")
}

pub(crate) async fn a_guess_reveals_one_bit(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let guesser = Guesser { person, namespace };
            let seal = async |value: &str| {
                let sealed = person.seal(&Person::secret(namespace, "db", &json!({ "p": value })), &[]).await?;
                anyhow::Ok(sealed["spec"]["encryptedData"]["p"].clone())
            };
            let mut sealed = person.seal(&Person::secret(namespace, "db", &json!({ "p": PASSWORD })), &[]).await?;
            sealed["spec"]["template"]["data"] = json!({ "x": "0" });
            person.apply(&sealed).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            person.sees_event(namespace, "db", "Unsealed").await?;

            // Both templates render. The first gives the present value, the second another one, the third the present
            // one again.
            let same = guesser.render(&json!({ "x": guess('a', "1", "0") })).await?;
            let other = guesser.render(&json!({ "x": guess('h', "1", "0") })).await?;
            let back = guesser.render(&json!({ "x": guess('b', "1", "0") })).await?;
            ensure!(same == other && other == back, "{same:?}\n{other:?}\n{back:?}");
            ensure!(same.written && same.events.len() == 1, "{same:?}");

            // One template fails, or both do, or they are out of bounds, in any order.
            let fails = |letter| guess(letter, "{{ fail \"\" }}", "");
            let spends = guess('h', "{{ range until 10000000 }}{{ end }}", "");
            let one = guesser.render(&json!({ "a": fails('a'), "h": fails('h') })).await?;
            let other = guesser.render(&json!({ "a": fails('h'), "h": fails('b') })).await?;
            let two = guesser.render(&json!({ "a": fails('h'), "h": fails('h') })).await?;
            let spent = guesser.render(&json!({ "a": spends, "h": "{{ .p }}" })).await?;
            // The first failure has an event; the same failure again has none.
            ensure!(one.events.len() == 1 && one.events[0][1] == "ErrUnsealFailed", "{one:?}");
            for sight in [&other, &two, &spent] {
                ensure!(sight.conditions == one.conditions && sight.events.is_empty(), "{one:?}\n{sight:?}");
            }
            ensure!(!one.written && !format!("{one:?} {two:?} {spent:?}").contains(PASSWORD), "{one:?}");

            // Sealed with the public certificate: without templates, and with another ciphertext each time.
            let plain = json!({ "spec": { "template": { "data": null }, "encryptedData": { "p": seal(PASSWORD).await? } } });
            guesser.edit(&plain).await?;
            let guess = async |value: &str| {
                guesser.edit(&json!({ "spec": { "encryptedData": { "p": seal(value).await? } } })).await
            };
            let right = guess(PASSWORD).await?;
            let wrong = guess("wrong").await?;
            ensure!(right == wrong && right.written && right.events.len() == 1, "{right:?}\n{wrong:?}");

            // A guess, the real value again, a spec that does not open, and the real value again: whether the Secret is
            // written reveals nothing.
            let real = json!({ "spec": { "encryptedData": { "p": seal(PASSWORD).await? } } });
            let mut sights = Vec::new();
            for value in [PASSWORD, "wrong"] {
                guesser.edit(&real).await?;
                guess(value).await?;
                guesser.edit(&real).await?;
                guesser.edit(&json!({ "spec": { "encryptedData": { "p": "AAAA" } } })).await?;
                sights.push(guesser.edit(&real).await?);
            }
            ensure!(sights[0] == sights[1], "{sights:?}");
            Ok(())
        })
        .await
}

/// A policy of the cluster that reveals the first character and the length of each Secret.
pub(crate) async fn a_policy_answers_no_guess(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let message = "'begins with ' + string(object.data['x']).substring(0, 1) + ', length ' + \
                           string(size(object.data['x']))";
            let refused = Refused { key: "x", updates: true, message, reason: None };
            let policy = AdmissionPolicy::create(stage.lab.client(), namespace, refused).await?;
            let guesser = Guesser { person, namespace };
            let secret = Person::secret(namespace, "db", &json!({ "p": PASSWORD }));
            person.seal_and_apply(&secret, &[]).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            person.sees_event(namespace, "db", "Unsealed").await?;

            let one = guesser.render(&json!({ "x": "{{ .p }}" })).await?;
            ensure!(one.events.len() == 1 && one.events[0][1] == "ErrUpdateFailed", "{one:?}");
            ensure!(one.events[0][2].contains(policy.name()), "{one:?}");
            for template in ["{{ upper .p }}", "{{ substr 1 3 .p }}"] {
                let other = guesser.render(&json!({ "x": template })).await?;
                ensure!(other.conditions == one.conditions && other.events.is_empty(), "{one:?}\n{other:?}");
                ensure!(!other.written && !one.written, "{one:?}\n{other:?}");
            }
            Ok(())
        })
        .await
}

pub(crate) async fn guesses_come_slowly(stage: Arc<Stage>) -> Result<()> {
    stage
        .play(async |person, namespace| {
            let mut sealed =
                person.seal(&Person::secret(namespace, "db", &json!({ "p": PASSWORD })), &[]).await?;
            let mut guess = async |number: usize| {
                sealed["spec"]["template"]["data"] = json!({ "x": format!("{{{{ eq .p \"{number}\" }}}}") });
                person.apply(&sealed).await
            };
            // Also where the object is deleted and created again.
            for number in 0..10 {
                if number == 5 {
                    person.delete_sealed(namespace, "db").await?;
                    person.sees_no_secret(namespace, "db").await?;
                }
                guess(number).await?;
                person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            }
            guess(10).await?;
            let status = person.sees_synced(namespace, "db", ConditionStatus::Unknown).await?;
            ensure!(status.condition(Condition::RECONCILING).is_some(), "{status:?}");
            let message = status.condition(Condition::SYNCED).and_then(|synced| synced.message.clone());
            ensure!(message.context("no message")?.contains("after some minutes"), "{status:?}");
            let left = person.get_secret(namespace, "db").await?;
            ensure!(left.data.unwrap_or_default().contains_key("x"), "what was rendered before stays");

            // A repeated request costs nothing, and another object does not wait.
            guess(8).await?;
            person.sees_synced(namespace, "db", ConditionStatus::True).await?;
            let secret = Person::secret(namespace, "third", &json!({ "p": "fresh" }));
            let mut fresh = person.seal(&secret, &[]).await?;
            fresh["spec"]["template"]["data"] = json!({ "x": "{{ .p }}" });
            person.apply(&fresh).await?;
            person.sees_values(namespace, "third", &[("p", b"fresh"), ("x", b"fresh")]).await?;
            Ok(())
        })
        .await
}
