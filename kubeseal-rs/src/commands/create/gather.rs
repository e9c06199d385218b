//! `gather`: the values of a generic Secret, from flags, files, environment and prompts.

use crate::commands::create::env_file;
use crate::commands::create::error::CreateError;
use crate::commands::create::form::ValueSources;
use crate::commands::create::values::{KeyCheck, Values};
use crate::error::CommandError;
use crate::files::encoding::to_utf8;
use crate::manifest::names::check_key;
use crate::terminal::escape::shown_path;
use crate::terminal::prompt;
use envelope::Plaintext;
use std::fs;
use std::path::{Path, PathBuf};

/// Every value; no key comes twice. The user is prompted last, when nothing else can fail, and `check` has seen all
/// keys.
pub(crate) fn gather(sources: &ValueSources, check: KeyCheck<'_>) -> Result<Values, CommandError> {
    let mut values = Values::new();
    sources.prompts.iter().try_for_each(|key| checked(key, "--prompt"))?;
    for (key, value) in &sources.literals {
        checked(key, "--from-literal")?;
        add(&mut values, key.clone(), Plaintext::new(value.expose().as_bytes().to_vec()))?;
    }
    for (key, path) in &sources.paths {
        add_path(&mut values, key.as_deref(), path)?;
    }
    for path in &sources.env_files {
        add_env_file(&mut values, path)?;
    }
    check(&values.keys().chain(&sources.prompts).map(String::as_str).collect())?;
    for key in &sources.prompts {
        add(&mut values, key.clone(), Plaintext::new(prompt::read(key).map_err(CreateError::from)?))?;
    }
    Ok(values)
}

fn read(path: &Path) -> Result<Vec<u8>, CreateError> {
    fs::read(path).map_err(|source| CreateError::Read { path: path.to_owned(), source })
}

/// A whole text file, in UTF-8.
pub(crate) fn read_text(path: &Path) -> Result<Vec<u8>, CreateError> {
    read(path).map(to_utf8)
}

fn add_path(values: &mut Values, key: Option<&str>, path: &Path) -> Result<(), CreateError> {
    if path.is_dir() {
        if let Some(key) = key {
            return Err(CreateError::KeyForDirectory { key: key.into(), path: path.to_owned() });
        }
        return files(path)?.iter().try_for_each(|file| add_file(values, None, file));
    }
    add_file(values, key, path)
}

fn add_file(values: &mut Values, key: Option<&str>, path: &Path) -> Result<(), CreateError> {
    let name = path.file_name().map(|name| name.to_string_lossy());
    let key = key.or(name.as_deref()).unwrap_or_default().to_owned();
    checked(&key, &format!("--from-file {}", shown_path(path)))?;
    add(values, key, Plaintext::new(read(path)?))
}

/// The regular files in a directory. As in kubectl, links and subdirectories are skipped.
fn files(directory: &Path) -> Result<Vec<PathBuf>, CreateError> {
    let failed = |source| CreateError::Read { path: directory.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_type().map_err(failed)?.is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

fn add_env_file(values: &mut Values, path: &Path) -> Result<(), CreateError> {
    let bytes = read_text(path)?;
    let variable =
        |name: &str| std::env::var_os(name).map(std::ffi::OsString::into_encoded_bytes).unwrap_or_default();
    let read = env_file::read(&bytes, variable).map_err(|(line, source)| CreateError::EnvFile {
        path: path.to_owned(),
        line,
        source,
    })?;
    read.into_iter().try_for_each(|(key, value)| add(values, key, value))
}

fn checked(key: &str, from: &str) -> Result<(), CreateError> {
    check_key(key).map_err(|source| CreateError::Key { from: from.to_owned(), source })
}

fn add(values: &mut Values, key: String, value: Plaintext) -> Result<(), CreateError> {
    if values.contains_key(&key) {
        return Err(CreateError::Twice(key));
    }
    values.insert(key, value);
    Ok(())
}
