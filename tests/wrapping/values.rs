//! [`Values`]: the values with which a test installs the chart.

use crate::services::test_service::TestService;

/// The name of the cluster.
pub(crate) const CLUSTER: &str = "prod-eu";

/// Values of the chart, each as `helm --set` takes it.
#[derive(Debug, Default)]
pub(crate) struct Values(Vec<(String, String)>);

impl Values {
    /// Keys stay in plain.
    pub(crate) fn plain() -> Self {
        Self::default()
    }

    /// New keys are wrapped with all of these providers.
    pub(crate) fn wrap_with(providers: &[&str]) -> Self {
        let named = Self::plain().set("keyWrapping.clusterName", CLUSTER);
        let numbered = providers.iter().enumerate();
        numbered.fold(named, |values, (at, provider)| {
            values.set(&format!("keyWrapping.providers[{at}]"), provider)
        })
    }

    /// New keys are wrapped with this service, which the controller reaches with the identity of its Pod.
    pub(crate) fn of(service: &impl TestService) -> Self {
        let variables = service.environment().into_iter().enumerate();
        variables.fold(Self::wrap_with(&[&service.provider()]), |values, (at, (name, value))| {
            let values = values.set(&format!("extraEnv[{at}].name"), name);
            values.set(&format!("extraEnv[{at}].value"), &value)
        })
    }

    /// This provider opens keys of before, and wraps no new ones.
    pub(crate) fn unwrap_with(self, provider: &str) -> Self {
        self.set("keyWrapping.unwrapProviders[0]", provider)
    }

    /// Sets one value, instead of that of before.
    pub(crate) fn set(mut self, key: &str, value: &str) -> Self {
        self.0.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Each key with its value.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}
