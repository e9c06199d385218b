//! [`ProviderUri`]: the name of a provider in flags and slots.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A provider: its kind, and which key of which service. Compared as text, so that one provider has one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderUri {
    /// `kmsv2:unix:///PATH`: a plugin of the Kubernetes KMS v2 API.
    KmsV2 {
        /// Path of its socket.
        socket: PathBuf,
    },
    /// `openbao+transit://HOST[:PORT]/MOUNT/KEY`: the transit engine of `OpenBao` or Vault.
    OpenBaoTransit {
        /// Host, and port where one is given.
        host: String,
        /// Path of the mount, which may have slashes.
        mount: String,
        /// Name of the key.
        key: String,
    },
    /// `awskms:ARN`.
    AwsKms {
        /// The ARN of a key: `arn:PARTITION:kms:REGION:ACCOUNT:key/ID` or `…:alias/NAME`.
        arn: String,
        /// Its region.
        region: String,
    },
    /// `gcpkms:projects/P/locations/L/keyRings/R/cryptoKeys/K`.
    GcpKms {
        /// The resource name of the key.
        name: String,
    },
    /// `age1…`: an age recipient.
    Age {
        /// The recipient.
        recipient: String,
    },
}

/// The text names no provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProviderUriError {
    /// No known kind of provider.
    #[error(
        "write kmsv2:unix:///PATH, openbao+transit://HOST/MOUNT/KEY, awskms:ARN, gcpkms:projects/…/cryptoKeys/KEY, or an age recipient, age1…"
    )]
    Kind,
    /// A KMS v2 plugin without an absolute path.
    #[error("write kmsv2:unix:///PATH, with the absolute path of the plugin's socket")]
    KmsV2,
    /// `OpenBao` without host, mount or key.
    #[error("write openbao+transit://HOST[:PORT]/MOUNT/KEY, without user, query or `..`")]
    OpenBaoTransit,
    /// Not the ARN of a key.
    #[error("write awskms:arn:aws:kms:REGION:ACCOUNT:key/ID, or with alias/NAME instead of key/ID")]
    AwsKms,
    /// Not the name of a key.
    #[error("write gcpkms:projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY")]
    GcpKms,
    /// Not a recipient.
    #[error("write a native age recipient, age1…, as `age-keygen` prints it")]
    Age,
}

impl ProviderUri {
    /// Whether the provider is a service that is contacted, and not an age recipient.
    #[must_use]
    pub fn is_service(&self) -> bool {
        !matches!(self, Self::Age { .. })
    }
}

impl fmt::Display for ProviderUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KmsV2 { socket } => write!(f, "kmsv2:unix://{}", socket.display()),
            Self::OpenBaoTransit { host, mount, key } => write!(f, "openbao+transit://{host}/{mount}/{key}"),
            Self::AwsKms { arn, .. } => write!(f, "awskms:{arn}"),
            Self::GcpKms { name } => write!(f, "gcpkms:{name}"),
            Self::Age { recipient } => f.write_str(recipient),
        }
    }
}

impl FromStr for ProviderUri {
    type Err = ProviderUriError;

    fn from_str(text: &str) -> Result<Self, ProviderUriError> {
        if let Some(rest) = text.strip_prefix("kmsv2:") {
            kms_v2(rest).ok_or(ProviderUriError::KmsV2)
        } else if let Some(rest) = text.strip_prefix("openbao+transit://") {
            open_bao(rest).ok_or(ProviderUriError::OpenBaoTransit)
        } else if let Some(rest) = text.strip_prefix("awskms:") {
            aws(rest).ok_or(ProviderUriError::AwsKms)
        } else if let Some(rest) = text.strip_prefix("gcpkms:") {
            gcp(rest).ok_or(ProviderUriError::GcpKms)
        } else if text.starts_with("age1") {
            age(text).ok_or(ProviderUriError::Age)
        } else {
            Err(ProviderUriError::Kind)
        }
    }
}

fn kms_v2(rest: &str) -> Option<ProviderUri> {
    let path = rest.strip_prefix("unix://")?;
    let is_path = path.len() > 1 && !path.contains(['?', '#', '\0']) && !path.contains("//");
    let has_dots = Path::new(path).components().any(|part| part.as_os_str() == "..");
    let is_plain = Path::new(path).is_absolute() && is_path && !has_dots && !path.ends_with('/');
    is_plain.then(|| ProviderUri::KmsV2 { socket: path.into() })
}

fn open_bao(rest: &str) -> Option<ProviderUri> {
    let (host, path) = rest.split_once('/')?;
    let (mount, key) = path.rsplit_once('/')?;
    let is_host_char = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.:[]_".contains(c);
    let is_host = !host.is_empty() && host.chars().all(is_host_char);
    let is_mount = mount.split('/').all(is_segment);
    (is_host && is_mount && is_segment(key)).then(|| ProviderUri::OpenBaoTransit {
        host: host.into(),
        mount: mount.into(),
        key: key.into(),
    })
}

fn aws(arn: &str) -> Option<ProviderUri> {
    let parts: Vec<&str> = arn.split(':').collect();
    let [part, partition, "kms", region, account, key] = parts[..] else { return None };
    let is_word = |word: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let name = key.strip_prefix("key/").or_else(|| key.strip_prefix("alias/"))?;
    let is_arn = part == "arn" && [partition, region, account].into_iter().all(is_word);
    (is_arn && name.split('/').all(is_segment))
        .then(|| ProviderUri::AwsKms { arn: arn.into(), region: region.into() })
}

fn gcp(name: &str) -> Option<ProviderUri> {
    let parts: Vec<&str> = name.split('/').collect();
    let ["projects", project, "locations", location, "keyRings", ring, "cryptoKeys", key] = parts[..] else {
        return None;
    };
    // A project may belong to a domain, as in `example.com:shop`.
    let is_project = !project.is_empty() && project.split([':', '.']).all(is_segment);
    let are_segments = [location, ring, key].into_iter().all(is_segment);
    (is_project && are_segments).then(|| ProviderUri::GcpKms { name: name.into() })
}

/// A native recipient is Bech32 in lower case. Whether its checksum is right, the age library knows.
fn age(text: &str) -> Option<ProviderUri> {
    let is_recipient = text.len() == 62 && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    is_recipient.then(|| ProviderUri::Age { recipient: text.into() })
}

/// A part of a path that needs no escaping, and is not `.` or `..`.
fn is_segment(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    !text.is_empty() && text != "." && text != ".." && text.chars().all(allowed)
}

#[cfg(test)]
mod tests;
