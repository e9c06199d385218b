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

/// No annotation, of which all together have 256 KiB, unpacks to more in earnest.
const LARGEST: u64 = 16 << 20;

/// What the base64 of gzip begins with.
const GZIP: &str = "H4sI";

/// What the base64 of zip begins with.
const ZIP: &str = "UEsDB";

/// What packed copies begin with: the base64 of gzip, of zip, of `{"`, of `{` and a line end, and of `[`.
pub(in crate::command::guard) const PACKED: [&str; 5] = [GZIP, ZIP, "eyJ", "ewo", "W3s"];

/// What the header of a file in a zip archive has before its names.
const ZIP_HEADER: usize = 30;

/// JSON that the annotation holds, packed or not.
pub(super) fn json_in(value: &str) -> Option<Zeroizing<String>> {
    let value = value.trim();
    if value.starts_with(['{', '[']) {
        return Some(Zeroizing::new(value.to_owned()));
    }
    if !PACKED.iter().any(|begin| value.starts_with(begin)) {
        return None;
    }
    let bytes = Zeroizing::new(BASE64_STANDARD.decode(value).ok()?);
    let bytes = if value.starts_with(GZIP) {
        unpack(GzDecoder::new(bytes.as_slice()))
    } else if value.starts_with(ZIP) {
        let length =
            |at: usize| Some(usize::from(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])));
        let begin = ZIP_HEADER + length(26)? + length(28)?;
        unpack(DeflateDecoder::new(bytes.get(begin..)?))
    } else {
        bytes
    };
    let text = std::str::from_utf8(&bytes).ok()?.trim();
    text.starts_with(['{', '[']).then(|| Zeroizing::new(text.to_owned()))
}

/// What comes out, though it may be cut off.
fn unpack(packed: impl Read) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::new());
    let mut packed = packed.take(LARGEST);
    let mut room = Zeroizing::new([0; 8192]);
    while let Ok(count @ 1..) = packed.read(room.as_mut_slice()) {
        bytes.extend_from_slice(&room[..count]);
    }
    bytes
}
