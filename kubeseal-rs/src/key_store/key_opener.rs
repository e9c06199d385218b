//! [`KeyOpener`]: opens wrapped keys on this machine, with age identities and with the providers that the user names. Nothing that a key says is
//! contacted.

pub(crate) mod error;

use crate::cluster::runtime::runtime;
use crate::key_store::backup::decrypt::Decryption;
use crate::key_store::backup::identities::Identities;
use crate::key_store::key_form::WrappedForm;
use crate::key_store::key_opener::error::KeyOpenError;
use crate::settings::flag_value::{text, texts};
use crate::settings::unlock_flags::KeyOpenerFlags;
use key_wrapping::{
    AgeIdentity, ClusterName, KeyProviders, KeyWrapper, ProviderEnvironment, ProviderSpec, Unwrapped,
};
use std::sync::Arc;
use tokio::runtime::Runtime;

/// Identities and providers.
pub(crate) struct KeyOpener {
    runtime: Runtime,
    providers: Vec<Arc<dyn KeyWrapper>>,
    /// The name that keys must have been wrapped for, if the user names one.
    cluster_name: Option<ClusterName>,
}

impl KeyOpener {
    /// What the flags name. Contacts nothing yet.
    pub(crate) fn from_args(flags: KeyOpenerFlags) -> Result<Self, KeyOpenError> {
        let mut opener = Self::with_identities(&Decryption::from_args(flags.unlock))?;
        let name = text(flags.cluster_name).map(|name| name.parse::<ClusterName>());
        opener.cluster_name = name.transpose().map_err(KeyOpenError::ClusterName)?;
        // A client may need the runtime already when it is made.
        let _entered = opener.runtime.enter();
        for (index, given) in texts(flags.key_unwrap_with).iter().enumerate() {
            opener.providers.push(connected(index + 1, given)?);
        }
        Ok(opener)
    }

    /// The age identities in the files of these flags.
    pub(crate) fn with_identities(unlock: &Decryption) -> Result<Self, KeyOpenError> {
        let identities = Identities::read(&unlock.identities, unlock.passphrase.as_deref())?.into_native();
        let age = |identity| Arc::new(AgeIdentity::new(identity)) as Arc<dyn KeyWrapper>;
        Ok(Self {
            runtime: runtime().map_err(KeyOpenError::Start)?,
            providers: identities.into_iter().map(age).collect(),
            cluster_name: None,
        })
    }

    /// Whether there is nothing to open with.
    pub(crate) fn is_empty(&self) -> bool {
        self.providers.is_empty()
    }

    /// Whether the user names the cluster that keys must have been wrapped for.
    pub(crate) fn has_cluster_name(&self) -> bool {
        self.cluster_name.is_some()
    }

    /// Opens a key, under the cluster name that was given, else under its own.
    pub(crate) fn open(&self, key: &WrappedForm) -> Result<Unwrapped, KeyOpenError> {
        let name = self.cluster_name.as_ref().unwrap_or(key.document.cluster_name());
        let providers = KeyProviders::new(name.clone(), Vec::new(), self.providers.clone());
        let opened = self.runtime.block_on(providers.unwrap(&key.document, key.certificate.clone()));
        opened.map_err(|error| KeyOpenError::of(error, &key.document))
    }
}

/// The text is not shown: it may be an age identity, or have a token as an option, by mistake.
fn connected(number: usize, given: &str) -> Result<Arc<dyn KeyWrapper>, KeyOpenError> {
    let failed = |source| KeyOpenError::Provider { number, source };
    let spec: ProviderSpec = given.parse().map_err(failed)?;
    key_wrapping::connect(&spec, &ProviderEnvironment::of_process()).map_err(failed)
}
