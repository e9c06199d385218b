//! The file of a cluster's certificate, which stays inside the repository wherever links lead.

use crate::files::git::read_small;
use crate::files::output::Output;
use envelope::{Certificate, CertificateError};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

/// Larger than any certificate.
const LARGEST: u64 = 1 << 20;

/// The folder of the certificates that `init` writes.
const FOLDER: &str = ".sealed-secrets";

/// A folder with more files has more than certificates.
const MOST: usize = 1000;

/// Reads the file at this path from the root.
pub(crate) fn read(root: &Path, path: &Path) -> io::Result<String> {
    let real = fs::canonicalize(root.join(path))?;
    check_inside(root, &real)?;
    let bytes = read_small(&real, LARGEST)?.ok_or(ErrorKind::NotFound)?;
    String::from_utf8(bytes).map_err(|_| io::Error::other("it is not text in UTF-8"))
}

/// Writes the certificate, as a whole or not at all. A file that holds anything else stays: a project file may name any file.
pub(crate) fn write(root: &Path, path: &Path, certificate: &Certificate) -> io::Result<()> {
    match read(root, path) {
        Ok(text) => match Certificate::from_pem(&text) {
            Err(CertificateError::NotPem | CertificateError::PrivateKey) if !text.trim().is_empty() => {
                return Err(io::Error::other("there is a file that holds no certificate"));
            }
            _ => {}
        },
        Err(error) if error.kind() == ErrorKind::NotFound => create_directory_of(root, path)?,
        Err(error) => return Err(error),
    }
    let target = root.join(path);
    Output::File(target.clone()).write(certificate.to_pem().as_bytes()).map_err(|error| match error {
        crate::files::output::OutputError::File { source, .. } => source,
        other => io::Error::other(other.to_string()),
    })
}

/// Creates the directory of a file that does not exist, unless links lead out of the repository.
pub(crate) fn create_directory_of(root: &Path, path: &Path) -> io::Result<()> {
    let target = root.join(path);
    if fs::symlink_metadata(&target).is_ok_and(|metadata| metadata.is_symlink()) {
        return Err(io::Error::other("it is a symbolic link that leads nowhere"));
    }
    let directory = target.parent().unwrap_or(root);
    let existing = directory.ancestors().find_map(|ancestor| fs::canonicalize(ancestor).ok());
    check_inside(root, &existing.unwrap_or_else(|| root.to_owned()))?;
    fs::create_dir_all(directory)
}

/// Refuses a path outside of the repository, or in Git's own folder.
fn check_inside(root: &Path, real: &Path) -> io::Result<()> {
    let is_gits = |part: Component<'_>| part.as_os_str().eq_ignore_ascii_case(".git");
    match real.strip_prefix(root) {
        Ok(inside) if !inside.components().any(is_gits) => Ok(()),
        _ => Err(io::Error::other("a symbolic link leads out of the repository")),
    }
}

/// The path of the certificate that `init` writes for a cluster.
pub(crate) fn default_path(cluster: &str) -> PathBuf {
    PathBuf::from(FOLDER).join(format!("{cluster}.pem"))
}

/// The certificates in the folder of those that `init` writes, whether the project file names them or not.
pub(crate) fn in_default_folder(root: &Path) -> Vec<Certificate> {
    let entries = fs::read_dir(root.join(FOLDER)).into_iter().flatten().flatten().take(MOST);
    let names = entries.map(|entry| Path::new(FOLDER).join(entry.file_name()));
    let names = names.filter(|name| name.extension().is_some_and(|extension| extension == "pem"));
    names.filter_map(|name| Certificate::from_pem(&read(root, &name).ok()?).ok()).collect()
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn certificate() -> Certificate {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/test-only.crt");
        Certificate::from_pem(&fs::read_to_string(path).unwrap()).unwrap()
    }

    #[test]
    fn no_link_leads_out() {
        let folder = tempfile::tempdir().unwrap();
        let top = fs::canonicalize(folder.path()).unwrap();
        let root = top.join("repo");
        fs::create_dir_all(root.join(".git")).unwrap();
        fs::write(top.join("outside.pem"), certificate().to_pem()).unwrap();
        fs::write(root.join("inside.pem"), certificate().to_pem()).unwrap();
        symlink("../outside.pem", root.join("out.pem")).unwrap();
        symlink("..", root.join("up")).unwrap();
        symlink(".git", root.join("git")).unwrap();
        symlink("inside.pem", root.join("link.pem")).unwrap();
        symlink("../new.pem", root.join("new.pem")).unwrap();
        let read = |path: &str| read(&root, Path::new(path)).map_err(|error| error.to_string());
        let write =
            |path: &str| write(&root, Path::new(path), &certificate()).map_err(|error| error.to_string());

        assert_eq!(read("link.pem"), Ok(certificate().to_pem()));
        for path in ["out.pem", "up/outside.pem"] {
            assert_eq!(read(path), Err("a symbolic link leads out of the repository".into()), "{path}");
        }
        for path in ["out.pem", "up/x.pem", "up/a/b.pem", "git/config", "git/hooks/x"] {
            assert_eq!(write(path), Err("a symbolic link leads out of the repository".into()), "{path}");
        }
        assert!(write("new.pem").is_err() && !top.join("new.pem").exists());
        assert_eq!(fs::read_dir(&top).unwrap().count(), 2);
        assert_eq!(fs::read_dir(root.join(".git")).unwrap().count(), 0);

        write("a/b/c.pem").unwrap();
        write("a/b/c.pem").unwrap();
        assert_eq!(read("a/b/c.pem"), Ok(certificate().to_pem()));
        fs::write(root.join("app.yaml"), "kind: Deployment\n").unwrap();
        assert!(write("app.yaml").is_err());
        assert_eq!(read("app.yaml").unwrap(), "kind: Deployment\n");
    }
}
