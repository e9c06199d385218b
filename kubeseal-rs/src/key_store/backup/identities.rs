//! [`Identities`]: the private keys in files that decrypt a backup: of age, and of SSH. An SSH key with a passphrase is decrypted once it is
//! known that the backup is encrypted to it.

use crate::files::input::Input;
use crate::key_store::backup::error::BackupError;
use crate::key_store::backup::header::Header;
use crate::key_store::backup::passphrase;
use age::secrecy::SecretString;
use age::ssh::{self, UnsupportedKey};
use age::{Identity, IdentityFile, x25519};
use std::path::{Path, PathBuf};

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
    /// Every identity in these files.
    pub(crate) fn read(files: &[PathBuf]) -> Result<Self, BackupError> {
        let mut all = Self::default();
        for file in files {
            all.add(file)?;
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
                let passphrase: SecretString = match passphrase_file {
                    Some(file) => passphrase::from_file(file)?,
                    None => passphrase::prompt_for_ssh(&path)?,
                };
                let opened = key.decrypt(passphrase).map_err(|_| BackupError::SshPassphrase(path))?;
                all.push(Box::new(ssh::Identity::from(opened)));
            }
        }
        Ok(all)
    }

    fn add(&mut self, path: &Path) -> Result<(), BackupError> {
        let bytes = Input::File(path.to_owned())
            .read_text("identities")
            .map_err(|source| BackupError::Read { what: "the identities", source })?;
        let unusable = || BackupError::Identity(path.to_owned());
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
