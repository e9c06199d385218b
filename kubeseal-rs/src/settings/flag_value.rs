//! The types of flags' values, and how clap reads them. [`text`], [`texts`], [`path_of`] and [`paths_of`] drop empty values, which count as not given.

use crate::files::input::Input;
use crate::terminal::warnings::When;
use api::Scope;
use clap::builder::{PossibleValue, TypedValueParser};
use clap::parser::ValueSource;
use clap::{Arg, Command};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Format {
    /// Indented JSON objects.
    #[default]
    Json,
    /// YAML documents.
    Yaml,
}

const FORMATS: &[&str] = &["json", "yaml"];

/// A parser of values, with the names that a shell completes.
#[derive(Clone)]
struct Offered<P> {
    read: P,
    names: &'static [&'static str],
}

impl<P: TypedValueParser> TypedValueParser for Offered<P> {
    type Value = P::Value;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<P::Value, clap::Error> {
        self.read.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.names.iter().map(PossibleValue::new)))
    }
}

/// A scope by name; a shell completes the names.
pub(crate) fn offered_scope() -> impl TypedValueParser<Value = Scope> {
    Offered { read: scope, names: &["strict", "namespace-wide", "cluster-wide"] }
}

/// An output format by name; a shell completes the names.
pub(crate) fn offered_format() -> impl TypedValueParser<Value = Format> {
    Offered { read: format, names: FORMATS }
}

/// Any text; a shell completes the names of formats. It is read with [`format`] later, because upstream's flag parser
/// accepts any text, and a value that a flag parser refuses has another exit code than one that is refused later.
pub(crate) fn unchecked_format() -> impl TypedValueParser<Value = String> {
    Offered { read: clap::builder::StringValueParser::new(), names: FORMATS }
}

/// When warnings are shown, by name; a shell completes the names.
pub(crate) fn offered_warn() -> impl TypedValueParser<Value = When> {
    Offered { read: warn, names: &["auto", "always", "never"] }
}

fn warn(text: &str) -> Result<When, &'static str> {
    match text {
        "" | "auto" => Ok(When::Auto),
        "always" => Ok(When::Always),
        "never" => Ok(When::Never),
        _ => Err("write auto, always or never"),
    }
}

/// A path; an empty one, as of an unset variable, counts as none, as in upstream's kubeseal. clap refuses that.
pub(crate) fn path() -> impl TypedValueParser<Value = PathBuf> {
    clap::builder::OsStringValueParser::new().map(PathBuf::from)
}

/// A boolean as Go's flags read it. Every flag of type `bool` is read with it: see `Cli::definition`. An empty environment variable is false; an empty value on the command line is refused, as in
/// `--validate=$CHECK` where nothing set `CHECK`.
pub(crate) fn boolean() -> impl TypedValueParser<Value = bool> {
    Boolean
}

#[derive(Clone)]
struct Boolean;

impl TypedValueParser for Boolean {
    type Value = bool;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<bool, clap::Error> {
        typed_boolean.parse_ref(command, arg, value)
    }

    fn parse_ref_(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
        source: ValueSource,
    ) -> Result<bool, clap::Error> {
        if source == ValueSource::EnvVariable && value.is_empty() {
            return Ok(false);
        }
        self.parse_ref(command, arg, value)
    }
}

fn typed_boolean(text: &str) -> Result<bool, &'static str> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err("write true or false"),
    }
}

/// A scope by name; empty is the default.
fn scope(text: &str) -> Result<Scope, api::UnknownScope> {
    match text {
        "" => Ok(Scope::default()),
        name => name.parse(),
    }
}

/// An output format by name; empty is the default.
pub(crate) fn format(text: &str) -> Result<Format, &'static str> {
    match text.to_ascii_lowercase().as_str() {
        "" | "json" => Ok(Format::Json),
        "yaml" => Ok(Format::Yaml),
        _ => Err(FORMAT_RULE),
    }
}

/// The rule for formats, in words.
pub(crate) const FORMAT_RULE: &str = "a format is one of json and yaml";

/// The rule for names of namespaces, in words.
pub(crate) const NAMESPACE_RULE: &str =
    "a namespace has lower-case letters, digits and inner hyphens, 63 at most";

/// A namespace by name, or as kubectl also prints it: `namespace/shop`. Empty is none.
///
/// A value that is sealed for a name that no namespace can have never opens.
pub(crate) fn namespace(text: &str) -> Result<String, &'static str> {
    let name = without_kind(text);
    if is_namespace(name) { Ok(name.into()) } else { Err(NAMESPACE_RULE) }
}

/// Any text, without the kind that kubectl prints before a namespace. It is checked where it is used, because upstream
/// ignores `-n` if the scope is cluster-wide, and programs such as the extension of VS Code fill in a word there.
pub(crate) fn unchecked_namespace() -> impl TypedValueParser<Value = String> {
    clap::builder::StringValueParser::new().map(|text| without_kind(&text).to_owned())
}

fn without_kind(text: &str) -> &str {
    let prefixes = ["namespaces/", "namespace/", "ns/"];
    prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text)
}

/// Whether a namespace can have this name; the empty name counts.
pub(crate) fn is_namespace(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    name.len() <= 63 && name.chars().all(allowed) && !name.starts_with('-') && !name.ends_with('-')
}

/// The text, unless it is empty.
pub(crate) fn text(value: Option<String>) -> Option<String> {
    value.filter(|value| !value.is_empty())
}

/// The texts that are not empty.
pub(crate) fn texts(values: Vec<String>) -> Vec<String> {
    values.into_iter().filter(|value| !value.is_empty()).collect()
}

/// The path, unless it is empty.
pub(crate) fn path_of(value: Option<PathBuf>) -> Option<PathBuf> {
    value.filter(|value| !value.as_os_str().is_empty())
}

/// The paths that are not empty.
pub(crate) fn paths_of(values: Vec<PathBuf>) -> Vec<PathBuf> {
    values.into_iter().filter(|value| !value.as_os_str().is_empty()).collect()
}

/// The file to read; `-` and none are standard input, as in kubectl. A file of this name is `./-`.
pub(crate) fn input(file: Option<PathBuf>) -> Input {
    Input::from(file.filter(|file| file != Path::new("-")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_are_names_with_or_without_their_kind() {
        for (text, name) in [
            ("shop", Some("shop")),
            ("ns/shop", Some("shop")),
            ("namespace/shop", Some("shop")),
            ("namespaces/shop", Some("shop")),
            ("", Some("")),
            ("Shop", None),
            ("shop/ns", None),
            ("-shop", None),
            ("sho p", None),
        ] {
            assert_eq!(namespace(text).ok().as_deref(), name, "{text}");
        }
        assert!(namespace(&"a".repeat(63)).is_ok() && namespace(&"a".repeat(64)).is_err());
    }

    #[test]
    fn a_hyphen_is_standard_input() {
        for (file, expected) in
            [(None, Input::Stdin), (Some("-"), Input::Stdin), (Some("./-"), Input::File("./-".into()))]
        {
            assert_eq!(input(file.map(PathBuf::from)), expected, "{file:?}");
        }
    }
}
