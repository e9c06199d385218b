//! [`Program`]: the name this program was called by, and its version.

use std::ffi::OsString;
use std::path::Path;

/// What it is called where nobody says.
const DEFAULT_NAME: &str = "kubeseal-rs";

/// This program, under the name it is installed as: `kubeseal-rs`, or `kubeseal` where it stands in for upstream's.
pub(crate) struct Program {
    name: String,
}

impl Program {
    /// Takes the name from the zeroth argument.
    pub(crate) fn named_by(argument: Option<&OsString>) -> Self {
        let name = argument
            .and_then(|path| Path::new(path).file_stem())
            .and_then(|name| name.to_str())
            .filter(|name| !name.is_empty())
            .unwrap_or(DEFAULT_NAME);
        Self { name: name.to_owned() }
    }

    /// The name to show.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The line that `--version` prints; scripts take its third word, as from upstream's.
    pub(crate) fn version_line(&self) -> String {
        format!("{} version: v{}\n", self.name, env!("CARGO_PKG_VERSION"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_called_what_it_is_installed_as() {
        let named = |path: &str| Program::named_by(Some(&path.into())).name().to_owned();
        assert_eq!(named("/usr/local/bin/kubeseal"), "kubeseal");
        assert_eq!(named("kubeseal-rs"), "kubeseal-rs");
        assert_eq!(named("kubeseal-rs.exe"), "kubeseal-rs");
        assert_eq!(named(""), "kubeseal-rs");
        assert_eq!(Program::named_by(None).name(), "kubeseal-rs");
    }
}
