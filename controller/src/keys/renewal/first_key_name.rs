//! [`FirstKeyName`]: the text that the name of a first key is derived from (`sealing::successor_name`), in a small Secret
//! beside the keys.
//!
//! All controllers of a namespace, with or without a leader election, derive the name of the first key from the same text, so that
//! they try to create the same Secret. The text is random, and replaced once the key that was named after it is gone: a backup of
//! that key, restored later, must not meet another key of the same name. It is nothing secret; it is in a Secret because the
//! controller may write those, with upstream's chart too. Where it is deleted, it is created again.

use crate::keys::store::secret_api;
use crate::keys::store::wipe::wipe;
use api::ObservedSecret;
use api::sealing_key::{ORIGIN, origin_name};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, PostParams};
use kube::core::{Request, Status};
use rand::Rng as _;
use sealing::{Predecessor, successor_name};
use std::collections::BTreeMap;
use std::future::Future;

/// The data key that is there once a key was named after the text.
const USED: &str = "used";

/// Conflicts in a row before it is an error. Another controller caused each of them, and has the text then.
const CONFLICTS: usize = 4;

/// Why the text is not known, or its use not recorded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FirstKeyNameError {
    #[error(
        "agreeing with other controllers on the name of the first sealing key, in the Secret {name}, failed"
    )]
    Api { name: String, source: Box<kube::Error> },
    #[error("the Secret {name} changes all the time")]
    Conflicts { name: String },
}

/// The Secret with the text, for the keys of one prefix.
#[derive(Debug, Clone)]
pub(crate) struct FirstKeyName<'a> {
    secrets: &'a Api<Secret>,
    prefix: &'a str,
    name: String,
}

impl<'a> FirstKeyName<'a> {
    pub(crate) fn new(secrets: &'a Api<Secret>, prefix: &'a str) -> Self {
        Self { secrets, prefix, name: origin_name(prefix) }
    }

    /// The text that is there, or a new one.
    pub(crate) async fn text(&self) -> Result<String, FirstKeyNameError> {
        for _ in 0..CONFLICTS {
            let Some(stored) = self.read(&self.name).await? else {
                let text = random();
                let new = self.secret(Secret::default(), &text, false);
                match self.request(self.secrets.create(&PostParams::default(), &new)).await {
                    Ok(_) => return Ok(text),
                    Err(error) if is(&error, Status::is_already_exists) => continue,
                    Err(error) => return Err(error),
                }
            };
            let text = text(&stored);
            let first = successor_name(self.prefix, &Predecessor::None(text.clone()), 0);
            if !is_used(&stored) || self.read(&first).await?.is_some() {
                return Ok(text);
            }
            let new = random();
            match self.replace(self.secret(stored, &new, false)).await {
                Ok(()) => return Ok(new),
                Err(error) if is(&error, Status::is_conflict) => {}
                // Not allowed, or immutable. A name that was used before is better than no key.
                Err(error) if is(&error, Status::is_forbidden) || is(&error, Status::is_invalid) => {
                    return Ok(text);
                }
                Err(error) => return Err(error),
            }
        }
        Err(FirstKeyNameError::Conflicts { name: self.name.clone() })
    }

    /// Records that a key was named after the text, which is replaced should that key be deleted.
    pub(crate) async fn record_use(&self) -> Result<(), FirstKeyNameError> {
        let Some(stored) = self.read(&self.name).await?.filter(|stored| !is_used(stored)) else {
            return Ok(());
        };
        let text = text(&stored);
        match self.replace(self.secret(stored, &text, true)).await {
            // Another replica recorded it first, or replaced the text.
            Err(error) if is(&error, Status::is_conflict) => Ok(()),
            replaced => replaced,
        }
    }

    async fn read(&self, name: &str) -> Result<Option<Secret>, FirstKeyNameError> {
        // A Secret with too many entries is read in part. The text is empty then, which names a first key as well.
        let secret = self.request(secret_api::read(self.secrets, name)).await?;
        let mut secret = secret.map(ObservedSecret::into_known);
        // Of a key's Secret only the existence matters.
        if name != self.name
            && let Some(secret) = &mut secret
        {
            wipe(secret);
        }
        Ok(secret)
    }

    /// Replaces the version that was read. The answer is not decoded: nothing of it is needed, and it may be nested to any depth.
    async fn replace(&self, secret: Secret) -> Result<(), FirstKeyNameError> {
        let replacing = async {
            let body = serde_json::to_vec(&secret).map_err(kube::Error::SerdeError)?;
            let request = Request::new(self.secrets.resource_url());
            let request = request.replace(&self.name, &PostParams::default(), body);
            let client = self.secrets.clone().into_client();
            client.request_text(request.map_err(kube::Error::BuildRequest)?).await
        };
        self.request(replacing).await.map(drop)
    }

    fn secret(&self, mut secret: Secret, text: &str, used: bool) -> Secret {
        secret.metadata.name = Some(self.name.clone());
        let used = used.then(|| (USED.to_owned(), ByteString(b"true".to_vec())));
        let text = (ORIGIN.to_owned(), ByteString(text.as_bytes().to_vec()));
        secret.data = Some([text].into_iter().chain(used).collect::<BTreeMap<_, _>>());
        secret
    }

    async fn request<T>(
        &self,
        request: impl Future<Output = kube::Result<T>>,
    ) -> Result<T, FirstKeyNameError> {
        let error = |source| FirstKeyNameError::Api { name: self.name.clone(), source: Box::new(source) };
        request.await.map_err(error)
    }
}

fn is(error: &FirstKeyNameError, what: impl Fn(&Status) -> bool) -> bool {
    let FirstKeyNameError::Api { source, .. } = error else { return false };
    matches!(&**source, kube::Error::Api(status) if what(status))
}

fn random() -> String {
    format!("{:016x}", rand::rng().next_u64())
}

fn text(secret: &Secret) -> String {
    let text = secret.data.as_ref().and_then(|data| data.get(ORIGIN));
    text.map(|text| String::from_utf8_lossy(&text.0).into_owned()).unwrap_or_default()
}

fn is_used(secret: &Secret) -> bool {
    secret.data.as_ref().is_some_and(|data| data.contains_key(USED))
}

#[cfg(test)]
mod tests;
