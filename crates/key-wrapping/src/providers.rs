//! The kinds of providers, a file each. A new kind: a variant of `ProviderUri`, a file here, and a line in [`connect`].

pub(crate) mod age_recipient;
mod aws_kms;
mod gcp_kms;
#[cfg(unix)]
mod kms_v2;
mod open_bao;

use crate::provider::environment::ProviderEnvironment;
use crate::provider::key_wrapper::KeyWrapper;
use crate::provider::spec::{ProviderSpec, ProviderSpecError};
use crate::provider::uri::{ProviderUri, ProviderUriError};
use crate::providers::age_recipient::AgeRecipient;
use crate::providers::aws_kms::AwsKms;
use crate::providers::gcp_kms::GcpKms;
#[cfg(unix)]
use crate::providers::kms_v2::KmsV2;
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
        #[cfg(unix)]
        ProviderUri::KmsV2 { socket } => {
            spec.check_options(&[])?;
            Ok(Arc::new(KmsV2::new(socket)))
        }
        // A socket is not found where the system is not Unix.
        #[cfg(not(unix))]
        ProviderUri::KmsV2 { .. } => Err(ProviderSpecError::NoClient),
        ProviderUri::OpenBaoTransit { host, mount, key } => {
            Ok(Arc::new(OpenBaoTransit::new(spec, (host, mount, key), environment)?))
        }
        ProviderUri::AwsKms { arn, region } => Ok(Arc::new(AwsKms::new(spec, (arn, region), environment)?)),
        ProviderUri::GcpKms { name } => Ok(Arc::new(GcpKms::new(spec, name, environment)?)),
    }
}
