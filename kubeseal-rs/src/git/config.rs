//! `object_hash`: the format of a repository, by its configuration.

use super::error::GitError;
use super::read_small;
use gix_hash::Kind;
use std::path::Path;

/// No configuration is larger.
const LARGEST: u64 = 1 << 20;

/// How objects are named in the repository with this common directory. A format that is not known is an error, because its
/// index could be misread.
pub(super) fn object_hash(common: &Path) -> Result<Kind, GitError> {
    let path = common.join("config");
    let bytes =
        read_small(&path, LARGEST).map_err(|source| GitError::Read { path, source })?.unwrap_or_default();
    let mut hash = Kind::Sha1;
    for (key, value) in entries(&String::from_utf8_lossy(&bytes)) {
        match (key.as_str(), value.as_str()) {
            ("core.repositoryformatversion", "0" | "1")
            | ("extensions.refstorage", "files")
            | ("extensions.objectformat", "sha1") => {}
            ("extensions.objectformat", "sha256") => hash = Kind::Sha256,
            ("core.repositoryformatversion" | "extensions.refstorage" | "extensions.objectformat", value) => {
                return Err(GitError::Format(format!("{key} = {}", value.escape_debug())));
            }
            _ => {}
        }
    }
    Ok(hash)
}

/// `section.key` and value of each line, in lower case. Sections with names in quotes are none that are looked for.
fn entries(text: &str) -> Vec<(String, String)> {
    let mut section = String::new();
    let mut entries = Vec::new();
    for line in text.lines() {
        let mut line = line.trim();
        if let Some((name, rest)) = line.strip_prefix('[').and_then(|header| header.split_once(']')) {
            section = name.trim().to_ascii_lowercase();
            line = rest.trim();
        }
        if let Some((key, value)) = line.split_once('=') {
            let value = value.split(['#', ';']).next().unwrap_or_default().trim().trim_matches('"');
            entries
                .push((format!("{section}.{}", key.trim().to_ascii_lowercase()), value.to_ascii_lowercase()));
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_format_is_read_and_an_unknown_one_refused() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(object_hash(directory.path()).unwrap(), Kind::Sha1);
        for (text, hash) in [
            ("[core]\n\trepositoryformatversion = 0\n\tfsmonitor = touch x\n", Some(Kind::Sha1)),
            (
                "[core]\nrepositoryFormatVersion = 1\n[Extensions]\n objectFormat = \"sha256\" # x\n",
                Some(Kind::Sha256),
            ),
            ("[extensions] objectformat=sha256", Some(Kind::Sha256)),
            ("[remote \"extensions\"]\nobjectformat = sha256\n", Some(Kind::Sha1)),
            ("[core]\nrepositoryformatversion = 99\n", None),
            ("[extensions]\nrefstorage = reftable\n", None),
            ("[extensions]\nobjectformat = sha3\n", None),
        ] {
            fs::write(directory.path().join("config"), text).unwrap();
            assert_eq!(object_hash(directory.path()).ok(), hash, "{text}");
        }
    }
}
