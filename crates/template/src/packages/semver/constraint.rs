//! Constraints on versions: `>=1.2, <2 || ~3.1 || 4.x - 5`.

use super::{LONGEST, Version};
use std::cmp::Ordering;
use std::fmt::Write as _;

/// Whether the version satisfies the constraint; none if the text is not a constraint.
pub(crate) fn satisfies(version: &Version, constraint: &str) -> Option<bool> {
    if constraint.len() > LONGEST {
        return None;
    }
    let alternatives =
        ranges_as_comparisons(constraint).split("||").map(conjunction).collect::<Option<Vec<_>>>()?;
    Some(alternatives.iter().any(|all| {
        // A prerelease satisfies only a constraint that names a prerelease.
        let prereleases = all.iter().any(|one| !one.version.prerelease.is_empty());
        let excluded = !version.prerelease.is_empty() && !prereleases;
        !excluded && all.iter().all(|one| one.holds(version))
    }))
}

const OPERATORS: [&str; 11] = ["!=", ">=", "=>", "<=", "=<", "~>", "=", ">", "<", "~", "^"];

/// One comparison.
struct Comparison {
    operator: &'static str,
    version: Version,
    /// A number is left out or is an x.
    loose: bool,
    /// The minor is left out or is an x.
    loose_minor: bool,
    /// The patch is left out or is an x, and the minor is given.
    loose_patch: bool,
}

/// The length of the version that the text begins with.
fn version_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let run = |from: usize, belongs: fn(u8) -> bool| {
        from + bytes[from.min(bytes.len())..].iter().take_while(|byte| belongs(**byte)).count()
    };
    let number: fn(u8) -> bool = |byte| byte.is_ascii_digit() || matches!(byte, b'x' | b'X' | b'*' | b'|');
    let identifier: fn(u8) -> bool = |byte| byte.is_ascii_alphanumeric() || byte == b'-';
    let start = usize::from(bytes.first() == Some(&b'v'));
    let mut end = run(start, number);
    if end == start {
        return 0;
    }
    for _ in 0..2 {
        let next = if bytes.get(end) == Some(&b'.') { run(end + 1, number) } else { end };
        if next <= end + 1 {
            break;
        }
        end = next;
    }
    for mark in [b'-', b'+'] {
        if bytes.get(end) != Some(&mark) {
            continue;
        }
        let mut next = run(end + 1, identifier);
        if next == end + 1 {
            continue;
        }
        while bytes.get(next) == Some(&b'.') && run(next + 1, identifier) > next + 1 {
            next = run(next + 1, identifier);
        }
        end = next;
    }
    end
}

/// `1.2 - 3` is `>= 1.2, <= 3`.
fn ranges_as_comparisons(constraint: &str) -> String {
    let mut out = String::new();
    let mut rest = constraint;
    while let Some(dash) = rest.find(" - ").or_else(|| rest.find("\t- ")) {
        let (before, after) = rest.split_at(dash);
        let after = after[2..].trim_start();
        let start = before.rfind([' ', ',', '|', '\t']).map_or(0, |index| index + 1);
        let from = before.trim_end();
        let start = start.min(from.len());
        let from_start = from.rfind([' ', ',', '|', '\t']).map_or(0, |index| index + 1).min(start);
        let length = version_length(after);
        if length == 0 || version_length(&from[from_start..]) == 0 {
            break;
        }
        out.push_str(&from[..from_start]);
        // Writing to a string does not fail.
        let _ = write!(out, ">= {}, <= {} ", &from[from_start..], &after[..length]);
        rest = &after[length..];
    }
    out.push_str(rest);
    out
}

/// Comparisons with spaces or commas between them.
fn conjunction(text: &str) -> Option<Vec<Comparison>> {
    let mut comparisons = Vec::new();
    let mut rest = text.trim_start();
    loop {
        let operator = OPERATORS.into_iter().find(|operator| rest.starts_with(operator)).unwrap_or("");
        rest = rest[operator.len()..].trim_start();
        let length = version_length(rest);
        if length == 0 {
            return None;
        }
        comparisons.push(Comparison::of(operator, &rest[..length])?);
        let after = &rest[length..];
        let spaced = after.trim_start();
        if spaced.is_empty() {
            return Some(comparisons);
        }
        rest = match spaced.strip_prefix(',') {
            Some(next) => next.trim_start(),
            None if spaced.len() < after.len() => spaced,
            None => return None,
        };
    }
}

impl Comparison {
    fn of(operator: &'static str, text: &str) -> Option<Self> {
        let bare = text.strip_prefix('v').unwrap_or(text);
        let end = bare.find(['-', '+']).unwrap_or(bare.len());
        // If a number is left out, what follows a prerelease is ignored.
        let prerelease = &bare[end..bare.find('+').unwrap_or(bare.len()).max(end)];
        let parts: Vec<&str> = bare[..end].split('.').collect();
        let is_open = |index: usize| parts.get(index).is_none_or(|part| matches!(*part, "x" | "X" | "*"));
        let (version, loose_minor, loose_patch) = match (is_open(0), is_open(1), is_open(2)) {
            (true, _, _) => (format!("0.0.0{prerelease}"), false, false),
            (_, true, _) => (format!("{}.0.0{prerelease}", parts[0]), true, false),
            (_, _, true) => (format!("{}.{}.0{prerelease}", parts[0], parts[1]), false, true),
            _ => (bare.to_owned(), false, false),
        };
        Some(Self {
            operator,
            version: Version::parse(&version)?,
            loose: is_open(0) || is_open(1) || is_open(2),
            loose_minor,
            loose_patch,
        })
    }

    fn holds(&self, version: &Version) -> bool {
        let order = version.compare(&self.version);
        let [major, minor, _] = version.numbers;
        let [wanted_major, wanted_minor, _] = self.version.numbers;
        match self.operator {
            "!=" => self.differs(version),
            ">" if !self.loose => order == Ordering::Greater,
            ">" => match major.cmp(&wanted_major) {
                Ordering::Equal if self.loose_minor => false,
                Ordering::Equal if self.loose_patch => minor > wanted_minor,
                Ordering::Equal => order == Ordering::Greater,
                other => other == Ordering::Greater,
            },
            "<" => order == Ordering::Less,
            ">=" | "=>" => order != Ordering::Less,
            "<=" | "=<" if !self.loose => order != Ordering::Greater,
            "<=" | "=<" => {
                !(major > wanted_major || major == wanted_major && minor > wanted_minor && !self.loose_minor)
            }
            "^" => self.caret(version),
            "" | "=" if !self.loose => order == Ordering::Equal,
            _ => self.tilde(version),
        }
    }

    fn differs(&self, version: &Version) -> bool {
        let [major, minor, patch] = version.numbers;
        let [wanted_major, wanted_minor, wanted_patch] = self.version.numbers;
        if self.loose {
            if major != wanted_major {
                return true;
            }
            if self.loose_minor {
                return false;
            }
            if minor != wanted_minor || patch != wanted_patch && !self.loose_patch {
                return true;
            }
            if self.loose_patch {
                return version.prerelease != self.version.prerelease;
            }
        }
        version.compare(&self.version) != Ordering::Equal
    }

    /// Whether major and minor are equal, as far as they are given, and the version is not lower.
    fn tilde(&self, version: &Version) -> bool {
        if version.compare(&self.version) == Ordering::Less {
            return false;
        }
        if self.version.numbers == [0; 3] && !self.loose_minor && !self.loose_patch {
            return true;
        }
        version.numbers[0] == self.version.numbers[0]
            && (self.loose_minor || version.numbers[1] == self.version.numbers[1])
    }

    /// Whether both are equal up to the first number that is not zero, and the version is not lower.
    fn caret(&self, version: &Version) -> bool {
        if version.compare(&self.version) == Ordering::Less {
            return false;
        }
        let [major, minor, patch] = version.numbers;
        let [wanted_major, wanted_minor, wanted_patch] = self.version.numbers;
        if wanted_major > 0 || self.loose_minor {
            return major == wanted_major;
        }
        if major > 0 {
            return false;
        }
        if wanted_minor > 0 || self.loose_patch {
            return minor == wanted_minor;
        }
        minor == 0 && patch == wanted_patch
    }
}
