//! [`Origin`]: what the names of first keys are made of (see [`name`](crate::keys::renewal::successor_name)), kept in a small Secret beside the keys.
//!
//! All controllers of a namespace, with or without an election, make their first key of the same text, so that they try the
//! same name. It is random, and drawn anew once a key was made of it that is gone: a backup of that one, restored later, must
//! not find another key under its name. Nothing secret is in it; it is a Secret because those we may write, with upstream's
//! chart too. Deleted, it is made again.

use crate::client::api_timeout::API_TIMEOUT;
use crate::keys::renewal::successor_name::{Predecessor, successor_name};
use crate::keys::store::write;
use api::ObservedSecret;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, PostParams};
use kube::core::Request;
use rand::Rng as _;
use std::collections::BTreeMap;
use std::future::Future;
use tokio::time::timeout;

/// The text.
const TEXT: &str = api::sealing_key::ORIGIN;

/// There once a key was made of it.
const USED: &str = "used";

/// Lost races in a row before it is a failure. Another controller won each of them, and has the text then.
const RACES: usize = 4;

/// Why it is not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OriginError {
    /// The API server refused it.
    #[error(
        "agreeing with other controllers on the name of the first sealing key, in the Secret {name}, failed"
    )]
    Api {
        /// Where it is kept.
        name: String,
        /// What the API server said.
        source: Box<kube::Error>,
    },
    /// No answer in time.
    #[error("the API server did not answer in {} s when it was asked for the Secret {name}", API_TIMEOUT.as_secs())]
    NoAnswer {
        /// Where it is kept.
        name: String,
    },
    /// Others were faster, again and again.
    #[error("the Secret {name} changes all the time")]
    Contended {
        /// Where it is kept.
        name: String,
    },
}

/// The place where it is kept.
#[derive(Debug, Clone)]
pub(crate) struct Origin<'a> {
    secrets: &'a Api<Secret>,
    prefix: &'a str,
    name: String,
}

impl<'a> Origin<'a> {
    /// Beside the keys of this prefix.
    pub(crate) fn beside(secrets: &'a Api<Secret>, prefix: &'a str) -> Self {
        Self { secrets, prefix, name: api::sealing_key::origin_name(prefix) }
    }

    /// The text: what is there, or a new one.
    pub(crate) async fn get(&self) -> Result<String, OriginError> {
        for _ in 0..RACES {
            let Some(kept) = self.read(&self.name).await? else {
                let text = random();
                let new = self.secret(Secret::default(), &text, false);
                match self.ask(self.secrets.create(&PostParams::default(), &new)).await {
                    Ok(_) => return Ok(text),
                    Err(error) if is(&error, kube::core::Status::is_already_exists) => continue,
                    Err(error) => return Err(error),
                }
            };
            let text = text(&kept);
            let first = successor_name(self.prefix, &Predecessor::None(text.clone()), 0);
            if !is_used(&kept) || self.read(&first).await?.is_some() {
                return Ok(text);
            }
            let anew = random();
            match self.write(self.secret(kept, &anew, false)).await {
                Ok(()) => return Ok(anew),
                Err(error) if is(&error, kube::core::Status::is_conflict) => {}
                // A name that was used is better than no key: we may not write it, or it is immutable.
                Err(error) if is(&error, kube::core::Status::is_forbidden) => return Ok(text),
                Err(error) if is(&error, kube::core::Status::is_invalid) => return Ok(text),
                Err(error) => return Err(error),
            }
        }
        Err(OriginError::Contended { name: self.name.clone() })
    }

    /// There is a key. The text is drawn anew should that go.
    pub(crate) async fn used(&self) -> Result<(), OriginError> {
        match self.read(&self.name).await? {
            Some(kept) if !is_used(&kept) => {
                let text = text(&kept);
                match self.write(self.secret(kept, &text, true)).await {
                    // Another replica noted it first, or drew it anew.
                    Err(error) if is(&error, kube::core::Status::is_conflict) => Ok(()),
                    written => written,
                }
            }
            _ => Ok(()),
        }
    }

    async fn read(&self, name: &str) -> Result<Option<Secret>, OriginError> {
        // Of a Secret with too many entries, what is known of it: an empty text names a first key as well.
        let mut secret = self.ask(write::read(self.secrets, name)).await?.map(ObservedSecret::into_known);
        // Of a key nothing is needed but that it is there.
        if name != self.name
            && let Some(secret) = &mut secret
        {
            write::wipe(secret);
        }
        Ok(secret)
    }

    /// In the version that was read, or not at all. Nothing of the answer is needed, and it may be nested to any depth.
    async fn write(&self, secret: Secret) -> Result<(), OriginError> {
        let writing = async {
            let body = serde_json::to_vec(&secret).map_err(kube::Error::SerdeError)?;
            let request = Request::new(self.secrets.resource_url());
            let request = request.replace(&self.name, &PostParams::default(), body);
            let client = self.secrets.clone().into_client();
            client.request_text(request.map_err(kube::Error::BuildRequest)?).await
        };
        self.ask(writing).await.map(drop)
    }

    fn secret(&self, mut secret: Secret, text: &str, used: bool) -> Secret {
        secret.metadata.name = Some(self.name.clone());
        let used = used.then(|| (USED.to_owned(), ByteString(b"true".to_vec())));
        let text = (TEXT.to_owned(), ByteString(text.as_bytes().to_vec()));
        secret.data = Some([text].into_iter().chain(used).collect::<BTreeMap<_, _>>());
        secret
    }

    async fn ask<T>(&self, request: impl Future<Output = kube::Result<T>>) -> Result<T, OriginError> {
        let answer = timeout(API_TIMEOUT, request).await;
        let answer = answer.map_err(|_| OriginError::NoAnswer { name: self.name.clone() })?;
        answer.map_err(|source| OriginError::Api { name: self.name.clone(), source: Box::new(source) })
    }
}

fn is(error: &OriginError, what: impl Fn(&kube::core::Status) -> bool) -> bool {
    let OriginError::Api { source, .. } = error else { return false };
    matches!(&**source, kube::Error::Api(status) if what(status))
}

fn random() -> String {
    format!("{:016x}", rand::rng().next_u64())
}

fn text(secret: &Secret) -> String {
    let text = secret.data.as_ref().and_then(|data| data.get(TEXT));
    text.map(|text| String::from_utf8_lossy(&text.0).into_owned()).unwrap_or_default()
}

fn is_used(secret: &Secret) -> bool {
    secret.data.as_ref().is_some_and(|data| data.contains_key(USED))
}

#[cfg(test)]
mod tests;
