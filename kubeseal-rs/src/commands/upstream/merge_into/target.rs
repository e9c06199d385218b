//! `target_of`: the SealedSecret of the file into which a Secret is merged.

use crate::commands::upstream::merge_into::error::MergeError;
use crate::manifest::sealed_secrets::SealedObject;
use crate::manifest::secrets::InputSecret;

/// The only one, whatever the names; among several, the one of that name.
pub(crate) fn target_of(secret: &InputSecret, targets: &[SealedObject]) -> Result<usize, MergeError> {
    if targets.len() == 1 {
        return Ok(0);
    }
    let metadata = &secret.secret.metadata;
    let fits = |target: &SealedObject| {
        metadata.name.is_some()
            && target.metadata.name == metadata.name
            && (metadata.namespace.is_none() || target.metadata.namespace == metadata.namespace)
    };
    let mut fitting = targets.iter().enumerate().filter(|(_, target)| fits(target)).map(|(index, _)| index);
    match (fitting.next(), fitting.next()) {
        (Some(index), None) => Ok(index),
        _ => Err(MergeError::WhichTarget { location: secret.location.clone(), count: targets.len() }),
    }
}
