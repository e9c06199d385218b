//! [`Rule`]: which clusters the files of some folders are sealed for, and how.

use crate::project::cluster_name::ClusterName;
use api::Scope;
use globset::{GlobBuilder, GlobMatcher};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The names of the files of `layout: per-cluster` where the rule has no `output`.
pub(crate) const DEFAULT_OUTPUT: &str = "{name}.{cluster}.yaml";

const NAME: &str = "{name}";
const CLUSTER: &str = "{cluster}";

/// How many objects are written for the clusters of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One object that opens in all of them.
    ///
    /// Decided: the default, because one file for all clusters is what a project file is written for, and with one cluster both
    /// layouts say the same.
    One,
    /// An ordinary SealedSecret for each of them, in a file of its own.
    PerCluster {
        /// The path of each file, from the folder of the output, with `{cluster}` and `{name}`.
        output: String,
    },
}

/// An entry under `rules`.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pattern: String,
    matcher: GlobMatcher,
    /// At least one. The first one's controller opens `layout: one` even if it is upstream's.
    pub to: Vec<ClusterName>,
    pub scope: Scope,
    pub layout: Layout,
}

/// Why a text is not a pattern of paths, or of outputs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidPattern {
    #[error("it is empty")]
    Empty,
    #[error("it begins with /, and paths are relative to the repository's root")]
    Absolute,
    #[error("it has the part \"{0}\", and a path goes down only")]
    Part(String),
    #[error("it is not a glob: {0}")]
    Glob(String),
    #[error("it lacks {CLUSTER}, so that the files of several clusters would have one name")]
    NoCluster,
    #[error("it has braces other than those of {NAME} and {CLUSTER}")]
    Braces,
}

impl Rule {
    pub(crate) fn new(
        pattern: String,
        to: Vec<ClusterName>,
        scope: Scope,
        layout: Layout,
    ) -> Result<Self, InvalidPattern> {
        check_path(&pattern)?;
        let glob = GlobBuilder::new(&pattern).literal_separator(true).backslash_escape(true).build();
        let glob = glob.map_err(|error| InvalidPattern::Glob(error.kind().to_string()))?;
        Ok(Self { matcher: glob.compile_matcher(), pattern, to, scope, layout })
    }

    /// The glob.
    pub(crate) fn pattern(&self) -> &str {
        &self.pattern
    }

    /// Whether the rule is for the file at this path from the repository's root.
    pub(crate) fn matches(&self, inside: &Path) -> bool {
        self.matcher.is_match(inside)
    }

    /// The file that holds the object for `cluster`, where `output` is the file that the user names.
    pub(crate) fn output_of(&self, output: &Path, cluster: &ClusterName) -> PathBuf {
        match &self.layout {
            Layout::One => output.to_owned(),
            Layout::PerCluster { output: pattern } => {
                let name = output.file_stem().unwrap_or_default().to_string_lossy();
                // The name comes last: it may hold the text {cluster}.
                output.with_file_name(pattern.replace(CLUSTER, cluster.as_str()).replace(NAME, &name))
            }
        }
    }

    /// The cluster whose file this is in `layout: per-cluster`; none if the name of the file does not say it.
    pub(crate) fn cluster_of(&self, file: &Path) -> Option<&ClusterName> {
        let Layout::PerCluster { output } = &self.layout else { return None };
        let parts: Vec<&str> = file.iter().map(|part| part.to_str()).collect::<Option<_>>()?;
        let is_of = |cluster: &&ClusterName| is_output(&parts, &output.replace(CLUSTER, cluster.as_str()));
        // Of `eu` and `prod-eu`, the longer one is meant.
        self.to.iter().filter(is_of).max_by_key(|cluster| cluster.as_str().len())
    }

    /// The clusters that the file is sealed for; none in `layout: per-cluster` if the name of the file does not say which.
    pub(crate) fn clusters_of(&self, file: &Path) -> &[ClusterName] {
        match self.layout {
            Layout::One => &self.to,
            Layout::PerCluster { .. } => self.cluster_of(file).map(std::slice::from_ref).unwrap_or_default(),
        }
    }

    /// The rule as a team could write it on one line, the same for every spelling of the rule.
    pub(crate) fn normalised(&self) -> String {
        let to: Vec<&str> = self.to.iter().map(ClusterName::as_str).collect();
        let output = match &self.layout {
            Layout::One => String::new(),
            Layout::PerCluster { output } => format!(", output: {}", quoted(output)),
        };
        format!(
            "{{ path: {}, to: [{}], scope: {}, layout: {}{output} }}",
            quoted(&self.pattern),
            to.join(", "),
            self.scope,
            self.layout.as_str()
        )
    }
}

/// The text in quotes, without line ends.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

impl Layout {
    pub(crate) const ONE: &str = "one";
    pub(crate) const PER_CLUSTER: &str = "per-cluster";

    pub(crate) const fn as_str(&self) -> &'static str {
        match self {
            Self::One => Self::ONE,
            Self::PerCluster { .. } => Self::PER_CLUSTER,
        }
    }
}

/// Checks the pattern of `output`.
pub(crate) fn check_output(pattern: &str) -> Result<(), InvalidPattern> {
    check_path(pattern)?;
    if !pattern.contains(CLUSTER) {
        return Err(InvalidPattern::NoCluster);
    }
    let rest = pattern.replace(CLUSTER, "").replace(NAME, "");
    if rest.contains(['{', '}']) { Err(InvalidPattern::Braces) } else { Ok(()) }
}

/// Checks that it is a relative path that goes down.
fn check_path(path: &str) -> Result<(), InvalidPattern> {
    if path.is_empty() {
        return Err(InvalidPattern::Empty);
    }
    if path.starts_with('/') {
        return Err(InvalidPattern::Absolute);
    }
    match path.split('/').find(|part| ["", ".", ".."].contains(part)) {
        Some(part) => Err(InvalidPattern::Part(part.to_owned())),
        None => Ok(()),
    }
}

/// Whether the last parts of a path, whatever separates them on this system, are those of the pattern.
fn is_output(parts: &[&str], pattern: &str) -> bool {
    let patterns: Vec<&str> = pattern.split('/').collect();
    let last = parts.len().checked_sub(patterns.len()).map(|start| &parts[start..]);
    last.is_some_and(|last| last.iter().zip(patterns).all(|(part, pattern)| is_like(part, pattern)))
}

/// Whether the text is the pattern, in which each `{name}` stands for one or more characters.
fn is_like(text: &str, pattern: &str) -> bool {
    match pattern.split_once(NAME) {
        None => text == pattern,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            let mut ends = rest.char_indices().map(|(at, c)| at + c.len_utf8());
            ends.any(|end| is_like(&rest[end..], after))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<ClusterName> {
        names.iter().map(|name| name.parse().unwrap()).collect()
    }

    fn rule(pattern: &str, layout: Layout) -> Rule {
        Rule::new(pattern.into(), names(&["eu", "prod-eu"]), Scope::Strict, layout).unwrap()
    }

    fn per_cluster(output: &str) -> Layout {
        check_output(output).unwrap();
        Layout::PerCluster { output: output.into() }
    }

    #[test]
    fn a_star_stays_in_its_folder_and_two_do_not() {
        for (pattern, path, expected) in [
            ("apps/*/prod/**", "apps/shop/prod/db.yaml", true),
            ("apps/*/prod/**", "apps/shop/prod/a/b/db.yaml", true),
            ("apps/*/prod/**", "apps/shop/a/prod/db.yaml", false),
            ("apps/*/prod/**", "apps/shop/prod", false),
            ("*.yaml", "db.yaml", true),
            ("*.yaml", "apps/db.yaml", false),
            ("**/*.yaml", "db.yaml", true),
            ("**", "a/b", true),
            ("a/{b,c}/*", "a/c/d", true),
            ("Apps/*", "apps/a", false),
        ] {
            assert_eq!(rule(pattern, Layout::One).matches(Path::new(path)), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn a_pattern_goes_down_only() {
        let error = |pattern: &str| Rule::new(pattern.into(), Vec::new(), Scope::Strict, Layout::One).err();
        assert_eq!(error(""), Some(InvalidPattern::Empty));
        assert_eq!(error("/apps/**"), Some(InvalidPattern::Absolute));
        for (pattern, part) in [("../**", ".."), ("a/../b", ".."), ("./a", "."), ("a//b", ""), ("a/", "")] {
            assert_eq!(error(pattern), Some(InvalidPattern::Part(part.into())), "{pattern}");
        }
        for pattern in ["a[", "a{b", "a/***[z-a]"] {
            assert!(matches!(error(pattern), Some(InvalidPattern::Glob(_))), "{pattern}");
        }
    }

    #[test]
    fn an_output_names_its_cluster() {
        for good in ["{name}.{cluster}.yaml", "overlays/{cluster}/{name}.yaml", "{cluster}.yaml"] {
            assert_eq!(check_output(good), Ok(()));
        }
        assert_eq!(check_output("{name}.yaml"), Err(InvalidPattern::NoCluster));
        assert_eq!(check_output("{cluster}/{namespace}.yaml"), Err(InvalidPattern::Braces));
        assert_eq!(check_output("../{cluster}.yaml"), Err(InvalidPattern::Part("..".into())));
    }

    #[test]
    fn each_cluster_has_its_file_and_each_file_its_cluster() {
        let output = Path::new("apps/shop/db.yaml");
        for (pattern, cluster, file) in [
            (DEFAULT_OUTPUT, "eu", "apps/shop/db.eu.yaml"),
            ("overlays/{cluster}/{name}.yaml", "prod-eu", "apps/shop/overlays/prod-eu/db.yaml"),
            ("{name}-{cluster}.yaml", "prod-eu", "apps/shop/db-prod-eu.yaml"),
            ("{name}-{cluster}.yaml", "eu", "apps/shop/db-eu.yaml"),
        ] {
            let rule = rule("apps/**", per_cluster(pattern));
            let cluster = cluster.parse().unwrap();
            assert_eq!(rule.output_of(output, &cluster), Path::new(file));
            assert_eq!(rule.cluster_of(Path::new(file)), Some(&cluster), "{file}");
        }
        let rule = rule("apps/**", per_cluster(DEFAULT_OUTPUT));
        for file in ["apps/shop/db.yaml", "apps/shop/.eu.yaml", "apps/shop/db.us.yaml", "db.eu.yaml/x.yaml"] {
            assert_eq!(rule.cluster_of(Path::new(file)), None, "{file}");
        }
        assert_eq!(rule.cluster_of(Path::new("db.eu.yaml")), Some(&"eu".parse().unwrap()));
    }

    #[test]
    fn the_parts_of_a_path_are_compared_whatever_separates_them() {
        let pattern = "overlays/eu/{name}.yaml";
        for (parts, expected) in [
            (&["apps", "overlays", "eu", "db.yaml"][..], true),
            (&["overlays", "eu", "db.yaml"], true),
            (&["eu", "db.yaml"], false),
            (&["overlays/eu/db.yaml"], false),
            (&["overlays", "eu", ".yaml"], false),
            (&["overlays", "us", "db.yaml"], false),
            (&[], false),
        ] {
            assert_eq!(is_output(parts, pattern), expected, "{parts:?}");
        }
    }

    #[test]
    #[cfg(windows)]
    fn a_path_of_windows_has_its_cluster() {
        let rule = rule("apps/**", per_cluster("overlays/{cluster}/{name}.yaml"));
        let file = Path::new(r"apps\shop\overlays\eu\db.yaml");
        assert_eq!(rule.cluster_of(file), Some(&"eu".parse().unwrap()));
    }

    #[test]
    fn normalised_text_has_the_defaults() {
        assert_eq!(
            rule("apps/**", per_cluster(DEFAULT_OUTPUT)).normalised(),
            r#"{ path: "apps/**", to: [eu, prod-eu], scope: strict, layout: per-cluster, output: "{name}.{cluster}.yaml" }"#
        );
        assert_eq!(
            rule("a\"\n*", Layout::One).normalised(),
            r#"{ path: "a\"\n*", to: [eu, prod-eu], scope: strict, layout: one }"#
        );
    }
}
