//! [`ControllerAddress`]: where the controller is.

use crate::cluster::Connection;
use crate::controller::error::ControllerError;

/// Where the controller is.
#[derive(Debug, Clone, Default)]
pub(crate) struct ControllerAddress {
    /// Its cluster.
    pub connection: Connection,
    /// Namespace of its Service.
    pub namespace: String,
    /// Name of its Service.
    pub name: String,
}

impl ControllerAddress {
    /// Keeps a flag from reaching other paths of the API server.
    pub(crate) fn check(&self) -> Result<(), ControllerError> {
        match [&self.namespace, &self.name].into_iter().find(|part| !is_name(part)) {
            Some(part) => Err(ControllerError::Name(part.clone())),
            None => Ok(()),
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c))
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_within_their_path() {
        for good in ["sealed-secrets-controller", "a", "a.b", "0"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "..", "a/b", "a b", "A", "a%2fb", "a?b", ".a"] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
