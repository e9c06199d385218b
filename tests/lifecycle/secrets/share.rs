//! Fair shares: one namespace with much work does not delay others.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::json;
use tests::cluster::unopenable::{Keys, hopeless};
use tests::test::temp_namespace::with_temp_ns;
use tests::user::person::Person;

use crate::stage::{Stage, stop};

/// Number of the tenant's SealedSecrets. Trying each takes a processor nearly a second.
const HOPELESS: usize = 60;

/// A tenant changes SealedSecrets that never open, faster than they can be tried; other tenants' are unsealed in time.
pub(crate) async fn one_namespace_keeps_no_other_waiting(stage: Arc<Stage>) -> Result<()> {
    let person = &stage.person;
    let greedy = async |greedy: &str| -> Result<()> {
        let mut round = 0;
        loop {
            for number in 0..HOPELESS {
                let template = json!({ "metadata": { "annotations": { "round": round.to_string() } } });
                let patch = json!({ "spec": { "template": template } });
                person.patch_sealed(greedy, &format!("h{number}"), &patch).await?;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            round += 1;
        }
    };
    let modest = async |modest: &str| {
        for number in 0..5 {
            let secret = Person::secret(modest, &format!("s{number}"), &json!({ "v": "1" }));
            let sealed = person.seal(&secret, &[]).await?;
            let start = Instant::now();
            person.apply(&sealed).await?;
            person.sees_values(modest, &format!("s{number}"), &[("v", b"1")]).await?;
            let took = start.elapsed();
            ensure!(took < Duration::from_secs(5), "the {number}th took {took:?}");
        }
        Ok(())
    };
    stage
        .alone(async |one| {
            with_temp_ns(&stage.lab, async |other| {
                let mut pod = stage.pod()?.flag("key-size", "4096").start(&stage.lab).await?;
                pod.wait_ready().await?;
                for number in 0..HOPELESS {
                    person.apply(&hopeless(one, &format!("h{number}"), Keys::Rsa4096)).await?;
                }
                tokio::select! {
                    attacked = greedy(one) => attacked?,
                    unsealed = modest(other) => unsealed?,
                }
                stop(pod).await
            })
            .await
        })
        .await
}
