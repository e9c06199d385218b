//! [`Sentinel`]: a SealedSecret that is applied after everything else. Once it has been unsealed, reported and
//! garbage-collected, the controller has finished with the objects before it: then nothing more happens to them.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use tests::user::person::Person;
use tokio::time::sleep;

const NAME: &str = "sentinel";

/// Longer than either controller takes for its quick tries, so that the sentinel cannot finish before an object that
/// was tried at the same time.
const SETTLE: Duration = Duration::from_millis(500);

/// The time to wait where there is no sentinel.
pub(crate) const BY_THE_CLOCK: Duration = Duration::from_secs(5);

/// The SealedSecret, which opens in every namespace.
pub(crate) struct Sentinel(Value);

impl Sentinel {
    pub(crate) async fn seal(person: &Person) -> Result<Self> {
        let secret = Person::secret("default", NAME, &json!({ "seen": "yes" }));
        Ok(Self(person.seal(&secret, &["--scope", "cluster-wide"]).await?))
    }

    /// Waits until the controller has finished with everything in the namespace, and garbage collection too.
    pub(crate) async fn pass(&self, person: &Person, namespace: &str) -> Result<()> {
        let mut sealed = self.0.clone();
        sealed["metadata"]["namespace"] = json!(namespace);
        person.apply(&sealed).await?;
        // Either controller sends its events in order.
        person.sees_event(namespace, NAME, "Unsealed").await?;
        person.delete_sealed(namespace, NAME).await?;
        person.sees_no_secret(namespace, NAME).await?;
        sleep(SETTLE).await;
        Ok(())
    }
}
