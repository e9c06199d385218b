//! The deprecated form: a whole Secret, as JSON, in one envelope (`spec.data`).

use super::error::UnsealError;
use crate::item_opener::ItemOpener;
use crate::unsealed_secret::UnsealedSecret;
use envelope::Plaintext;
use k8s_openapi::api::core::v1::Secret;
use std::collections::{BTreeMap, BTreeSet};
use zeroize::Zeroize as _;

/// Opens the Secret. Its name, namespace and owner are still to be set.
pub(crate) fn open_whole(opener: &ItemOpener<'_>, data: &str) -> Result<UnsealedSecret, UnsealError> {
    let json = opener.open_unnamed(data).map_err(UnsealError::DeprecatedItem)?;
    // serde's error would quote the value.
    let secret: Secret = serde_json::from_slice(json.expose()).map_err(|_| UnsealError::DeprecatedShape)?;
    let mut data: BTreeMap<String, Plaintext> =
        secret.data.into_iter().flatten().map(|(key, value)| (key, Plaintext::new(value.0))).collect();
    for (key, mut value) in secret.string_data.into_iter().flatten() {
        data.insert(key, Plaintext::new(value.as_bytes().to_vec()));
        value.zeroize();
    }
    Ok(UnsealedSecret {
        metadata: secret.metadata,
        type_: secret.type_,
        immutable: secret.immutable,
        data,
        opened_by: opener.opened_by(),
        varying: BTreeSet::new(),
        templated: false,
        unread_recipients: None,
    })
}
