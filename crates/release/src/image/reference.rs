//! [`Reference`]: the full name of an image, as container runtimes store it.

use std::fmt;
use std::str::FromStr;

use anyhow::{Context as _, Error, Result, ensure};

/// `REGISTRY/REPOSITORY:TAG`. Parsing a shorter name adds Docker's defaults: `web` means
/// `docker.io/library/web:latest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// `docker.io`, `registry.example.com:5000`.
    pub registry: String,
    /// `library/web`, `tools/sealed-secrets-controller`.
    pub repository: String,
    /// `0.1.0`.
    pub tag: String,
}

impl FromStr for Reference {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        ensure!(!text.contains('@'), "an image that is written has a tag: its digest is not known before");
        let (registry, rest) = match text.split_once('/') {
            Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => (host, rest),
            _ => ("docker.io", text),
        };
        let (path, tag) = rest.split_once(':').unwrap_or((rest, "latest"));
        let is_tag = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        ensure!(
            (1..=128).contains(&tag.len()) && tag.chars().all(is_tag) && !tag.starts_with(['.', '-']),
            "`{tag}` is no tag"
        );
        let repository = if registry == "docker.io" && !path.contains('/') {
            format!("library/{path}")
        } else {
            path.to_owned()
        };
        let is_lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        for part in repository.split('/') {
            let ends = part.chars().next().zip(part.chars().last());
            let (first, last) = ends.with_context(|| format!("`{repository}` has an empty part"))?;
            ensure!(
                is_lower(first) && is_lower(last) && part.chars().all(|c| is_lower(c) || "._-".contains(c)),
                "`{part}` is no name in a registry: small letters, digits, and `.`, `_`, `-` between them"
            );
        }
        Ok(Self { registry: registry.to_owned(), repository, tag: tag.to_owned() })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}:{}", self.registry, self.repository, self.tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_completed_as_docker_does() -> Result<()> {
        for (text, whole) in [
            ("web", "docker.io/library/web:latest"),
            ("web:1", "docker.io/library/web:1"),
            ("tools/web:1", "docker.io/tools/web:1"),
            ("localhost/pause:1", "localhost/pause:1"),
            ("registry.example.com:5000/a/b/web:v1.0-rc.1", "registry.example.com:5000/a/b/web:v1.0-rc.1"),
        ] {
            assert_eq!(text.parse::<Reference>()?.to_string(), whole);
        }
        Ok(())
    }

    #[test]
    fn what_no_registry_takes_is_refused() {
        for text in ["", ":1", "Web", "web:", "web:.1", "a//web", "a.io/", "web@sha256:00", "we b", "-web"] {
            assert!(text.parse::<Reference>().is_err(), "{text}");
        }
    }
}
