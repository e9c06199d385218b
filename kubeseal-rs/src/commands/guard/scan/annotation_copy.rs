//! `json_in`: the objects that an annotation repeats. Programs store them to compare later what they applied.
//!
//! Decided: by what an annotation holds, not by its name, because there are many: kubectl and kubecfg write JSON, kapp
//! (`kapp.k14s.io/original`) too, Rancher (`objectset.rio.cattle.io/applied`) the base64 of gzip, operators
//! (`banzaicloud.com/last-applied`) the base64 of zip.

use crate::files::decoded::inflate::TooLarge;
use crate::files::decoded::unpacked;

/// The annotations of one file unpack to no more than this in all. One object has 256 KiB of annotations at most.
const BUDGET: usize = 8 << 20;

/// Compressed copies begin with one of these: the base64 of gzip, of zip, of `{"`, of `{` and a line end, and of `[`.
pub(crate) const PACKED: [&str; 5] = ["H4sI", "UEsDB", "eyJ", "ewo", "W3s"];

/// How much the annotations of one file may still unpack to. Without a limit for the whole file, a few kilobytes could
/// unpack to more than the memory.
pub(crate) struct UnpackBudget {
    left: usize,
    /// The annotations that were not searched, because the budget was used up.
    pub unread: Vec<Unread>,
}

/// The location of an annotation that was not searched.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unread {
    pub line: usize,
    pub document: usize,
}

impl Default for UnpackBudget {
    fn default() -> Self {
        Self { left: BUDGET, unread: Vec::new() }
    }
}

/// JSON that the annotation holds, compressed or not.
pub(crate) fn json_in(value: &str, budget: &mut UnpackBudget) -> Result<Option<String>, TooLarge> {
    let is_json = |text: &&str| text.starts_with(['{', '[']);
    let value = value.trim();
    if is_json(&value) {
        return Ok(Some(value.to_owned()));
    }
    let Some(bytes) = unpacked(value.as_bytes(), &mut budget.left)? else { return Ok(None) };
    Ok(std::str::from_utf8(&bytes).ok().map(str::trim).filter(is_json).map(str::to_owned))
}
