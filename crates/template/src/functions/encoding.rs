//! Functions that write values in a format or read them from one: base64, base32, JSON, URLs.

mod base64;
mod json;
mod json_parse;
mod url;

use super::signature::Function;

pub(super) const FILES: &[&[Function]] = &[base64::FUNCTIONS, json::FUNCTIONS, url::FUNCTIONS];
