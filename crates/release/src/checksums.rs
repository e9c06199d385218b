//! SHA-256 of the files of a release, in the format of `sha256sum`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256};

/// The file with all checksums. Its signature is the signature of the release.
pub const FILE: &str = "SHA256SUMS";
/// How the name of a signature ends.
const SIGNATURE: &str = ".sigstore.json";

/// Writes `dir/SHA256SUMS` for all files in `dir` that are no signatures; returns its path.
pub fn write(dir: &Path) -> Result<PathBuf> {
    let mut text = String::new();
    for name in files(dir)? {
        if name != FILE && !name.ends_with(SIGNATURE) {
            // Two spaces: as `sha256sum` writes it. Writing to a String cannot fail.
            let _ = writeln!(text, "{}  {name}", of_file(&dir.join(&name))?);
        }
    }
    ensure!(!text.is_empty(), "{} has no files", dir.display());
    let path = dir.join(FILE);
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_has_a_line_but_signatures_and_the_list_itself() -> Result<()> {
        let dir = tempfile::tempdir()?;
        assert!(write(dir.path()).is_err());
        for file in ["b", "a", "a.sigstore.json", FILE] {
            fs::write(dir.path().join(file), "abc")?;
        }
        let sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(fs::read_to_string(write(dir.path())?)?, format!("{sum}  a\n{sum}  b\n"));
        Ok(())
    }
}
