//! `read`: the certificate from a file.

use std::io::{self, Read as _};
use std::path::Path;

/// Larger than any certificate chain, smaller than what somebody names by mistake.
pub(super) const LARGEST: u64 = 1 << 20;

/// Reads the file as text. Bytes that are none become question marks: whether PEM is in there is decided later.
pub(super) fn read(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
