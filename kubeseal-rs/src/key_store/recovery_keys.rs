//! [`RecoveryKeys`]: private keys from files, to open SealedSecrets without their cluster.
//!
//! A file is PEM (PKCS#1 or PKCS#8, several keys and certificates in one), or a backup of sealing keys: Secrets and
//! Lists of them, in YAML or JSON, as `kubectl get -o yaml` writes them. Either may be encrypted, in the format of age,
//! as `keys backup` writes it. Wrapped keys and escrow copies in it open with the age identities of `--identity`.

pub(crate) mod error;

use crate::error::Hint as _;
use crate::files::input::Input;
use crate::key_store::backup::decrypt::Decryption;
use crate::key_store::key_form::WrappedForm;
use crate::key_store::key_opener::KeyOpener;
use crate::key_store::key_opener::error::KeyOpenError;
use crate::key_store::recovery_keys::error::RecoveryKeyError;
use crate::manifest::secrets;
use crate::settings::flag_value::paths_of;
use crate::settings::unlock_flags::UnlockFlags;
use crate::terminal::warnings::warn;
use api::sealing_key::{CERTIFICATE, PRIVATE_KEY, WRAPPED_TYPE};
use envelope::{Certificate, KeyPair, Plaintext, PrivateKey, PrivateKeyError, pem};
use jiff::{SignedDuration, Timestamp};
use rand::rngs::SysRng;
use sealing::{KeyRing, SealingKey};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The files that the flags name.
#[derive(Debug)]
pub(crate) struct RecoveryKeys {
    pub files: Vec<PathBuf>,
    /// How to decrypt encrypted files.
    pub unlock: Decryption,
}

impl RecoveryKeys {
    /// The files that flags name.
    pub(crate) fn from_args(files: Vec<PathBuf>, unlock: UnlockFlags) -> Self {
        Self { files: paths_of(files), unlock: Decryption::from_args(unlock) }
    }

    /// Every key in these files. A Secret that is no key is skipped with a warning, as long as there is one key.
    pub(crate) fn load(&self) -> Result<KeyRing, RecoveryKeyError> {
        let mut keys = Vec::new();
        let mut wrapped = Vec::new();
        let mut has_nameless = false;
        for file in &self.files {
            let found = read(file, &self.unlock)?;
            has_nameless |= found.has_nameless;
            for pair in found.pairs {
                keys.push(Arc::new(SealingKey::new(file.display().to_string(), pair)));
            }
            wrapped.extend(found.wrapped);
        }
        let unopened = self.open(wrapped, &mut keys)?;
        match (keys.is_empty(), unopened) {
            (false, _) => Ok(KeyRing::new(keys).with_nameless(has_nameless)),
            (true, Some((location, source))) => {
                Err(RecoveryKeyError::Wrapped { location, source: Box::new(source) })
            }
            (true, None) => Err(RecoveryKeyError::Nothing),
        }
    }

    /// Opens wrapped keys, but for those that are there in plain. Returns why the first of those that do not open does not.
    fn open(
        &self,
        wrapped: Vec<(String, WrappedForm)>,
        keys: &mut Vec<Arc<SealingKey>>,
    ) -> Result<Option<(String, KeyOpenError)>, RecoveryKeyError> {
        if wrapped.is_empty() {
            return Ok(None);
        }
        let opener = KeyOpener::with_identities(&self.unlock).map_err(Box::new)?;
        let mut unopened = Vec::new();
        for (location, form) in wrapped {
            if has(keys, &form) {
                continue;
            }
            match opener.open(&form) {
                Ok(opened) => {
                    let key = SealingKey::new(location, opened.pair).dated(form.document.since());
                    keys.push(Arc::new(key));
                }
                Err(error) => unopened.push((location, form, error)),
            }
        }
        // Another Secret may hold the same key.
        unopened.retain(|(_, form, _)| !has(keys, form));
        if !keys.is_empty() {
            for (location, _, error) in &unopened {
                warn(format_args!("skipped the wrapped key in {location}: {}", error.with_hint()));
            }
        }
        Ok(unopened.into_iter().next().map(|(location, _, error)| (location, error)))
    }
}

fn has(keys: &[Arc<SealingKey>], form: &WrappedForm) -> bool {
    keys.iter().any(|key| key.pair().certificate().public() == form.certificate.public())
}

/// The keys in a file.
#[derive(Default)]
struct FoundKeys {
    pairs: Vec<KeyPair>,
    /// Whether a key came without its certificate, so that its fingerprint is not the one that SealedSecrets name.
    has_nameless: bool,
    /// Wrapped keys and escrow copies, and where they were read.
    wrapped: Vec<(String, WrappedForm)>,
}

fn read(file: &Path, unlock: &Decryption) -> Result<FoundKeys, RecoveryKeyError> {
    let input = Input::File(file.to_owned());
    let bytes = input.read("private keys").map_err(RecoveryKeyError::Read)?;
    let bytes = unlock
        .plain(&input, bytes)
        .map_err(|source| RecoveryKeyError::Encrypted { file: file.to_owned(), source: source.into() })?;
    let text = std::str::from_utf8(&bytes).map_err(|_| RecoveryKeyError::NotText(file.to_owned()))?;
    let mut found = FoundKeys::default();
    // A Secret in YAML may hold PEM under stringData, or its base64 under data.
    if text.contains("-----BEGIN ")
        && pem::blocks(text).iter().any(|block| block.label.ends_with("PRIVATE KEY"))
    {
        read_pem(&input, text, &mut found);
        return Ok(found);
    }
    if text.lines().any(|line| line.starts_with("-----BEGIN ")) {
        skip(&input, &PrivateKey::from_pem(text).err().unwrap_or(PrivateKeyError::NotPem));
        return Ok(found);
    }
    let secrets = secrets::read(&input, &bytes).map_err(RecoveryKeyError::Backup)?;
    for secret in secrets {
        if secret.secret.type_.as_deref() == Some(WRAPPED_TYPE) {
            let data = &secret.secret.data;
            match WrappedForm::read(|name| data.get(name).map(Plaintext::expose)) {
                Ok(form) => found.wrapped.push((secret.location.to_string(), form)),
                Err(error) => {
                    warn(format_args!("skipped the wrapped key in {}: {error}", secret.location));
                }
            }
            continue;
        }
        let text = |key: &str| std::str::from_utf8(secret.secret.data.get(key)?.expose()).ok();
        match text(PRIVATE_KEY) {
            None => warn(format_args!("skipped the Secret in {}: it has no {PRIVATE_KEY}", secret.location)),
            Some(private) => {
                let both = [private, text(CERTIFICATE).unwrap_or_default()].join("\n");
                read_pem(&format_args!("the Secret in {}", secret.location), &both, &mut found);
            }
        }
    }
    Ok(found)
}

fn read_pem(from: &dyn Display, text: &str, found: &mut FoundKeys) {
    let blocks = pem::blocks(text);
    let certificates: Vec<Certificate> = blocks
        .iter()
        .filter(|block| block.label == "CERTIFICATE")
        .filter_map(|block| Certificate::from_der(&block.der).ok())
        .collect();
    let privates: Vec<_> = blocks.iter().filter(|block| block.label.ends_with("PRIVATE KEY")).collect();
    if privates.is_empty() {
        skip(from, &PrivateKey::from_pem(text).err().unwrap_or(PrivateKeyError::NotPem));
    }
    for block in privates {
        match PrivateKey::from_pem(&pem::encode(&block.label, &block.der)) {
            Ok(private) => pair(from, private, &certificates, found),
            Err(error) => skip(from, &error),
        }
    }
}

/// Adds the key with its certificate; without one, a certificate is made for it, because a ring holds pairs.
fn pair(from: &dyn Display, private: PrivateKey, certificates: &[Certificate], found: &mut FoundKeys) {
    let known = certificates.iter().find(|certificate| certificate.public() == private.public()).cloned();
    let is_nameless = known.is_none();
    let make =
        || envelope::issue(&mut SysRng, &private, "", Timestamp::UNIX_EPOCH, SignedDuration::from_hours(1));
    let certificate = match known.map_or_else(make, Ok) {
        Ok(certificate) => certificate,
        Err(error) => return skip(from, &error),
    };
    match KeyPair::new(private, certificate) {
        Ok(pair) => {
            found.has_nameless |= is_nameless;
            found.pairs.push(pair);
        }
        Err(error) => skip(from, &error),
    }
}

fn skip(from: &dyn Display, error: &dyn std::error::Error) {
    warn(format_args!("skipped a private key in {from}: {error}"));
}
