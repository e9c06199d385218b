//! The name that this program was called by, for its messages and help, and its version.
//!
//! Decided: it is one setting for the whole process, as in `warnings`. Where it is not set, as for the manual, it is
//! `kubeseal-rs`.

use std::ffi::OsString;
use std::path::Path;
use std::sync::OnceLock;

/// The name where no argument says another.
const DEFAULT_NAME: &str = "kubeseal-rs";

/// The version of upstream's kubeseal that this program is compatible with.
const UPSTREAM: &str = "0.40.0";

static NAME: OnceLock<String> = OnceLock::new();

/// Takes the name from the zeroth argument: `kubeseal-rs`, or `kubeseal` where it replaces upstream's.
pub(crate) fn called_by(argument: Option<&OsString>) {
    // Set once in a process.
    let _ = NAME.set(name_in(argument).to_owned());
}

/// The name to show.
pub(crate) fn name() -> &'static str {
    NAME.get().map_or(DEFAULT_NAME, String::as_str)
}

/// The line that `--version` prints. Scripts look for `kubeseal version: v` and compare the third word with versions of
/// upstream's: it is the version of the supported flags and files, under any name of the program.
pub(crate) fn version_line() -> String {
    format!("kubeseal version: v{UPSTREAM} ({DEFAULT_NAME} v{})\n", env!("CARGO_PKG_VERSION"))
}

fn name_in(argument: Option<&OsString>) -> &str {
    argument
        .and_then(|path| Path::new(path).file_stem())
        .and_then(|name| name.to_str())
        .filter(|name| !name.is_empty())
        .unwrap_or(DEFAULT_NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_called_what_it_is_installed_as() {
        for (path, name) in [
            ("/usr/local/bin/kubeseal", "kubeseal"),
            ("kubeseal-rs", "kubeseal-rs"),
            ("kubeseal-rs.exe", "kubeseal-rs"),
            ("", "kubeseal-rs"),
        ] {
            assert_eq!(name_in(Some(&path.into())), name);
        }
        assert_eq!(name_in(None), "kubeseal-rs");
    }
}
