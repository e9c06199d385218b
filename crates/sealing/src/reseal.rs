//! `reseal`: opens values and seals them to the newest key, so that an old key can be retired. `verify`: says only
//! whether they open.

use crate::base64_text::decode_base64;
use crate::item_error::item_certificates::ItemCertificates;
use crate::item_opener::ItemOpener;
use crate::keys::key_ring::KeyRing;
use crate::seal::{SealFailure, seal_item};
use crate::unseal::Accepted;
use api::SealedSecretSpec;
use api::annotations::RECIPIENTS;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::{Certificate, Fingerprint, SealError};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use rand::TryCryptoRng;
use recipients::{FormatError, Recipients};
use std::collections::BTreeMap;

/// The number of items that an object in a request may have. The certificate is public, so any user can make any number of items that
/// open.
pub const MAX_ITEMS_OF_A_REQUEST: usize = 500;

/// Why items were not resealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResealError {
    /// At least one does not open. The error does not say which or why, because the client may not be the owner.
    #[error("the values do not open")]
    DoesNotOpen,
    /// At least one does not open, and does so perhaps once a key is unwrapped that waits.
    #[error("the values do not open before a further sealing key is unwrapped")]
    Waits,
    /// It has more items, or was sealed with more keys, than a controller tries for one request. Says nothing of whether it opens.
    #[error("there are too many items, or too many keys that they were sealed with")]
    TooMuch,
    /// The deprecated form cannot be sealed again as it is.
    #[error("spec.data, the deprecated form, cannot be resealed; seal the Secret again")]
    DeprecatedData,
    /// The annotation for the recipients is not what the format says. The items would be sealed anew, and lost for the other recipients.
    #[error("the annotation sealedsecrets.bitnami.com/recipients cannot be read, because {0}")]
    BadRecipients(FormatError),
    /// The keys are those of several recipients, so that it is not known whose entry the certificate is to replace.
    #[error("the private keys open the entries of several recipients")]
    SeveralRecipients,
    /// They do not seal.
    #[error(transparent)]
    Seal(#[from] SealFailure),
}

/// An object that was resealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resealed {
    /// The items: `spec.encryptedData`.
    pub encrypted_data: BTreeMap<String, String>,
    /// The annotation for the recipients; None if there is none.
    pub recipients: Option<String>,
    /// The names of the items that stay as they were: sealed for another cluster, and opened by the entries of this one.
    pub stay: Vec<String>,
}

impl Resealed {
    /// Whether all items are sealed to the certificate now.
    #[must_use]
    pub fn seals_all(&self) -> bool {
        self.stay.is_empty()
    }

    /// The certificates of the items, by the annotations of the object before, now that those that do not stay are sealed with the certificate
    /// `to`.
    #[must_use]
    pub fn certificates(
        &self,
        before: Option<&BTreeMap<String, String>>,
        to: Fingerprint,
    ) -> ItemCertificates {
        if self.seals_all() {
            return ItemCertificates::one(to);
        }
        let names = self.encrypted_data.keys().map(String::as_str);
        let (stay, new): (Vec<&str>, Vec<&str>) =
            names.partition(|name| self.stay.iter().any(|stays| stays == name));
        ItemCertificates::of(before).changed(&stay, &new, to)
    }
}

/// Opens every item and seals it with `certificate`, for the same namespace, name and scope. For requests to a controller: an object that
/// takes too many tries is refused. The private key of the certificate is not needed. `before_each` is called before each operation with a
/// private key: it may wait for other work.
///
/// The scope is that of the object's own metadata, so that resealing never widens it.
///
/// An item that has an entry for recipients keeps its session key, which is wrapped again where a key of the ring unwrapped it: so the entries
/// stay valid for the other clusters, and an item that is sealed for another cluster stays as it is. Entries that name a key of the
/// ring, and open with it, are wrapped again too.
pub fn reseal<R: TryCryptoRng>(
    rng: &mut R,
    metadata: &ObjectMeta,
    spec: &SealedSecretSpec,
    ring: &KeyRing,
    certificate: &Certificate,
    before_each: &dyn Fn(),
) -> Result<Resealed, ResealError> {
    if has_too_many_items(spec) {
        return Err(ResealError::TooMuch);
    }
    reseal_in(rng, &ItemOpener::for_request(metadata, ring, before_each), spec, certificate)
}

/// Opens every item and seals it with `certificate`, as [`reseal`] does, with any number of tries. For a caller that has the keys.
pub fn reseal_in_full<R: TryCryptoRng>(
    rng: &mut R,
    metadata: &ObjectMeta,
    spec: &SealedSecretSpec,
    ring: &KeyRing,
    certificate: &Certificate,
) -> Result<Resealed, ResealError> {
    let opener = ItemOpener::unbounded(metadata, ring);
    if opener.entries().opens_several(&opener.label()) {
        return Err(ResealError::SeveralRecipients);
    }
    reseal_in(rng, &opener, spec, certificate)
}

fn reseal_in<R: TryCryptoRng>(
    rng: &mut R,
    opener: &ItemOpener<'_>,
    spec: &SealedSecretSpec,
    certificate: &Certificate,
) -> Result<Resealed, ResealError> {
    if spec.data.is_some() {
        return Err(ResealError::DeprecatedData);
    }
    if let Some(error) = opener.entries().error() {
        return Err(ResealError::BadRecipients(error.clone()));
    }
    let label = opener.label();
    let mut resealed = Resealed { encrypted_data: BTreeMap::new(), recipients: None, stay: Vec::new() };
    for (name, sealed) in &spec.encrypted_data {
        if opener.is_spent() {
            return Err(ResealError::TooMuch);
        }
        let value = opener.open_or_not(Some(name), sealed).ok_or_else(|| {
            if opener.may_open_later(Some(name), sealed) {
                ResealError::Waits
            } else {
                ResealError::DoesNotOpen
            }
        })?;
        let failure = |source| SealFailure::Item { key: name.clone(), source };
        let sealed_anew = if !opener.has_entry(name) {
            seal_item(rng, certificate, &label, value.expose()).map_err(failure)?
        } else if let Some(key) = opener.session_key_of_envelope(name, sealed) {
            let envelope = decode_base64(sealed).ok_or(ResealError::DoesNotOpen)?;
            let envelope =
                envelope::reseal(certificate.public(), &label, &key, &envelope).map_err(failure)?;
            BASE64_STANDARD.encode(envelope)
        } else {
            resealed.stay.push(name.clone());
            sealed.clone()
        };
        resealed.encrypted_data.insert(name.clone(), sealed_anew);
    }
    if let Some(recipients) = opener.entries().recipients() {
        let recipients = reseal_entries(opener, recipients, certificate)
            .map_err(|source| SealFailure::Item { key: RECIPIENTS.into(), source })?;
        resealed.recipients = Some(recipients.to_text().map_err(SealFailure::Recipients)?);
    }
    Ok(resealed)
}

/// The annotation with the entries that keys of the ring open wrapped for `certificate`.
fn reseal_entries(
    opener: &ItemOpener<'_>,
    recipients: &Recipients,
    certificate: &Certificate,
) -> Result<Recipients, SealError> {
    let label = opener.label();
    let mut resealed = recipients.clone();
    for index in 0..recipients.groups().len() {
        let entry = opener.entries().with_group(opener.scope(), &label, index, |opened| {
            // An entry of an age identity stays its own.
            if opened.by.is_none_or(|by| by == certificate.fingerprint()) {
                return Ok(());
            }
            resealed.reseal_entry((index, opened.entry), certificate, &label, &opened.key)
        });
        entry.transpose()?;
    }
    Ok(resealed)
}

/// Whether an object opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// All of it does.
    Opens,
    /// At least one item does not.
    DoesNotOpen,
    /// At least one item does not, and does so perhaps once a key is unwrapped that waits.
    Waits,
    /// It has more items than a request may have, or was sealed with more keys. All that was tried did open.
    TooMuch,
}

/// Whether all items open. It stops at the first that does not, renders no template, and wipes every value.
///
/// An object with too many items is refused before any is tried. `before_each` is called before each operation with a private key: it may
/// wait for other work.
pub fn verify(
    metadata: &ObjectMeta,
    spec: &SealedSecretSpec,
    ring: &KeyRing,
    accepted: Accepted,
    before_each: &dyn Fn(),
) -> Verdict {
    if has_too_many_items(spec) {
        return Verdict::TooMuch;
    }
    let opener = ItemOpener::for_request(metadata, ring, before_each);
    let items = match &spec.data {
        Some(_) if !accepted.deprecated_data || !spec.encrypted_data.is_empty() => {
            return Verdict::DoesNotOpen;
        }
        None if ring.is_empty() && ring.waiting().is_empty() => return Verdict::DoesNotOpen,
        data => {
            let items = spec.encrypted_data.iter().map(|(name, sealed)| (Some(name.as_str()), sealed));
            data.iter().map(|sealed| (None, sealed)).chain(items)
        }
    };
    for (name, sealed) in items {
        if opener.is_spent() {
            return Verdict::TooMuch;
        }
        if opener.open_or_not(name, sealed).is_none() {
            let waits = opener.may_open_later(name, sealed);
            return if waits { Verdict::Waits } else { Verdict::DoesNotOpen };
        }
    }
    Verdict::Opens
}

fn has_too_many_items(spec: &SealedSecretSpec) -> bool {
    spec.encrypted_data.len() > MAX_ITEMS_OF_A_REQUEST
}
