//! SHA-256 of the files of a release. `checksums.sh` beside this folder writes `SHA256SUMS`.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

/// The checksum of a file, in hexadecimal.
pub(crate) fn of_file(path: &Path) -> Result<String> {
    Ok(of(&fs::read(path).with_context(|| format!("cannot read {}", path.display()))?))
}

/// The checksum of `bytes`, in hexadecimal.
pub(crate) fn of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// The names of the files in `dir`, sorted.
pub(crate) fn files(dir: &Path) -> Result<Vec<String>> {
    let cannot_read = || format!("cannot read {}", dir.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).with_context(cannot_read)? {
        let entry = entry.with_context(cannot_read)?;
        if entry.file_type().with_context(cannot_read)?.is_file() {
            let name = entry.file_name().into_string();
            names.push(name.map_err(|name| anyhow::anyhow!("{} is no name in UTF-8", name.display()))?);
        }
    }
    names.sort_unstable();
    Ok(names)
}
