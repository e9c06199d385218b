//! The kinds of providers, a file each. A new kind: a variant of `ProviderUri`, a file here, and a line in [`connect`].

pub(crate) mod age_recipient;

use crate::provider::key_wrapper::KeyWrapper;
use crate::provider::spec::{ProviderSpec, ProviderSpecError};
use crate::provider::tokens::TokenSource;
use crate::provider::uri::{ProviderUri, ProviderUriError};
use crate::providers::age_recipient::AgeRecipient;
use std::sync::Arc;

/// The provider that a flag names. Contacts nothing yet. `tokens` gives tokens of the ServiceAccount, where there is one.
pub fn connect(
    spec: &ProviderSpec,
    _tokens: Option<&Arc<dyn TokenSource>>,
) -> Result<Arc<dyn KeyWrapper>, ProviderSpecError> {
    match &spec.uri {
        ProviderUri::Age { recipient } => {
            spec.check_options(&[])?;
            Ok(Arc::new(AgeRecipient::new(recipient).ok_or(ProviderUriError::Age)?))
        }
        ProviderUri::KmsV2 { .. }
        | ProviderUri::OpenBaoTransit { .. }
        | ProviderUri::AwsKms { .. }
        | ProviderUri::GcpKms { .. } => Err(ProviderSpecError::NoClient),
    }
}
