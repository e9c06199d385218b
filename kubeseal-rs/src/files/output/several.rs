//! `write_all`: several files that appear together: all of them, or none.

use crate::files::output::overwrite::NotPutBack;
use crate::files::output::replacement::{Replacement, directory};
use crate::files::output::{Output, OutputError};
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// Writes each content to its output. Directories are created. After an error, the files are as they were before.
pub(crate) fn write_all(files: &[(Output, Vec<u8>)]) -> Result<(), OutputError> {
    if let [(output, content)] = files {
        return output.write(content);
    }
    let mut ready = Vec::new();
    for (output, content) in files {
        let prepared = prepare(output, content).map_err(|error| output.failed(error))?;
        ready.push((output, prepared));
    }
    let mut replaced: Vec<(&Path, Option<Vec<u8>>)> = Vec::new();
    for ((output, replacement), (_, content)) in ready.into_iter().zip(files) {
        let before = match output {
            Output::File(path) => fs::read(path).map(Some).or_else(|error| {
                if error.kind() == io::ErrorKind::NotFound { Ok(None) } else { Err(output.failed(error)) }
            }),
            Output::Stdout => Ok(None),
        };
        let before = match before {
            Ok(before) => before,
            Err(error) => return Err(restore(&replaced, error)),
        };
        let written = match replacement {
            Some(replacement) => replacement.commit().map_err(|error| output.failed(error)),
            None => output.write(content),
        };
        if let Err(error) = written {
            return Err(restore(&replaced, error));
        }
        if let Output::File(path) = output {
            replaced.push((path, before));
        }
    }
    Ok(())
}

/// The new file, complete, beside the one that it replaces. None if the output can only be written in place.
fn prepare(output: &Output, content: &[u8]) -> io::Result<Option<Replacement>> {
    let Output::File(path) = output else { return Ok(None) };
    fs::create_dir_all(directory(path))?;
    let mut replacement = Replacement::of(path)?;
    if let Some(replacement) = &mut replacement {
        replacement.write_all(content)?;
    }
    Ok(replacement)
}

/// Puts the files back that were replaced before the error.
fn restore(replaced: &[(&Path, Option<Vec<u8>>)], error: OutputError) -> OutputError {
    let restored = replaced.iter().all(|(path, before)| match before {
        Some(before) => Output::File((*path).to_owned()).write(before).is_ok(),
        None => fs::remove_file(path).is_ok(),
    });
    match error {
        OutputError::File { path, source } if !restored => {
            let source = io::Error::new(source.kind(), NotPutBack(source));
            OutputError::File { path, source }
        }
        error => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_files_appear_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let files = |names: &[&str]| -> Vec<(Output, Vec<u8>)> {
            names.iter().map(|name| (Output::File(at(name)), format!("new {name}").into_bytes())).collect()
        };
        fs::write(at("a"), "old a").unwrap();
        fs::write(at("file"), "").unwrap();

        // A directory cannot be created where a file is.
        assert!(write_all(&files(&["a", "b", "file/c"])).is_err());
        assert_eq!(fs::read_to_string(at("a")).unwrap(), "old a");
        assert!(!at("b").exists());

        write_all(&files(&["a", "b", "c/d/e"])).unwrap();
        for name in ["a", "b", "c/d/e"] {
            assert_eq!(fs::read_to_string(at(name)).unwrap(), format!("new {name}"));
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4);
    }

    #[test]
    fn what_was_replaced_is_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&a, "new a").unwrap();
        fs::write(&b, "new b").unwrap();
        let error = Output::File("c".into()).failed(io::ErrorKind::StorageFull.into());
        let error = restore(&[(&a, Some(b"old a".to_vec())), (&b, None)], error);
        assert_eq!(error.hint_of_a_loss(), None);
        assert_eq!(fs::read_to_string(&a).unwrap(), "old a");
        assert!(!b.exists());
        assert!(restore(&[(&b, None)], error).hint_of_a_loss().is_some());
    }
}
