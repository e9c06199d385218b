//! Reads the values of flags that are more than text.

use super::Format;
use api::Scope;

/// A boolean as Go's flags read it; empty, as from an empty environment variable, is false.
pub(crate) fn boolean(text: &str) -> Result<bool, &'static str> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "" | "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err("write true or false"),
    }
}

/// A scope by name; empty is the default.
pub(crate) fn scope(text: &str) -> Result<Scope, api::UnknownScope> {
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
        _ => Err("a format is one of json and yaml"),
    }
}
