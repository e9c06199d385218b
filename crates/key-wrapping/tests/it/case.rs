//! [`Case`]: a file of `vectors`, as the README beside that folder explains it.

use envelope::Certificate;
use key_wrapping::{AgeIdentity, KeyProviders, UnwrapError, Unwrapped, WrappedKey};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Fewer would mean that the folder was not found.
const AT_LEAST: usize = 100;

/// A document, and what it is opened with.
pub(crate) struct Case {
    pub(crate) name: String,
    header: BTreeMap<String, String>,
    pub(crate) text: String,
}

/// All cases, in the order of their names.
pub(crate) fn all() -> Vec<Case> {
    let folder = here().join("tests/vectors");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= AT_LEAST, "vectors are missing");
    paths.iter().map(|path| Case::read(path)).collect()
}

impl Case {
    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let (header, text) = text.split_once("\n\n").unwrap();
        let pairs = header.lines().map(|line| line.split_once(": ").unwrap());
        let header: BTreeMap<_, _> = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let mut text = text.strip_suffix('\n').unwrap().to_owned();
        if let Some(length) = header.get("length") {
            let missing = length.parse::<usize>().unwrap() - text.len();
            text.push_str(&" ".repeat(missing));
        }
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        Self { name, header, text }
    }

    pub(crate) fn of(&self, name: &str) -> &str {
        self.header.get(name).unwrap_or_else(|| panic!("{} has no {name}", self.name))
    }

    pub(crate) fn identity(&self) -> AgeIdentity {
        AgeIdentity::new(self.of("identity").parse().unwrap())
    }

    pub(crate) fn certificate(&self) -> Certificate {
        let path = format!("../envelope/tests/keys/{}.crt.pem", self.of("certificate"));
        Certificate::from_pem(&std::fs::read_to_string(here().join(path)).unwrap()).unwrap()
    }

    /// Opens a document as this case's is opened: in its cluster, whose one provider is its identity.
    pub(crate) async fn open(&self, key: &WrappedKey) -> Result<Unwrapped, UnwrapError> {
        let providers =
            KeyProviders::new(self.of("cluster").parse().unwrap(), vec![Arc::new(self.identity())], vec![]);
        providers.unwrap(key, self.certificate()).await
    }
}

/// The private key of the envelope's key `a`.
pub(crate) fn private_key() -> String {
    std::fs::read_to_string(here().join("../envelope/tests/keys/a.pkcs8.pem")).unwrap()
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
