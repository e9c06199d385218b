//! [`Content`]: the files of an archive: the program, its licence, the README, completions and man pages.
//!
//! Decided: the program, LICENSE and README.md without a folder around them, as in upstream's archives, so that
//! `tar -xzf ARCHIVE kubeseal-rs` is all that an installation takes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::workspace;

/// Each shell that `kubeseal-rs completion` knows, with the name that the shell looks for.
const COMPLETIONS: [(&str, &str); 5] = [
    ("bash", "kubeseal-rs.bash"),
    ("zsh", "_kubeseal-rs"),
    ("fish", "kubeseal-rs.fish"),
    ("powershell", "kubeseal-rs.ps1"),
    ("elvish", "kubeseal-rs.elv"),
];

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_program: bool,
}

/// The files of an archive, by their path in it.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) entries: BTreeMap<String, Entry>,
}

impl Content {
    /// All that belongs to the executable `program`, which is called `name` in the archive. Runs it: an archive whose program does not
    /// start, or is of another version, is not written.
    pub(crate) fn of(program: &Path, name: &str) -> Result<Self> {
        let version = String::from_utf8_lossy(&run(program, &["--version"])?).trim().to_owned();
        ensure!(
            version.contains(concat!("kubeseal-rs v", env!("CARGO_PKG_VERSION"))),
            "{} is `{version}`, and this is a release of {}",
            program.display(),
            env!("CARGO_PKG_VERSION")
        );
        let mut content = Self::default();
        content.add(name, Entry { bytes: read(program)?, is_program: true });
        for file in ["LICENSE", "README.md"] {
            content.add(file, text(read(&workspace::root().join(file))?));
        }
        for (shell, file) in COMPLETIONS {
            content.add(&format!("completions/{file}"), text(run(program, &["completion", shell])?));
        }
        for page in man_pages()? {
            let bytes = read(&workspace::root().join("kubeseal-rs/man").join(&page))?;
            content.add(&format!("man/man1/{page}"), text(bytes));
        }
        Ok(content)
    }

    fn add(&mut self, path: &str, entry: Entry) {
        self.entries.insert(path.to_owned(), entry);
    }
}

const fn text(bytes: Vec<u8>) -> Entry {
    Entry { bytes, is_program: false }
}

/// The file names of all man pages.
fn man_pages() -> Result<Vec<String>> {
    let dir = workspace::root().join("kubeseal-rs/man");
    let files = fs::read_dir(&dir).with_context(|| format!("cannot read {}", dir.display()))?;
    let names = files.map(|file| Ok(file?.file_name().to_string_lossy().into_owned()));
    names.filter(|name: &Result<String>| name.as_ref().is_ok_and(|name| name.ends_with(".1"))).collect()
}

/// The output of the program with these arguments.
fn run(program: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("cannot run {}", program.display()))?;
    let line = arguments.join(" ");
    ensure!(output.status.success(), "`{} {line}` ended with {}", program.display(), output.status);
    ensure!(!output.stdout.is_empty(), "`{} {line}` printed nothing", program.display());
    Ok(output.stdout)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
