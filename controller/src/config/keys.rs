//! [`Keys`]: how sealing keys are ordered, made and renewed.

use super::{ConfigError, pairs};
use crate::cli::KeyFlags;
use crate::go_duration;
use envelope::KeySize;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use sealing::KeyOrder;
use std::collections::BTreeMap;

/// How sealing keys are ordered, made and renewed.
#[derive(Debug, Clone)]
pub struct Keys {
    /// How new ones are made.
    pub new: NewKeys,
    /// Which is the newest.
    pub order: KeyOrder,
    /// When a new one is made.
    pub renewal: Renewal,
    /// How old one is before its certificate is served.
    pub publish_delay: SignedDuration,
}

/// How new sealing keys are made.
#[derive(Debug, Clone)]
pub struct NewKeys {
    /// Start of the Secret's name.
    pub prefix: String,
    /// Modulus size.
    pub size: KeySize,
    /// Validity of the certificate.
    pub ttl: SignedDuration,
    /// Common name of the certificate.
    pub common_name: String,
    /// Annotations of the Secret.
    pub annotations: BTreeMap<String, String>,
    /// Labels of the Secret, beside the one that makes it a key.
    pub labels: BTreeMap<String, String>,
}

/// When a new key is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renewal {
    /// Age at which the newest key is renewed; None for never.
    pub period: Option<SignedDuration>,
    /// Once this date has come, a newest key from before it is renewed.
    pub cutoff: Option<Timestamp>,
}

impl Keys {
    pub(super) fn meant_by(flags: KeyFlags) -> Result<Self, ConfigError> {
        let duration =
            |flag, text: &str| go_duration::parse(text).map_err(|error| ConfigError::Duration(flag, error));
        let ttl = duration("key-ttl", &flags.key_ttl)?;
        if ttl <= SignedDuration::ZERO {
            return Err(ConfigError::NotPositive("key-ttl"));
        }
        let period = match &flags.rotate_period {
            Some(period) => duration("rotate-period", period)?,
            None => duration("key-renew-period", &flags.key_renew_period)?,
        };
        let publish_delay = duration("key-publish-delay", &flags.key_publish_delay)?;
        if publish_delay < SignedDuration::ZERO {
            return Err(ConfigError::Negative("key-publish-delay"));
        }
        Ok(Self {
            publish_delay,
            new: NewKeys {
                prefix: prefix(flags.key_prefix)?,
                size: flags.key_size.parse()?,
                ttl,
                common_name: flags.my_cn,
                annotations: pairs::parse("privatekey-annotations", &flags.privatekey_annotations)?,
                labels: pairs::parse("privatekey-labels", &flags.privatekey_labels)?,
            },
            order: match flags.key_order_priority.as_str() {
                "CertNotBefore" => KeyOrder::CertNotBefore,
                "SecretCreationTimestamp" => KeyOrder::SecretCreationTimestamp,
                _ => return Err(ConfigError::KeyOrder),
            },
            renewal: Renewal {
                period: (period > SignedDuration::ZERO).then_some(period),
                cutoff: cutoff(&flags.key_cutoff_time)?,
            },
        })
    }
}

/// What is added is ten characters, and a Secret's name has at most 253.
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
