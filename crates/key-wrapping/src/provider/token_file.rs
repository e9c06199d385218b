//! [`read`]: a token from a file, which some agent keeps current.

use crate::provider::error::{ProviderError, ProviderErrorKind};
use std::path::Path;
use zeroize::Zeroizing;

/// The token. A line break at the end is no part of it.
pub(crate) fn read(path: &Path) -> Result<Zeroizing<String>, ProviderError> {
    let unreadable = |error| {
        let message = format!("{} cannot be read", path.display());
        ProviderError::new(ProviderErrorKind::Unavailable, message).caused_by(error)
    };
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(unreadable)?);
    Ok(Zeroizing::new(text.trim().to_owned()))
}
