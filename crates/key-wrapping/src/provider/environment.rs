//! [`ProviderEnvironment`]: what a provider takes from the process that it runs in.

use crate::provider::tokens::TokenSource;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The ServiceAccount, where there is one, and environment variables. Empty by default.
#[derive(Clone, Default)]
pub struct ProviderEnvironment {
    tokens: Option<Arc<dyn TokenSource>>,
    variables: BTreeMap<String, String>,
}

impl ProviderEnvironment {
    /// With the environment variables of this process.
    #[must_use]
    pub fn of_process() -> Self {
        let variables = std::env::vars_os();
        let texts =
            variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self { tokens: None, variables: texts.collect() }
    }

    /// With tokens of a ServiceAccount.
    #[must_use]
    pub fn with_tokens(self, tokens: Arc<dyn TokenSource>) -> Self {
        Self { tokens: Some(tokens), ..self }
    }

    /// With an environment variable.
    #[must_use]
    pub fn with_variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// The value of an environment variable that is set, and not empty.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(crate) fn tokens(&self) -> Option<&Arc<dyn TokenSource>> {
        self.tokens.as_ref()
    }
}

/// Shows no value: some are credentials.
impl fmt::Debug for ProviderEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderEnvironment").field("tokens", &self.tokens).finish_non_exhaustive()
    }
}
