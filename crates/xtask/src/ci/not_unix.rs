//! kubeseal-rs as another system than Unix compiles it, which is Windows: in a copy of the workspace, `cfg(unix)` is false, and what the
//! standard library and tokio have for Unix alone is not found.
//!
//! Decided: on this machine's standard library instead of that of Windows, which is not installed everywhere. What needs `std::os::windows`
//! would not compile here, and nothing does. GitHub compiles it on Windows itself.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::copy;

/// What source files say, and what they say in the copy. No system is called `nix`.
const CHANGES: [(&str, &str); 6] = [
    ("cfg(unix)", "cfg(any())"),
    ("cfg(not(unix))", "cfg(all())"),
    ("cfg(windows)", "cfg(all())"),
    ("cfg!(unix)", "false"),
    ("os::unix", "os::nix"),
    ("signal::unix", "signal::nix"),
];

/// Where the dependencies for Unix begin in a Cargo.toml, and how the copy has none of them. All crates are changed: those that kubeseal-rs
/// does not have are not compiled.
const DEPENDENCIES: (&str, &str) = ("'cfg(unix)'.dependencies", "'cfg(any())'.dependencies");

pub(super) fn compile() -> Result<()> {
    copy::check(change, || "kubeseal-rs does not compile where the system is not Unix".to_owned())
}

fn change(copy: &Path) -> Result<()> {
    for part in ["kubeseal-rs", "crates"] {
        change_files(&copy.join(part))?;
    }
    for package in ["kubeseal-rs", "crates/key-wrapping"] {
        let manifest = copy.join(package).join("Cargo.toml");
        ensure!(
            read(&manifest)?.contains(DEPENDENCIES.1),
            "{} has no dependencies for Unix",
            manifest.display()
        );
        // What only the code for Unix uses is no mistake.
        let library = copy.join(package).join("src/lib.rs");
        write(&library, &format!("#![allow(warnings)]\n{}", read(&library)?))?;
    }
    Ok(())
}

/// Changes all source files and manifests below `dir`.
fn change_files(dir: &Path) -> Result<()> {
    let cannot_read = || format!("cannot read {}", dir.display());
    for entry in fs::read_dir(dir).with_context(cannot_read)? {
        let path = entry.with_context(cannot_read)?.path();
        if path.is_dir() {
            change_files(&path)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            write(&path, &changed(&read(&path)?))?;
        } else if path.ends_with("Cargo.toml") {
            write(&path, &read(&path)?.replace(DEPENDENCIES.0, DEPENDENCIES.1))?;
        }
    }
    Ok(())
}

fn changed(text: &str) -> String {
    CHANGES.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_for_unix_alone_is_not_found() {
        for (text, expected) in [
            (
                "#[cfg(unix)]\nuse std::os::unix::fs::symlink;",
                "#[cfg(any())]\nuse std::os::nix::fs::symlink;",
            ),
            ("#[cfg(not(unix))]\nfn other() {}", "#[cfg(all())]\nfn other() {}"),
            ("use tokio::signal::unix::signal;", "use tokio::signal::nix::signal;"),
        ] {
            assert_eq!(changed(text), expected);
        }
    }
}
