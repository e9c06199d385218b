//! Finds a private key in files and texts, in every encoding in which it could stand there.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use envelope::PrivateKey;

/// Length of the pieces of the key that are searched for, in bytes.
const PIECE: usize = 24;

/// What betrays a private key.
pub(crate) struct Traces {
    needles: Vec<Vec<u8>>,
    /// Those that begin with these two bytes. Most positions of a text are passed over by this table: the search is not optimized in tests.
    by_start: Vec<Vec<usize>>,
}

impl Traces {
    /// Pieces of the private half: its bytes, their hex digits, their base64 wherever it begins; and the lines of its PEM texts, also in base64,
    /// as `kubectl get -o yaml` shows them.
    pub(crate) fn of(private: &PrivateKey) -> Result<Self> {
        let der = private.to_pkcs8_der()?;
        let pkcs1 = private.to_pkcs1_pem()?;
        let mut needles = BTreeSet::new();
        // The first third is the modulus and the exponent of the public half.
        for piece in der[der.len() / 2..].chunks_exact(PIECE) {
            needles.insert(piece.to_vec());
            let hex = piece.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
            needles.insert(hex.to_uppercase().into_bytes());
            needles.insert(hex.into_bytes());
            needles.extend(in_base64(piece));
        }
        let lines: Vec<&str> = pkcs1.lines().filter(|line| line.len() == 64).collect();
        for line in &lines[lines.len() / 2..] {
            needles.insert(line.as_bytes().to_vec());
            needles.extend(in_base64(line.as_bytes()));
        }
        let needles: Vec<_> = needles.into_iter().collect();
        let mut by_start = vec![Vec::new(); 1 << 16];
        for (index, needle) in needles.iter().enumerate() {
            by_start[start(needle)].push(index);
        }
        Ok(Self { needles, by_start })
    }

    /// Whether a text holds a piece of the key. Line breaks do not hide it.
    pub(crate) fn are_in(&self, text: &[u8]) -> bool {
        let without_breaks: Vec<u8> = text.iter().copied().filter(|byte| !b"\r\n".contains(byte)).collect();
        self.find(text) || self.find(&without_breaks)
    }

    fn find(&self, text: &[u8]) -> bool {
        let has = |position: usize, index: &usize| text[position..].starts_with(&self.needles[*index]);
        let windows = text.windows(2).enumerate();
        windows
            .into_iter()
            .any(|(position, window)| self.by_start[start(window)].iter().any(|index| has(position, index)))
    }

    /// The files below a folder that hold a piece of the key.
    pub(crate) fn in_files(&self, dir: &Path) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                found.extend(self.in_files(&path)?);
            } else if path.is_file() {
                let text = match fs::read(&path) {
                    // etcd, or the end of another test, deleted it meanwhile.
                    Err(error) if error.kind() == ErrorKind::NotFound => continue,
                    read => read.with_context(|| format!("cannot read {}", path.display()))?,
                };
                // etcd's log has its whole length from the start.
                let used = text.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
                if self.are_in(&text[..used]) {
                    found.push(path.display().to_string());
                }
            }
        }
        Ok(found)
    }
}

/// The base64 of some bytes that stand anywhere in longer ones: without the first and last characters, which depend on the neighbours.
fn in_base64(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..3).map(|before| {
        let shifted = [&[0_u8; 2][..before], bytes].concat();
        let text = BASE64_STANDARD_NO_PAD.encode(shifted);
        text.as_bytes()[4..text.len() - 4].to_vec()
    })
}

/// The first two bytes, as a number.
fn start(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}
