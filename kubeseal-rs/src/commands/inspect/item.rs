//! `item`: what the length of a sealed value shows.

use crate::commands::inspect::problem::Problem;
use crate::commands::inspect::report::Item;
use crate::manifest::sealed_value::{NotSealed, measured};

/// Describes the value under `key`; none if it is no text.
pub(crate) fn item(key: &str, sealed: Option<&str>, problems: &mut Vec<Problem>) -> Item {
    let key = key.to_owned();
    let problem = match sealed.map(measured) {
        Some(Ok(sizes)) => {
            return Item { key, size: Some(sizes.value), key_bits: Some(sizes.modulus * 8) };
        }
        None => Problem::NotText(key.clone()),
        Some(Err(NotSealed::NotBase64)) => Problem::NotBase64(key.clone()),
        Some(Err(NotSealed::OtherData)) => Problem::NotSealed(key.clone()),
        Some(Err(NotSealed::Truncated)) => Problem::Truncated(key.clone()),
    };
    problems.push(problem);
    Item { key, size: None, key_bits: None }
}
