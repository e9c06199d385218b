//! [`TestService`]: a key management service that a test starts, loses and gets back.

use anyhow::Result;
use tests::lab::Lab;

/// A kind of service.
pub(crate) trait TestService: Sized {
    /// Starts a new one, for the controller in this namespace, where the chart is installed.
    async fn start_new(lab: &Lab, namespace: &str) -> Result<Self>;

    /// The provider, as the controller is given it.
    fn provider(&self) -> String;

    /// The variables of the controller's container by which it is allowed to use the service.
    fn environment(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// The provider with credentials of the test, where [`environment`](Self::environment) is not enough.
    fn provider_of_test(&self) -> String {
        self.provider()
    }

    /// Ends it. Its keys stay.
    async fn stop(&self) -> Result<()>;

    /// Starts it again, under the same address.
    async fn start(&self) -> Result<()>;
}
