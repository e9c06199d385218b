//! [`Sentinel`]: a SealedSecret that is applied after everything else. Once it has been seen through from its Secret and event
//! to its collection, so has whatever was to happen to those before it: that nothing more happens is then more than that it had
//! not happened yet.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use tests::user::person::Person;
use tokio::time::sleep;

const NAME: &str = "sentinel";

/// Longer than either controller takes for all the tries that it makes in quick succession, and no sentinel is seen through
/// before the one that was tried at the same time.
const SETTLE: Duration = Duration::from_millis(500);

/// As long where nothing tells.
pub(crate) const BY_THE_CLOCK: Duration = Duration::from_secs(5);

/// The SealedSecret, which opens in every namespace.
pub(crate) struct Sentinel(Value);

impl Sentinel {
    pub(crate) async fn seal(person: &Person) -> Result<Self> {
        let secret = Person::secret("default", NAME, &json!({ "seen": "yes" }));
        Ok(Self(person.seal(&secret, &["--scope", "cluster-wide"]).await?))
    }

    /// Waits until the controller is through with everything in the namespace, and garbage collection too.
    pub(crate) async fn pass(&self, person: &Person, namespace: &str) -> Result<()> {
        let mut sealed = self.0.clone();
        sealed["metadata"]["namespace"] = json!(namespace);
        person.apply(&sealed).await?;
        // Either controller sends its events in the order in which they happened.
        person.sees_event(namespace, NAME, "Unsealed").await?;
        person.delete_sealed(namespace, NAME).await?;
        person.sees_no_secret(namespace, NAME).await?;
        sleep(SETTLE).await;
        Ok(())
    }
}
