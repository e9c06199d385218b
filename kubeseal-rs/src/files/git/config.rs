//! [`Format`]: the format of a repository, from its configuration.

use crate::files::git::error::GitError;
use crate::files::git::read_small;
use gix_hash::Kind;
use std::path::Path;

/// No configuration is larger.
const LARGEST: u64 = 1 << 20;

/// The format of a repository.
#[derive(Debug)]
pub(crate) struct Format {
    /// The hash that names objects.
    pub object_hash: Kind,
    /// How references are stored, if not as files. The index does not depend on it.
    pub other_references: Option<String>,
}

impl Format {
    /// The format of the repository with this common directory. An unknown format is an error, because its index could
    /// be misread.
    pub(crate) fn of(common: &Path) -> Result<Self, GitError> {
        let path = common.join("config");
        let bytes =
            read_small(&path, LARGEST).map_err(|source| GitError::Read { path, source })?.unwrap_or_default();
        let mut format = Self { object_hash: Kind::Sha1, other_references: None };
        for (key, value) in entries(&String::from_utf8_lossy(&bytes)) {
            let setting = || format!("{key} = {}", value.escape_debug());
            match (key.as_str(), value.as_str()) {
                ("core.repositoryformatversion", "0" | "1") | ("extensions.objectformat", "sha1") => {}
                ("extensions.objectformat", "sha256") => format.object_hash = Kind::Sha256,
                ("extensions.refstorage", value) => {
                    format.other_references = (value != "files").then(setting);
                }
                ("core.repositoryformatversion" | "extensions.objectformat", _) => {
                    return Err(GitError::Format(setting()));
                }
                _ => {}
            }
        }
        Ok(format)
    }
}

/// `section.key` and value of each line, in lower case. Sections with quoted names are skipped.
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
        let hash_of = || Format::of(directory.path()).ok().map(|format| format.object_hash);
        assert_eq!(hash_of(), Some(Kind::Sha1));
        for (text, hash) in [
            ("[core]\n\trepositoryformatversion = 0\n\tfsmonitor = touch x\n", Some(Kind::Sha1)),
            (
                "[core]\nrepositoryFormatVersion = 1\n[Extensions]\n objectFormat = \"sha256\" # x\n",
                Some(Kind::Sha256),
            ),
            ("[extensions] objectformat=sha256", Some(Kind::Sha256)),
            ("[remote \"extensions\"]\nobjectformat = sha256\n", Some(Kind::Sha1)),
            ("[core]\nrepositoryformatversion = 99\n", None),
            ("[extensions]\nrefstorage = reftable\n", Some(Kind::Sha1)),
            ("[extensions]\nobjectformat = sha3\n", None),
        ] {
            fs::write(directory.path().join("config"), text).unwrap();
            assert_eq!(hash_of(), hash, "{text}");
        }
    }
}
