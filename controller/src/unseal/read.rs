//! `read`: reads the existing objects, with as few requests as possible. On a first unseal: none. A fact that needs no request is
//! a field of `facts::Facts`.
//!
//! Decided: the existing Secret is read only when the metadata watch or the status shows that something changed. Instead of a
//! cache of all Secrets, which would keep every value of the cluster in memory.

pub(crate) mod compromise;
pub(crate) mod facts;
pub(crate) mod object_reader;
pub(crate) mod settled;
pub(crate) mod target;
pub(crate) mod touch;

use crate::unseal::read::facts::Facts;
use crate::unseal::read::object_reader::{ObjectReader, Unread};
use crate::unseal::read::settled::Shown;
use crate::unseal::read::target::{ExistingSecret, Open, Subject, Target};
use api::ObservedSecret;
use kube::ResourceExt as _;

/// Reads the existing Secret and the spec, unless the facts settle the SealedSecret.
///
/// The metadata watch may lag behind; only this process' own writes are known before it shows them. If there seems to be no Secret
/// although the status names one, or if a decision by the watch has just failed (`trust_watch` false), the Secret is read from the API
/// server. The inputs become those of what was read.
pub(crate) async fn read(
    facts: &mut Facts,
    reader: &mut ObjectReader<'_>,
    trust_watch: bool,
) -> Result<Subject, Unread> {
    let watched = facts.watched_secret.as_ref().map(|secret| &secret.metadata);
    if facts.is_settled(facts.shown()) {
        return Ok(Subject::Settled);
    }
    // However fast another client edits the Secret, it is neither read nor opened before the next correction.
    if let Some(delay) = facts.memory.correction_delay.filter(|_| facts.recorded.is_edited(watched)) {
        return Ok(Subject::Contested(delay));
    }
    let never_written = facts.recorded.last_secret_version.is_none();
    let target = if trust_watch && facts.shown().is_none() && never_written {
        Target::Absent
    } else {
        match reader.get::<ObservedSecret>(&facts.sealed.name_any()).await? {
            Some(ObservedSecret::Whole(secret)) => Target::Present(Box::new(ExistingSecret(secret))),
            Some(ObservedSecret::Cut(secret, too_many)) => {
                Target::Cut(Box::new(ExistingSecret(secret)), too_many)
            }
            None => Target::Absent,
        }
    };
    if let Target::Present(secret) = &target
        && facts.is_settled(Some(Shown::only(&secret.0.metadata)))
    {
        return Ok(Subject::Settled);
    }
    let (metadata, spec) = reader.sealed(&facts.sealed).await?;
    facts.inputs.target_version = target.version();
    Ok(Subject::Open(Box::new(Open { target, metadata, spec })))
}
