//! [`recipients_in`]: the annotation for recipients, read from the annotations of an object.

use api::annotations::RECIPIENTS;
use recipients::{FormatError, Recipients};
use std::collections::BTreeMap;

/// The recipients that the annotation names, or why it cannot be read. None without the annotation.
#[must_use]
pub fn recipients_in(
    annotations: Option<&BTreeMap<String, String>>,
) -> Option<Result<Recipients, FormatError>> {
    annotations?.get(RECIPIENTS).map(|text| Recipients::from_text(text))
}
