//! The file of `--trusted`: a line `NAME FINGERPRINT` or `NAME age1…` for each key, and a line `rules SHA256`; `#` begins a comment.
//!
//! Decided: a file inside the repository is refused, because the pull request that changes the project file could change it, too.

use crate::project::cluster_name::RESERVED;
use crate::project::trust::error::TrustError;
use crate::project::trust::trusted::{Trusted, TrustedRules};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

/// Longer than any such list.
const LARGEST: u64 = 1 << 20;

/// What the file lists, for the repository at `root`.
pub(crate) fn read(file: &Path, root: &Path) -> Result<Trusted, TrustError> {
    if fs::canonicalize(file).is_ok_and(|file| file.starts_with(root)) {
        return Err(TrustError::InRepository(file.to_owned()));
    }
    let failed = |source| TrustError::Read { path: file.to_owned(), source };
    let mut text = String::new();
    // It may be a pipe, as of `--trusted <(git show …)`.
    File::open(file).map_err(failed)?.take(LARGEST).read_to_string(&mut text).map_err(failed)?;
    parse(&text).map_err(|line| TrustError::Line { path: file.to_owned(), line })
}

/// The list; the number of a line that is wrong.
fn parse(text: &str) -> Result<Trusted, usize> {
    let mut trusted = Trusted::default();
    for (number, line) in (1..).zip(text.lines()) {
        let words: Vec<&str> = line.split('#').next().unwrap_or_default().split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            [RESERVED, digest] if is_digest(digest) && trusted.rules == TrustedRules::None => {
                trusted.rules = TrustedRules::Digest((*digest).to_owned());
            }
            [name, key] => {
                let name = name.parse().map_err(|_| number)?;
                let key = key.parse().map_err(|_| number)?;
                trusted.clusters.entry(name).or_default().keys.push(key);
            }
            _ => return Err(number),
        }
    }
    Ok(trusted)
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
}

/// The lines for the clusters of `trusted`, and for rules with this digest.
pub(crate) fn lines(trusted: &Trusted, digest: &str) -> String {
    let keys = trusted.clusters.iter();
    let keys = keys.flat_map(|(name, cluster)| cluster.keys.iter().map(move |key| format!("{name} {key}\n")));
    keys.chain([format!("{RESERVED} {digest}\n")]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::trust::claim::Claim;
    use crate::project::trust::rules::digest;

    #[test]
    fn reads_what_it_prints_and_comments() {
        let (one, two) = ("1".repeat(64), "2".repeat(64));
        let age = age::x25519::Identity::generate().to_public().to_string();
        let mut trusted = Trusted::default();
        for (cluster, key) in [("a", &one), ("a", &two), ("dr", &age)] {
            let (cluster, key) = (cluster.parse().unwrap(), key.parse().unwrap());
            trusted.add(Claim::Key { cluster, key, not_after: None });
        }
        let rules = vec!["r".to_owned()];
        let text = lines(&trusted, &digest(&rules));
        assert_eq!(text, format!("a {one}\na {two}\ndr {age}\nrules {}\n", digest(&rules)));
        let read = parse(&format!("# a comment\n\n{}", text.replace('\n', "  # renewed\r\n"))).unwrap();
        assert_eq!(read.clusters, trusted.clusters);
        assert!(read.has(&Claim::Rules(rules)) && !read.has(&Claim::Rules(Vec::new())));
    }

    #[test]
    fn a_line_that_says_nothing_is_wrong() {
        let one = "1".repeat(64);
        for line in [
            "a",
            "a b",
            &format!("a {one} c"),
            &format!("A {one}"),
            "rules 12",
            &format!("rules {one}\nrules {one}"),
            "a age1x",
            "dr AGE-SECRET-KEY-1QQ",
        ] {
            assert_eq!(parse(&format!("# one\n{line}\n")).err(), Some(1 + line.lines().count()), "{line}");
        }
        // Without rules, none are trusted, except none.
        assert!(!parse("").unwrap().has(&Claim::Rules(vec!["r".into()])));
    }

    #[test]
    fn a_file_in_the_repository_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap().join("repo");
        fs::create_dir(&root).unwrap();
        for name in ["repo/trusted", "trusted"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let read = |name: &str| read(&folder.path().join(name), &root);
        assert!(read("trusted").is_ok());
        for name in ["repo/trusted", "repo/../repo/trusted"] {
            assert!(matches!(read(name), Err(TrustError::InRepository(_))));
        }
        assert!(matches!(read("gone"), Err(TrustError::Read { .. })));
    }
}
