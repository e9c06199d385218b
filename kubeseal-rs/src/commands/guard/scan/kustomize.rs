//! [`Generators`]: which files kustomize makes Secrets of: those that a `secretGenerator` names under `envs`, `env` and
//! `files`.
//!
//! Decided: reads, for each file, the kustomizations in the directories above it, because kustomize reads nothing from
//! elsewhere, and a hook may get the name of one file only.

use crate::commands::guard::report::finding::{Finding, FindingKind};
use crate::commands::guard::scan::allow_comment::AllowedLines;
use crate::commands::guard::value::plain::{Extent, is_encrypted_file, is_plain};
use crate::manifest::yaml::node::{YamlNode, YamlValue};
use crate::manifest::yaml::parse::parse;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use yaml_edit_in_place::split::documents;

/// The names of kustomization files.
const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Reads a file, which may not exist.
pub(crate) type Reader<'r> = Box<dyn Fn(&Path) -> Option<Vec<u8>> + 'r>;

/// The kustomizations that were read.
pub(crate) struct Generators<'r> {
    read: Reader<'r>,
    /// By directory, then by the path of the file.
    known: HashMap<PathBuf, HashMap<PathBuf, Generated>>,
}

/// A file that becomes a Secret, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Generated {
    generator: String,
    /// Each of its lines becomes an item.
    is_env: bool,
}

impl<'r> Generators<'r> {
    pub(crate) fn new(read: Reader<'r>) -> Self {
        Self { read, known: HashMap::new() }
    }

    /// Which generator makes a Secret of the file. `None` if no generator names it.
    pub(crate) fn of(&mut self, path: &Path) -> Option<Generated> {
        for directory in path.ancestors().skip(1) {
            if !self.known.contains_key(directory) {
                let named = self.read(directory);
                self.known.insert(directory.to_owned(), named);
            }
            if let Some(named) = self.known.get(directory).and_then(|named| named.get(path)) {
                return Some(named.clone());
            }
        }
        None
    }

    fn read(&self, directory: &Path) -> HashMap<PathBuf, Generated> {
        let mut named = HashMap::new();
        for name in NAMES {
            self.each_node(&directory.join(name), &mut |node, allowed| {
                for generator in list(node, "secretGenerator") {
                    add(generator, allowed, directory, &mut named);
                }
                // Generators in files of their own use paths relative to this directory, too.
                let files = list(node, "generators").iter().filter_map(YamlNode::text);
                for file in files.filter_map(|file| below(directory, file)) {
                    self.each_node(&file, &mut |node, allowed| {
                        if node.get("kind").and_then(YamlNode::text) == Some("SecretGenerator") {
                            add(node, allowed, directory, &mut named);
                        }
                    });
                }
            });
        }
        named
    }

    fn each_node(&self, path: &Path, see: &mut dyn FnMut(&YamlNode, &AllowedLines)) {
        let Some(bytes) = (self.read)(path) else { return };
        let Ok(text) = std::str::from_utf8(&bytes) else { return };
        let allowed = AllowedLines::of(text);
        for document in documents(text) {
            parse(document).unwrap_or_default().iter().for_each(|node| see(node, &allowed));
        }
    }
}

/// The path of a file that a kustomization in `directory` names; none if it leads out of the directory: kustomize
/// refuses that, and the repository may be a stranger's.
fn below(directory: &Path, file: &str) -> Option<PathBuf> {
    let mut path = PathBuf::new();
    for component in Path::new(file).components() {
        match component {
            Component::Normal(name) => path.push(name),
            Component::CurDir => {}
            Component::ParentDir => path.pop().then_some(())?,
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(directory.join(path))
}

fn list<'n>(node: &'n YamlNode, key: &str) -> &'n [YamlNode] {
    match node.get(key).map(|value| &value.value) {
        Some(YamlValue::List(items)) => items,
        _ => &[],
    }
}

/// Adds the files that a generator names, except those on lines that a comment allows.
fn add(
    generator: &YamlNode,
    allowed: &AllowedLines,
    directory: &Path,
    named: &mut HashMap<PathBuf, Generated>,
) {
    let name = generator.get("name").and_then(YamlNode::text).unwrap_or_default();
    for (field, is_env) in [("envs", true), ("env", true), ("files", false)] {
        let Some(value) = generator.get(field) else { continue };
        let items = if let YamlValue::List(items) = &value.value {
            items.as_slice()
        } else {
            std::slice::from_ref(value)
        };
        for item in items {
            let is_known = item.position.is_some_and(|position| allowed.has(position.line));
            let Some(file) = item.text().filter(|_| !is_known) else { continue };
            // `key=path`.
            let file = if is_env { file } else { file.split_once('=').map_or(file, |(_, file)| file) };
            let Some(path) = below(directory, file) else { continue };
            named.entry(path).or_insert(Generated { generator: name.to_owned(), is_env });
        }
    }
}

impl Generated {
    /// The plaintext in the file, which is `text` if it is text.
    pub(crate) fn findings(&self, bytes: &[u8], text: Option<&str>) -> Vec<Finding> {
        let generator = self.generator.clone();
        match text {
            _ if is_encrypted_file(bytes) => Vec::new(),
            Some(text) if self.is_env => env_lines(text)
                .map(|(line, key)| {
                    let what = FindingKind::EnvLine { generator: generator.clone(), key: key.to_owned() };
                    Finding { line, document: None, what }
                })
                .collect(),
            // A certificate is no secret.
            Some(text) if !is_plain(text, Extent::Whole) || is_certificate(text) => Vec::new(),
            _ => vec![Finding { line: 1, document: None, what: FindingKind::GeneratedFile { generator } }],
        }
    }
}

/// Line and key of each plain value.
fn env_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().filter_map(|(index, line)| {
        let line = line.trim();
        if line.starts_with('#') {
            return None;
        }
        // A name alone takes its value from the environment.
        let (key, value) = line.split_once('=')?;
        let key = key.trim().trim_start_matches("export ");
        let is_value = is_plain(value.trim().trim_matches(['"', '\'']), Extent::Whole);
        is_value.then_some((index + 1, key))
    })
}

fn is_certificate(text: &str) -> bool {
    text.trim_start().starts_with("-----BEGIN CERTIFICATE-----") && !text.contains("PRIVATE KEY")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_generators_name_are_known() {
        let kustomization = "secretGenerator:\n- name: app\n  envs: [.env, sub/../b.env]\n  files:\n  - tls.key\n  - key=c.txt\n  \
                             - known.txt # kubeseal-rs: allow\n- name: one\n  env: d.env\nconfigMapGenerator:\n- files: [e]\n";
        let read = |path: &Path| {
            (path == Path::new("base/kustomization.yaml")).then(|| kustomization.as_bytes().to_vec())
        };
        let mut generators = Generators::new(Box::new(read));
        let mut of = |path: &str| generators.of(Path::new(path)).map(|named| (named.generator, named.is_env));
        let app = |is_env| Some(("app".to_owned(), is_env));
        assert_eq!(of("base/.env"), app(true));
        assert_eq!(of("base/b.env"), app(true));
        assert_eq!(of("base/tls.key"), app(false));
        assert_eq!(of("base/c.txt"), app(false));
        assert_eq!(of("base/d.env"), Some(("one".to_owned(), true)));
        for other in ["base/known.txt", "base/e", "base/sub/.env", ".env"] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn what_leads_out_of_the_directory_is_not_named() {
        let base = Path::new("base");
        for file in ["../a", "sub/../../base/a", "..", "/etc/a", "/proc/kmsg"] {
            assert_eq!(below(base, file), None, "{file}");
        }
        assert_eq!(below(base, "./sub/../a"), Some(base.join("a")));
    }

    #[test]
    fn what_is_plain_in_them_is_found() {
        let lines = |is_env, text: &str| -> Vec<usize> {
            let file = Generated { generator: String::new(), is_env };
            file.findings(text.as_bytes(), Some(text)).iter().map(|finding| finding.line).collect()
        };
        assert_eq!(lines(true, "# A=b\nA=hunter2\n\nB=\nC\nexport D='hunter2'\nE=${F}\n"), [2, 6]);
        assert_eq!(lines(false, "hunter2\n"), [1]);
        for none in [
            "",
            "{{ .a }}",
            "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n",
            "{\"data\": \"ENC[AES256_GCM,data:x]\", \"sops\": {}}",
        ] {
            assert_eq!(lines(false, none), [0; 0], "{none}");
        }
        let sealed = "A=ENC[AES256_GCM,data:YQ==,iv:YQ==,tag:Yg==,type:str]\nsops_version=3.8.1\n";
        assert_eq!(lines(true, sealed), [0; 0]);
    }
}
