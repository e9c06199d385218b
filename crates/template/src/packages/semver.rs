//! Semantic versions: read loosely (`v1.2`), compared strictly.

mod constraint;

pub(crate) use constraint::satisfies;

use std::cmp::Ordering;
use std::fmt;

/// A version, whose minor and patch may have been left out.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) numbers: [u64; 3],
    pub(crate) prerelease: String,
    pub(crate) metadata: String,
    pub(crate) original: String,
    /// Whether it is a pointer. Functions give pointers to versions; methods give versions, which have fewer methods.
    pointer: bool,
}

/// The longest text that is read as a version or constraint, because each is read many times.
pub(crate) const LONGEST: usize = 4096;

impl Version {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let bare = text.strip_prefix('v').unwrap_or(text);
        let (bare, metadata) = match bare.split_once('+') {
            Some((bare, metadata)) => (bare, Some(metadata)),
            None => (bare, None),
        };
        let (core, prerelease) = match bare.split_once('-') {
            Some((core, prerelease)) => (core, Some(prerelease)),
            None => (bare, None),
        };
        if !prerelease.is_none_or(is_prerelease) || !metadata.is_none_or(is_metadata) {
            return None;
        }
        let mut numbers = [0; 3];
        let parts: Vec<&str> = core.split('.').collect();
        if parts.len() > 3 {
            return None;
        }
        for (number, part) in numbers.iter_mut().zip(parts) {
            if !is_numeric(part) {
                return None;
            }
            *number = part.parse().ok()?;
        }
        Some(Self {
            numbers,
            prerelease: prerelease.unwrap_or_default().to_owned(),
            metadata: metadata.unwrap_or_default().to_owned(),
            original: text.to_owned(),
            pointer: true,
        })
    }

    pub(crate) fn is_pointer(&self) -> bool {
        self.pointer
    }

    /// A changed version as Go's methods give it: not a pointer, and with a new original text.
    pub(crate) fn derived(&self, numbers: [u64; 3], prerelease: &str, metadata: &str) -> Self {
        let mut version = Self {
            numbers,
            prerelease: prerelease.to_owned(),
            metadata: metadata.to_owned(),
            original: String::new(),
            pointer: false,
        };
        let mark = if self.original.starts_with('v') { "v" } else { "" };
        version.original = format!("{mark}{version}");
        version
    }

    /// The bytes it takes.
    pub(crate) fn size(&self) -> usize {
        size_of::<Self>() + self.prerelease.len() + self.metadata.len() + self.original.len()
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| {
            match (self.prerelease.is_empty(), other.prerelease.is_empty()) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                (false, false) => compare_prereleases(&self.prerelease, &other.prerelease),
            }
        })
    }
}

impl Default for Version {
    fn default() -> Self {
        Self {
            numbers: [0; 3],
            prerelease: String::new(),
            metadata: String::new(),
            original: String::new(),
            pointer: true,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.numbers;
        write!(f, "{major}.{minor}.{patch}")?;
        if !self.prerelease.is_empty() {
            write!(f, "-{}", self.prerelease)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

fn is_numeric(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_identifier(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

pub(crate) fn is_prerelease(text: &str) -> bool {
    text.len() <= LONGEST
        && text
            .split('.')
            .all(|part| is_identifier(part) && !(is_numeric(part) && part.len() > 1 && part.starts_with('0')))
}

pub(crate) fn is_metadata(text: &str) -> bool {
    text.len() <= LONGEST && text.split('.').all(is_identifier)
}

/// Compares identifier by identifier: numbers by size and before words, words by their bytes, a missing one before any.
fn compare_prereleases(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => match (a.parse::<u64>(), b.parse::<u64>()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => a.cmp(b),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}
