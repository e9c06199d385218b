//! `json_in`: the objects that an annotation repeats, as programs leave them there to see later what they applied.
//!
//! Decided: by what an annotation holds, not by its name, because there are many: kubectl and kubecfg write JSON, kapp
//! (`kapp.k14s.io/original`) too, Rancher (`objectset.rio.cattle.io/applied`) the base64 of gzip, operators (`banzaicloud.com/last-applied`)
//! the base64 of zip.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::read::{DeflateDecoder, GzDecoder};
use std::io::Read;
use zeroize::Zeroizing;

/// The annotations of one file unpack to no more than this together. One object has 256 KiB of annotations at most.
const BUDGET: usize = 8 << 20;

/// What the base64 of gzip begins with.
const GZIP: &str = "H4sI";

/// What the base64 of zip begins with.
const ZIP: &str = "UEsDB";

/// What packed copies begin with: the base64 of gzip, of zip, of `{"`, of `{` and a line end, and of `[`.
pub(in crate::command::guard) const PACKED: [&str; 5] = [GZIP, ZIP, "eyJ", "ewo", "W3s"];

/// What the header of a file in a zip archive has before its names.
const ZIP_HEADER: usize = 30;

/// How much the annotations of one file may still unpack to. Without a bound for the whole file, a few kilobytes of it could
/// unpack to more than there is memory.
pub(in crate::command::guard) struct Budget {
    left: usize,
    /// The annotations that were not looked into, because the budget was used up.
    pub unread: Vec<Unread>,
}

/// Where an annotation is that was not looked into.
#[derive(Debug, Clone, Copy)]
pub(in crate::command::guard) struct Unread {
    pub line: usize,
    pub document: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: BUDGET, unread: Vec::new() }
    }
}

/// An annotation unpacks to more than the budget has left.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OverBudget;

/// JSON that the annotation holds, packed or not.
pub(super) fn json_in(value: &str, budget: &mut Budget) -> Result<Option<Zeroizing<String>>, OverBudget> {
    let value = value.trim();
    if value.starts_with(['{', '[']) {
        return Ok(Some(Zeroizing::new(value.to_owned())));
    }
    if !PACKED.iter().any(|begin| value.starts_with(begin)) {
        return Ok(None);
    }
    let Ok(bytes) = BASE64_STANDARD.decode(value).map(Zeroizing::new) else { return Ok(None) };
    let bytes = if value.starts_with(GZIP) {
        unpack(GzDecoder::new(bytes.as_slice()), budget)?
    } else if value.starts_with(ZIP) {
        let Some(deflated) = deflated(&bytes) else { return Ok(None) };
        unpack(DeflateDecoder::new(deflated), budget)?
    } else {
        bytes
    };
    let text = std::str::from_utf8(&bytes).ok().map(str::trim);
    let text = text.filter(|text| text.starts_with(['{', '[']));
    Ok(text.map(|text| Zeroizing::new(text.to_owned())))
}

/// The content of the first file of a zip archive.
fn deflated(zip: &[u8]) -> Option<&[u8]> {
    let length = |at: usize| Some(usize::from(u16::from_le_bytes([*zip.get(at)?, *zip.get(at + 1)?])));
    zip.get(ZIP_HEADER + length(26)? + length(28)?..)
}

/// What comes out, though it may be cut off.
fn unpack(mut packed: impl Read, budget: &mut Budget) -> Result<Zeroizing<Vec<u8>>, OverBudget> {
    let mut bytes = Zeroizing::new(Vec::new());
    let mut room = Zeroizing::new([0; 8192]);
    while let Ok(count @ 1..) = packed.read(room.as_mut_slice()) {
        budget.left = budget.left.checked_sub(count).ok_or(OverBudget)?;
        bytes.extend_from_slice(&room[..count]);
    }
    Ok(bytes)
}
