//! [`KeyWrapper`]: a provider, as the rest of this crate sees it.

use crate::format::context::Context;
use crate::format::data_key::DataKey;
use crate::format::slot::Slot;
use crate::provider::error::ProviderError;
use crate::provider::uri::ProviderUri;
use async_trait::async_trait;
use std::fmt;

/// Encrypts and decrypts data keys.
///
/// An implementation contacts only what its configuration names: nothing in a slot is an address. It sets no time limit of its own beside
/// that of a connection: [`KeyProviders`](crate::KeyProviders) bounds each call.
#[async_trait]
pub trait KeyWrapper: fmt::Debug + Send + Sync {
    /// The provider, as its slots name it.
    fn uri(&self) -> &ProviderUri;

    /// Whether [`unwrap`](Self::unwrap) can succeed. False for an age recipient, whose identity is kept elsewhere.
    fn can_unwrap(&self) -> bool {
        true
    }

    /// Whether the provider could bind what it encrypts to a context; [`KeyProviders::probe`](crate::KeyProviders::probe) finds out whether
    /// it does.
    fn binds_context(&self) -> bool;

    /// Encrypts a data key. The slot's `uri` is this provider's.
    async fn wrap(&self, data_key: &DataKey, context: &Context) -> Result<Slot, ProviderError>;

    /// Decrypts the data key of a slot, whose `uri` is this provider's.
    async fn unwrap(&self, slot: &Slot, context: &Context) -> Result<DataKey, ProviderError>;

    /// The name of the key with which the provider encrypts now, and so whether it works. None where it has nothing to ask:
    /// [`KeyProviders::current_key_id`](crate::KeyProviders::current_key_id) has it encrypt then.
    async fn current_key_id(&self) -> Result<Option<String>, ProviderError> {
        Ok(None)
    }
}

/// Whether a provider decrypts what it encrypted only in the same context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// It refused a probe in another context.
    Bound,
    /// It takes no context, or ignored it: only the private key itself is bound to the context.
    Unbound,
}
