//! [`ProviderSpec`]: a provider as a flag names it: its URI, and options after `?` that say how it is reached.

use crate::provider::uri::{ProviderUri, ProviderUriError};
use std::collections::BTreeMap;
use std::str::FromStr;

/// A provider and how it is reached, as in `openbao+transit://bao.example:8200/transit/sealing?role=sealed-secrets&ca-file=/etc/bao/ca.pem`.
///
/// The options are no part of a slot's `uri`: another file for the CA is no other provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderSpec {
    /// The provider.
    pub uri: ProviderUri,
    options: BTreeMap<String, String>,
}

/// The text names no provider, or has options that it does not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderSpecError {
    /// The part before `?`.
    #[error(transparent)]
    Uri(#[from] ProviderUriError),
    /// An option without a value, or given twice.
    #[error("write options as in `?role=sealed-secrets&ca-file=/etc/bao/ca.pem`, each once")]
    Options,
    /// An option that this kind of provider does not have.
    #[error("this provider has no option {0:?}; it has {1}")]
    Unknown(String, String),
    /// A kind of provider that this version does not have.
    #[error("this version has no client for this kind of provider")]
    NoClient,
    /// The environment has no credentials for the provider.
    #[error("no credentials: {0}")]
    Credentials(&'static str),
    /// An option whose value cannot be used.
    #[error("the option {0:?}: {1}")]
    Value(&'static str, String),
}

impl ProviderSpec {
    /// The value of an option.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.get(name).map(String::as_str)
    }

    /// Refuses options beside these.
    pub(crate) fn check_options(&self, known: &[&str]) -> Result<(), ProviderSpecError> {
        let Some(unknown) = self.options.keys().find(|name| !known.contains(&name.as_str())) else {
            return Ok(());
        };
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        Err(ProviderSpecError::Unknown(unknown.chars().take(50).collect(), known))
    }
}

impl FromStr for ProviderSpec {
    type Err = ProviderSpecError;

    fn from_str(text: &str) -> Result<Self, ProviderSpecError> {
        let (uri, options) = match text.split_once('?') {
            Some((uri, options)) => (uri, options.split('&').collect()),
            None => (text, Vec::new()),
        };
        let mut spec = Self { uri: uri.parse()?, options: BTreeMap::new() };
        for option in options {
            let (name, value) = option.split_once('=').ok_or(ProviderSpecError::Options)?;
            let is_new = spec.options.insert(name.into(), value.into()).is_none();
            if name.is_empty() || value.is_empty() || !is_new {
                return Err(ProviderSpecError::Options);
            }
        }
        Ok(spec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_stand_after_the_uri_and_are_no_part_of_it() {
        let spec: ProviderSpec = "openbao+transit://bao/transit/k?role=a&ca-file=/x/y.pem".parse().unwrap();
        assert_eq!(spec.uri.to_string(), "openbao+transit://bao/transit/k");
        assert_eq!(
            (spec.option("role"), spec.option("ca-file"), spec.option("x")),
            (Some("a"), Some("/x/y.pem"), None)
        );
        assert_eq!(spec.check_options(&["role", "ca-file"]), Ok(()));
        let error = spec.check_options(&["role"]).unwrap_err().to_string();
        assert_eq!(error, "this provider has no option \"ca-file\"; it has role");
        let error = spec.check_options(&[]).unwrap_err().to_string();
        assert_eq!(error, "this provider has no option \"ca-file\"; it has none");
    }

    #[test]
    fn options_without_a_value_or_given_twice_are_refused() {
        for options in ["", "role", "role=", "=a", "role=a&role=b", "role=a&"] {
            let text = format!("openbao+transit://bao/transit/k?{options}");
            assert_eq!(text.parse::<ProviderSpec>(), Err(ProviderSpecError::Options), "{text}");
        }
    }
}
