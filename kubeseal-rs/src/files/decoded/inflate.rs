//! `inflated`: the content of gzip, zlib or zip.
//!
//! Decided: in one call, with room for the largest possible result, instead of through the library's readers, because those lose the
//! part before the damage in a damaged text.

use flate2::{Decompress, FlushDecompress, Status};

/// The largest sum of decoded bytes. A Kubernetes object has 1.5 MiB at most.
pub(crate) const LARGEST: usize = 16 << 20;

/// One byte of deflate holds no more.
const LARGEST_RATIO: usize = 1032;

/// The text decodes to more than is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it decodes to more than {} MiB", LARGEST >> 20)]
pub(crate) struct TooLarge;

/// The content of `bytes`, at most `largest` bytes; none if they are not packed. Of truncated data, as much as there
/// is.
pub(crate) fn inflated(bytes: &[u8], largest: usize) -> Result<Option<Vec<u8>>, TooLarge> {
    if let Some(packed) = in_gzip(bytes).or_else(|| in_zip(bytes)) {
        return inflate(packed, false, largest);
    }
    match bytes {
        [first @ 0x78, second, ..] if (u16::from(*first) * 256 + u16::from(*second)).is_multiple_of(31) => {
            inflate(bytes, true, largest)
        }
        _ => Ok(None),
    }
}

/// Whether the bytes begin like packed data.
pub(crate) fn may_be_packed(bytes: &[u8]) -> bool {
    matches!(bytes, [0x1f, 0x8b, ..] | [b'P', b'K', ..] | [0x78, ..])
}

/// The deflated bytes after a gzip header.
fn in_gzip(bytes: &[u8]) -> Option<&[u8]> {
    let [0x1f, 0x8b, 8, flags, _, _, _, _, _, _, rest @ ..] = bytes else { return None };
    let mut rest = rest;
    if flags & 4 != 0 {
        let (length, extra) = rest.split_first_chunk::<2>()?;
        rest = extra.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    // A file name, and a comment.
    for flag in [8, 16] {
        if flags & flag != 0 {
            rest = &rest[memchr::memchr(0, rest)? + 1..];
        }
    }
    if flags & 2 != 0 { rest.get(2..) } else { Some(rest) }
}

/// The deflated bytes of the first file in an archive of zip.
fn in_zip(bytes: &[u8]) -> Option<&[u8]> {
    let header = bytes.strip_prefix(b"PK\x03\x04")?;
    let number = |at: usize| Some(usize::from(u16::from_le_bytes(*header.get(at..)?.first_chunk::<2>()?)));
    let is_deflated = number(4)? == 8;
    header.get(26 + number(22)? + number(24)?..).filter(|_| is_deflated)
}

fn inflate(packed: &[u8], has_zlib_header: bool, largest: usize) -> Result<Option<Vec<u8>>, TooLarge> {
    let most = packed.len().saturating_mul(LARGEST_RATIO).saturating_add(1);
    let mut room = vec![0; most.min(largest)];
    let mut state = Decompress::new(has_zlib_header);
    let status = state.decompress(packed, &mut room, FlushDecompress::Finish);
    let filled = usize::try_from(state.total_out()).map_or(0, |filled| filled.min(room.len()));
    if filled == largest && !matches!(status, Ok(Status::StreamEnd)) {
        return Err(TooLarge);
    }
    room.truncate(filled);
    Ok((filled > 0).then_some(room))
}
