//! The kinds of providers, a file each. A new kind: a variant of `ProviderUri`, a file here, and a line in [`connect`].

pub(crate) mod age_recipient;
mod open_bao;

use crate::provider::environment::ProviderEnvironment;
use crate::provider::key_wrapper::KeyWrapper;
use crate::provider::spec::{ProviderSpec, ProviderSpecError};
use crate::provider::uri::{ProviderUri, ProviderUriError};
use crate::providers::age_recipient::AgeRecipient;
use crate::providers::open_bao::OpenBaoTransit;
use std::sync::Arc;

/// The provider that a flag names. Reads the files that its options name, and contacts nothing yet.
pub fn connect(
    spec: &ProviderSpec,
    environment: &ProviderEnvironment,
) -> Result<Arc<dyn KeyWrapper>, ProviderSpecError> {
    match &spec.uri {
        ProviderUri::Age { recipient } => {
            spec.check_options(&[])?;
            Ok(Arc::new(AgeRecipient::new(recipient).ok_or(ProviderUriError::Age)?))
        }
        ProviderUri::OpenBaoTransit { host, mount, key } => {
            Ok(Arc::new(OpenBaoTransit::new(spec, (host, mount, key), environment)?))
        }
        ProviderUri::KmsV2 { .. } | ProviderUri::AwsKms { .. } | ProviderUri::GcpKms { .. } => {
            Err(ProviderSpecError::NoClient)
        }
    }
}
