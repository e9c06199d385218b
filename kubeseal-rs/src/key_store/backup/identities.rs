//! [`Identities`]: the private keys in files that decrypt a backup: of age, and of SSH. An SSH key with a passphrase is decrypted once it is
//! known that the backup is encrypted to it. A file of age identities that a passphrase protects, as `age -p` makes it, is opened at once.

use crate::files::input::Input;
use crate::key_store::backup::error::BackupError;
use crate::key_store::backup::header::Header;
use crate::key_store::backup::protected::{is_encrypted, is_protected};
use crate::key_store::backup::{passphrase, protected};
use age::secrecy::SecretString;
use age::ssh::{self, UnsupportedKey};
use age::{DecryptError, Identity, IdentityFile, x25519};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Identities that can be used at once, and SSH keys with a passphrase.
#[derive(Default)]
pub(crate) struct Identities {
    ready: Vec<Box<dyn Identity>>,
    /// Those among them that wrapped keys may be encrypted to.
    native: Vec<x25519::Identity>,
    locked: Vec<Locked>,
}

struct Locked {
    path: PathBuf,
    identity: ssh::Identity,
}

impl Identities {
    /// Every identity in these files. The passphrase of a protected one is on the first line of the other file, or prompted for.
    pub(crate) fn read(files: &[PathBuf], passphrase_file: Option<&Path>) -> Result<Self, BackupError> {
        let mut all = Self::default();
        for file in files {
            all.add(file, passphrase_file)?;
        }
        Ok(all)
    }

    /// Those that need no passphrase.
    pub(crate) fn into_ready(self) -> Vec<Box<dyn Identity>> {
        self.ready
    }

    /// Those of age itself, with which wrapped keys open.
    pub(crate) fn into_native(self) -> Vec<x25519::Identity> {
        self.native
    }

    /// Those that may open what has this header. For an SSH key, the passphrase is that of the file, or prompted for.
    pub(crate) fn for_header(
        self,
        header: &Header,
        passphrase_file: Option<&Path>,
    ) -> Result<Vec<Box<dyn Identity>>, BackupError> {
        let mut all = self.ready;
        for Locked { path, identity } in self.locked {
            let is_named = ssh::Recipient::try_from(identity.clone()).is_ok_and(|key| header.names(&key));
            if let ssh::Identity::Encrypted(key) = identity
                && is_named
            {
                let passphrase = passphrase_of(&path, passphrase_file)?;
                let opened = key.decrypt(passphrase).map_err(|_| BackupError::IdentityPassphrase(path))?;
                all.push(Box::new(ssh::Identity::from(opened)));
            }
        }
        Ok(all)
    }

    fn add(&mut self, path: &Path, passphrase_file: Option<&Path>) -> Result<(), BackupError> {
        let bytes = Input::File(path.to_owned())
            .read_text("identities")
            .map_err(|source| BackupError::Read { what: "the identities", source })?;
        let unusable = || BackupError::Identity(path.to_owned());
        let bytes = match is_encrypted(&bytes) {
            true if is_protected(&bytes).is_ok_and(|is_protected| is_protected) => {
                unprotected(path, &bytes, passphrase_file)?
            }
            true => return Err(unusable()),
            false => bytes,
        };
        if bytes.trim_ascii_start().starts_with(b"-----BEGIN ") {
            let identity =
                ssh::Identity::from_buffer(bytes.trim_ascii_start(), None).map_err(|_| unusable())?;
            match identity {
                ssh::Identity::Unencrypted(_) => self.ready.push(Box::new(identity)),
                ssh::Identity::Encrypted(_) => self.locked.push(Locked { path: path.to_owned(), identity }),
                ssh::Identity::Unsupported(key) => {
                    return Err(BackupError::SshKey { path: path.to_owned(), why: why(&key) });
                }
            }
            return Ok(());
        }
        // Its errors may show the content.
        let found = IdentityFile::from_buffer(bytes.as_slice()).map_err(|_| unusable())?;
        let found = found.into_identities().map_err(|_| unusable())?;
        let lines = std::str::from_utf8(&bytes).unwrap_or_default().lines();
        self.native.extend(lines.filter_map(|line| line.trim().parse::<x25519::Identity>().ok()));
        if found.is_empty() {
            return Err(unusable());
        }
        self.ready.extend(found.into_iter().map(|identity| identity as Box<dyn Identity>));
        Ok(())
    }
}

/// The files that were opened with a passphrase, which is asked for once in a process, however often its commands read identities. The process ends with
/// its command, and the allocator wipes what is freed.
static OPENED: Mutex<BTreeMap<PathBuf, Vec<u8>>> = Mutex::new(BTreeMap::new());

fn unprotected(path: &Path, file: &[u8], passphrase_file: Option<&Path>) -> Result<Vec<u8>, BackupError> {
    let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(text) = opened.get(path) {
        return Ok(text.clone());
    }
    let text = open(path, file, passphrase_file)?;
    opened.insert(path.to_owned(), text.clone());
    Ok(text)
}

/// The text of a protected file. The passphrase file is that of the backup as well: where it does not open this one, the user is prompted.
fn open(path: &Path, file: &[u8], passphrase_file: Option<&Path>) -> Result<Vec<u8>, BackupError> {
    let named = |error| match error {
        // The passphrase is right, and the file is cut off or was changed.
        BackupError::Decrypt(DecryptError::Io(_)) => BackupError::Identity(path.to_owned()),
        BackupError::Decrypt(_) => BackupError::IdentityPassphrase(path.to_owned()),
        other => other,
    };
    let Some(from) = passphrase_file else {
        return protected::open(file, passphrase::prompt_for_identity(path)?).map_err(named);
    };
    let by_file = protected::open(file, passphrase::from_file(from)?).map_err(named);
    match by_file {
        Err(BackupError::IdentityPassphrase(_)) if passphrase::has_terminal() => {
            protected::open(file, passphrase::prompt_for_identity(path)?).map_err(named)
        }
        done => done,
    }
}

/// The passphrase of an identity: that of the file, or prompted for.
fn passphrase_of(path: &Path, passphrase_file: Option<&Path>) -> Result<SecretString, BackupError> {
    passphrase_file.map_or_else(|| passphrase::prompt_for_identity(path), passphrase::from_file)
}

fn why(key: &UnsupportedKey) -> &'static str {
    match key {
        UnsupportedKey::EncryptedPem => {
            "it is encrypted in the old PEM format: `ssh-keygen -p -f FILE` writes it anew"
        }
        UnsupportedKey::EncryptedSsh(_) => {
            "it is encrypted with another cipher: `ssh-keygen -p -Z aes256-ctr -f FILE` writes it anew"
        }
        UnsupportedKey::Hardware(_) => "it is in a security key, which does not decrypt",
        UnsupportedKey::Type(_) => "only ssh-ed25519 and ssh-rsa keys decrypt",
    }
}
