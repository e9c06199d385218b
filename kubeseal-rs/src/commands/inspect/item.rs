//! `item`: what the length of a sealed value shows.

use crate::commands::inspect::problem::Problem;
use crate::commands::inspect::report::Item;
use envelope::measure;
use sealing::decode_base64;

/// The smallest key that counts as a sealing key, in bits.
const SMALLEST_KEY: usize = 2048;

/// Describes the value under `key`; none if it is no text.
pub(crate) fn item(key: &str, sealed: Option<&str>, problems: &mut Vec<Problem>) -> Item {
    let nothing = Item { key: key.to_owned(), size: None, key_bits: None };
    let key = || key.to_owned();
    let Some(sealed) = sealed else {
        problems.push(Problem::NotText(key()));
        return nothing;
    };
    let Some(envelope) = decode_base64(sealed) else {
        problems.push(Problem::NotBase64(key()));
        return nothing;
    };
    match measure(&envelope) {
        Ok(sizes) if sizes.modulus * 8 >= SMALLEST_KEY => {
            Item { size: Some(sizes.value), key_bits: Some(sizes.modulus * 8), ..nothing }
        }
        Ok(_) => {
            problems.push(Problem::NotSealed(key()));
            nothing
        }
        Err(_) => {
            problems.push(Problem::Truncated(key()));
            nothing
        }
    }
}
