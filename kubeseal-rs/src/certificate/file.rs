//! `read`: the certificate from a file.

use crate::files::encoding::to_utf8;
use std::io::{self, Read as _};
use std::path::Path;

/// Larger than any certificate chain, smaller than most files that are named by mistake.
pub(crate) const LARGEST: u64 = 1 << 20;

/// Reads the file as text, in UTF-8 or UTF-16. Other bytes become question marks, because only PEM blocks in the text count.
pub(crate) fn read(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&to_utf8(bytes)).into_owned())
}
