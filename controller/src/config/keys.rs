//! [`Keys`]: how sealing keys are ordered, made and renewed.

use crate::cli::key_flags::KeyFlags;
use crate::cli::key_wrap_flags::KeyWrapFlags;
use crate::config::error::ConfigError;
use crate::config::key_wrapping::KeyWrapping;
use crate::config::lists;
use crate::config::warning::ConfigWarning;
use envelope::KeySize;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use sealing::KeyOrder;
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
pub(crate) struct Keys {
    pub new: NewKeys,
    /// The date that orders the keys.
    pub order: KeyOrder,
    pub renewal: Renewal,
    /// Age at which the certificate of a key is served.
    pub publish_delay: SignedDuration,
    /// How private keys are wrapped, if they are.
    pub wrapping: Option<KeyWrapping>,
}

/// How new sealing keys are made.
#[derive(Debug, Clone)]
pub(crate) struct NewKeys {
    /// Start of the Secret's name.
    pub prefix: String,
    pub size: KeySize,
    /// Validity of the certificate.
    pub ttl: SignedDuration,
    pub common_name: String,
    /// Annotations of the Secret.
    pub annotations: BTreeMap<String, String>,
    /// Labels of the Secret, beside the one that makes it a key.
    pub labels: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Renewal {
    /// Age at which the newest key is renewed; None for never.
    pub period: Option<SignedDuration>,
    /// After this date, a newest key that is older than it is renewed.
    pub cutoff: Option<Timestamp>,
}

impl Keys {
    pub(crate) fn from_flags(
        flags: KeyFlags,
        wrap_flags: &KeyWrapFlags,
        warnings: &mut Vec<ConfigWarning>,
    ) -> Result<Self, ConfigError> {
        if flags.key_ttl <= SignedDuration::ZERO {
            return Err(ConfigError::NotPositive("key-ttl"));
        }
        if flags.key_publish_delay < SignedDuration::ZERO {
            return Err(ConfigError::Negative("key-publish-delay"));
        }
        Ok(Self {
            publish_delay: flags.key_publish_delay,
            wrapping: KeyWrapping::from_flags(wrap_flags)?,
            new: NewKeys {
                prefix: prefix(flags.key_prefix)?,
                size: size(flags.key_size, warnings)?,
                ttl: flags.key_ttl,
                common_name: flags.my_cn,
                annotations: lists::pairs("privatekey-annotations", &flags.privatekey_annotations)?,
                labels: lists::pairs("privatekey-labels", &flags.privatekey_labels)?,
            },
            order: match flags.key_order_priority.as_str() {
                "CertNotBefore" => KeyOrder::CertNotBefore,
                "SecretCreationTimestamp" => KeyOrder::SecretCreationTimestamp,
                _ => {
                    warnings.push(ConfigWarning::KeyOrder);
                    KeyOrder::CertNotBefore
                }
            },
            renewal: Renewal {
                period: (flags.key_renew_period > SignedDuration::ZERO).then_some(flags.key_renew_period),
                cutoff: cutoff(&flags.key_cutoff_time)?,
            },
        })
    }
}

/// The smallest size that has at least `bits` bits: aws-lc makes four sizes, and a key of fewer bits than requested
/// would be weaker.
fn size(bits: i64, warnings: &mut Vec<ConfigWarning>) -> Result<KeySize, ConfigError> {
    let sizes = [KeySize::Rsa2048, KeySize::Rsa3072, KeySize::Rsa4096, KeySize::Rsa8192];
    let requested = usize::try_from(bits).ok().filter(|bits| *bits > 0).ok_or(ConfigError::KeySize)?;
    let size = sizes.into_iter().find(|size| size.bits() >= requested).ok_or(ConfigError::KeySize)?;
    if size.bits() != requested {
        warnings.push(ConfigWarning::KeySize(bits, size));
    }
    Ok(size)
}

/// The suffix has ten characters, and a Secret's name has at most 253.
fn prefix(prefix: String) -> Result<String, ConfigError> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    let begins_well = prefix.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    if begins_well && prefix.chars().all(allowed) && prefix.len() <= 200 {
        Ok(prefix)
    } else {
        Err(ConfigError::KeyPrefix)
    }
}

/// RFC 1123 with a numeric zone is RFC 2822 with a weekday.
fn cutoff(text: &str) -> Result<Option<Timestamp>, ConfigError> {
    if text.is_empty() {
        return Ok(None);
    }
    DateTimeParser::new().parse_timestamp(text).map(Some).map_err(|_| ConfigError::Cutoff)
}
