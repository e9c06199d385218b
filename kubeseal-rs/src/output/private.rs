//! Writes plaintext: to standard output past its buffer, and to files that only their owner may read.
//!
//! Decided: written in place, instead of through a temporary file, which a crash would leave behind with the
//! plaintext in it. What is lost then can be opened again.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

/// To standard output; a reader that went away has seen enough.
pub(super) fn to_stdout(bytes: &[u8]) -> io::Result<()> {
    match unbuffered()?.write_all(bytes) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// The buffer of the standard library keeps what went through it.
#[cfg(unix)]
fn unbuffered() -> io::Result<File> {
    use std::os::fd::AsFd as _;
    io::stdout().as_fd().try_clone_to_owned().map(File::from)
}

#[cfg(not(unix))]
fn unbuffered() -> io::Result<io::Stdout> {
    Ok(io::stdout())
}

/// To a file of mode 0600, whatever it was before.
pub(super) fn to_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    if file.metadata()?.is_file() {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
        file.set_len(0)?;
    }
    file.write_all(bytes)?;
    file.flush()
}
