//! `install`: writes the hook of Git that runs `guard --staged` before each commit.
//!
//! Decided: asks `git rev-parse` where the hooks are, instead of reading `core.hooksPath`, because several configuration files and what they include
//! set it; a hook is of no use without `git`, and `rev-parse` runs no program that a repository names.
//!
//! Decided: a hook that another program or the user wrote is never changed, because only they know what must come first in it.

pub(crate) mod script;

use crate::commands::guard::install::script::{GUARD, is_for_a_shell, runs_guard};
use crate::error::{CommandError, Hint};
use crate::files::git::error::GitError;
use crate::files::git::read_small;
use crate::files::git::repository::Repository;
use crate::files::output::print_text;
use crate::terminal::escape::{shown, shown_path};
use crate::terminal::program;
use crate::terminal::warnings::alert;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};
use tempfile::NamedTempFile;

/// The second line of the hook, by which it is known again.
const MARK: &str = "# Written by `guard --install`: refuses a commit with plaintext Secrets.";

/// No hook that is read is larger.
const LARGEST_HOOK: u64 = 1 << 20;

/// Why the hook was not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InstallError {
    #[error("cannot find the repository")]
    Repository(#[source] GitError),
    #[error("cannot run git")]
    Run(#[source] io::Error),
    #[error("git does not say where its hooks are: {0}")]
    Refused(String),
    #[error("there is already another hook, {}; nothing was changed", shown_path(.path))]
    Foreign { path: PathBuf, hint: String },
    #[error("cannot write the hook {}", shown_path(.path))]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl Hint for InstallError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Repository(_) => "run it in the work tree of the repository that is to get the hook".into(),
            Self::Run(_) => "install git; without it there are no commits to guard".into(),
            Self::Refused(_) => "`git rev-parse --git-path hooks` in the work tree must name a directory".into(),
            Self::Foreign { hint, .. } => hint.clone(),
            Self::Write { .. } => "`git config --show-origin core.hooksPath` says whether a configuration names another directory; it must be one \
                                   that you may write to"
                .into(),
        })
    }
}

/// Writes the hook of the repository around the current directory, and prints its path.
pub(crate) fn install() -> Result<(), CommandError> {
    let read_failed = |source| GitError::Read { path: ".".into(), source };
    let directory = env::current_dir().map_err(read_failed).map_err(InstallError::Repository)?;
    let repository = Repository::around(&directory).map_err(InstallError::Repository)?;
    let hooks = hooks_of(&repository.work_tree)?;
    if !is_own(&hooks, &repository) {
        alert(format_args!(
            "core.hooksPath names {}, outside of this repository: the hook is for every repository that uses that directory",
            shown_path(&hooks)
        ));
    }
    let path = hooks.join("pre-commit");
    let shown = shown_path(path.strip_prefix(&directory).unwrap_or(&path));
    let wanted = text(&program_word());
    let failed = |source| InstallError::Write { path: path.clone(), source };
    let done = match there(&path).map_err(failed)? {
        Some(text) if text == wanted.as_bytes() && is_executable(&path) => {
            format!("{shown} is there already")
        }
        Some(text) if !is_ours(&text) => {
            if !runs_guard(&String::from_utf8_lossy(&text)) {
                let hint = foreign_hint(&text);
                return Err(InstallError::Foreign { path: shown_as(&path, &directory), hint }.into());
            }
            if !is_executable(&path) {
                let hint =
                    "it runs guard, but git skips it, because it is not executable: `chmod +x` it".to_owned();
                return Err(InstallError::Foreign { path: shown_as(&path, &directory), hint }.into());
            }
            format!("{shown} runs it already")
        }
        _ => {
            write(&hooks, &path, &wanted).map_err(failed)?;
            format!("wrote {shown}")
        }
    };
    Ok(print_text(&format!("{done}: before each commit, git runs {} {GUARD}\n", program::name()))?)
}

fn shown_as(path: &Path, directory: &Path) -> PathBuf {
    path.strip_prefix(directory).unwrap_or(path).to_owned()
}

/// The directory of the hooks.
fn hooks_of(work_tree: &Path) -> Result<PathBuf, InstallError> {
    let mut git = Command::new("git");
    git.arg("-C").arg(work_tree).args(["rev-parse", "--git-path", "hooks"]);
    let output = git.output().map_err(InstallError::Run)?;
    let hooks = String::from_utf8_lossy(&output.stdout);
    let hooks = hooks.trim_end_matches(['\n', '\r']);
    if !output.status.success() || hooks.is_empty() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(InstallError::Refused(shown(why.lines().next().unwrap_or("nothing"))));
    }
    Ok(work_tree.join(hooks))
}

/// Whether only this repository uses the directory.
fn is_own(hooks: &Path, repository: &Repository) -> bool {
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let hooks = real(hooks);
    [&repository.work_tree, &repository.common_directory].into_iter().any(|own| hooks.starts_with(real(own)))
}

/// The hook that is there. A link is not followed: what it names may be shared.
fn there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
        Ok(metadata) if metadata.is_symlink() => {
            Ok(Some(read_small(path, LARGEST_HOOK).ok().flatten().unwrap_or_default()))
        }
        Ok(_) => read_small(path, LARGEST_HOOK),
    }
}

fn text(program: &str) -> String {
    format!("#!/bin/sh\n{MARK}\nexec {program} {GUARD}\n")
}

/// Whether it is what `install` writes, perhaps for a program elsewhere.
fn is_ours(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    let lines: Vec<&str> = text.lines().collect();
    matches!(lines[..], ["#!/bin/sh", MARK, run] if run.starts_with("exec ") && run.ends_with(GUARD))
}

/// What to do about a hook of another program.
fn foreign_hint(text: &[u8]) -> String {
    let name = program::name();
    let text = String::from_utf8_lossy(text);
    if text.contains("pre-commit.com") {
        format!(
            "it is that of the pre-commit framework: add guard to .pre-commit-config.yaml, as `{name} help guard` shows"
        )
    } else if text.starts_with("#!") && !is_for_a_shell(&text) {
        format!("let it run `{name} {GUARD}`, and fail if that fails")
    } else {
        let why = if text.contains(GUARD) {
            "; as it stands there, guard may not run, or the commit may pass although it fails"
        } else {
            ""
        };
        format!("add this line to it, below its first line: `{name} {GUARD} || exit 1`{why}")
    }
}

/// The name of this program if the PATH leads to it, else its path.
fn program_word() -> String {
    let own = env::current_exe().and_then(fs::canonicalize).unwrap_or_default();
    let file = format!("{}{}", program::name(), env::consts::EXE_SUFFIX);
    let path = env::var_os("PATH").unwrap_or_default();
    let first = env::split_paths(&path).map(|directory| directory.join(&file)).find(|file| file.is_file());
    if first.and_then(|first| fs::canonicalize(first).ok()).is_some_and(|first| first == own) {
        return program::name().to_owned();
    }
    format!("'{}'", own.to_string_lossy().replace('\'', r"'\''"))
}

fn write(hooks: &Path, path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(hooks)?;
    let mut file = NamedTempFile::new_in(hooks)?;
    file.write_all(text.as_bytes())?;
    make_executable(file.as_file())?;
    file.as_file().sync_all()?;
    file.persist(path).map(|_| ()).map_err(|error| error.error)
}

#[cfg(unix)]
fn make_executable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &fs::File) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> bool {
    true
}
