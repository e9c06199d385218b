//! [`Recorded`]: what the status records about the SealedSecret as it is now, and whether that settles it. Pure.

use api::annotations::CORRECT_DRIFT;
use api::resource_version::is_later;
use api::{Condition, ConditionStatus, Scope, SealedSecretStatus, TargetStatus, WatchedSealedSecret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// The existing Secret, as the watch or the API server shows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) version: Option<&'a str>,
    /// The earliest version since which it has had the same content, and the labels and annotations that the SealedSecret sets, as far as
    /// [`touch`](crate::unseal::read::touch) shows it.
    pub(crate) same_since: Option<u64>,
}

impl<'a> Shown<'a> {
    /// Of which only the version counts.
    pub(crate) fn only(secret: &'a ObjectMeta) -> Self {
        Self { version: secret.resource_version.as_deref(), same_since: None }
    }

    /// Whether it is as it was in the version `recorded`.
    fn is_as_in(&self, recorded: &str) -> bool {
        let number = |version: &str| version.parse::<u64>().ok();
        let version = self.version.and_then(number);
        self.version == Some(recorded)
            || number(recorded)
                .zip(self.same_since)
                .zip(version)
                .is_some_and(|((recorded, since), version)| (since..=version).contains(&recorded))
    }
}

/// What the status records.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recorded {
    /// This generation was unsealed once, whatever happened since. An upstream CustomResourceDefinition stores this only until
    /// the next failure.
    pub(crate) unsealed: bool,
    /// The version of the Secret that was written or found right, for this generation, scope and recipients.
    pub(crate) secret_version: Option<String>,
    /// The version of the Secret that was written or found right last, for any generation, scope and recipients.
    pub(crate) last_secret_version: Option<String>,
    /// The last reconciliation of this generation was a success.
    is_synced: bool,
    /// The status names the keys that opened the SealedSecret. Statuses of earlier versions do not.
    names_keys: bool,
}

impl Recorded {
    /// What `status` records about `sealed`.
    pub(crate) fn of(sealed: &WatchedSealedSecret, status: Option<&SealedSecretStatus>) -> Self {
        let Some(status) = status else { return Self::default() };
        let generation = sealed.metadata.generation;
        let scope = Scope::of(sealed.decoded_annotations().as_ref());
        let synced = status.condition(Condition::SYNCED);
        let synced = synced.is_some_and(|condition| condition.status == ConditionStatus::True);
        // A failure keeps the target as it was: the Secret is still there.
        let last = status.target.as_ref();
        let of_last = last.and_then(|last| last.generation);
        let unsealed_generation = if synced { status.observed_generation } else { of_last };
        let unsealed = unsealed_generation.is_some() && unsealed_generation == generation;
        let is_same = |last: &&TargetStatus| last.is_for(scope, sealed.recipients.as_deref());
        let secret = last.filter(|last| unsealed && is_same(last));
        Self {
            unsealed,
            secret_version: secret.map(|secret| secret.resource_version.clone()),
            last_secret_version: last.map(|last| last.resource_version.clone()),
            is_synced: synced && status.observed_generation == generation,
            names_keys: status.opened_by.is_some(),
        }
    }

    /// Whether there is nothing to do: the status records a success for this generation, scope and recipients, and the Secret still is as it
    /// was in the version recorded. After a restart this holds for everything that did not change meanwhile, so that no key is used,
    /// and nothing is read or written.
    ///
    /// Where drift is not corrected, the Secret is left as it is, even if it was deleted.
    pub(crate) fn is_settled(&self, secret: Option<Shown<'_>>, corrects_drift: bool) -> bool {
        let recorded = self.secret_version.as_deref();
        let is_unchanged =
            || secret.zip(recorded).is_some_and(|(secret, recorded)| secret.is_as_in(recorded));
        // Where the status does not name the keys, the SealedSecret is opened once more, so that it does.
        self.is_synced
            && self.secret_version.is_some()
            && (!corrects_drift || (self.names_keys && is_unchanged()))
    }

    /// Whether the Secret has certainly been written since its version was recorded. The watch, which shows it, may lag behind.
    pub(crate) fn is_edited(&self, secret: Option<&ObjectMeta>) -> bool {
        let shown = secret.and_then(|secret| secret.resource_version.as_deref());
        is_later(shown, self.last_secret_version.as_deref())
    }
}

/// Whether drift of this SealedSecret's Secret is corrected: by the flag for all, and by the SealedSecret's own annotation.
pub(crate) fn corrects_drift(sealed: &WatchedSealedSecret, for_all: bool) -> bool {
    let own = || sealed.decoded_annotations().and_then(|mut annotations| annotations.remove(CORRECT_DRIFT));
    for_all && own().is_none_or(|value| value != "false")
}

#[cfg(test)]
mod tests;
