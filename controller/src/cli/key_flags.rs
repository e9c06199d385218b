//! [`KeyFlags`]: the flags of the sealing keys: how they are found, ordered, made and renewed.

use crate::cli::go_value;
use api::sealing_key::DEFAULT_PREFIX;
use clap::Args;
use jiff::SignedDuration;

/// The sealing keys.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Sealing keys")]
pub(crate) struct KeyFlags {
    /// Prefix of the names of the Secrets that hold sealing keys.
    #[arg(long, default_value = DEFAULT_PREFIX, value_name = "PREFIX")]
    pub key_prefix: String,

    /// Size of new sealing keys in bits: 2048, 3072, 4096 or 8192. Other values are rounded up.
    #[arg(long, default_value = "4096", value_parser = go_value::integer, value_name = "BITS")]
    pub key_size: i64,

    /// Validity of the certificate of a new sealing key, as in `87600h`.
    #[arg(long, default_value = "87600h", value_parser = go_value::duration, value_name = "DURATION")]
    pub key_ttl: SignedDuration,

    /// Age at which the newest sealing key is renewed, as in `720h`; 0 never renews.
    #[arg(long, alias = "rotate-period", default_value = "720h", value_parser = go_value::duration, value_name = "DURATION")]
    pub key_renew_period: SignedDuration,

    /// Age at which the certificate of a new sealing key is served, as in `24h`: time for a backup, or for another cluster, to
    /// fetch the key first. The key opens SealedSecrets at once.
    #[arg(long, default_value = "0", value_parser = go_value::duration, value_name = "DURATION")]
    pub key_publish_delay: SignedDuration,

    /// Renew if the newest key is older than this date, as in `Mon, 02 Jan 2006 15:04:05 +0200`.
    #[arg(long, default_value = "", value_name = "DATE")]
    pub key_cutoff_time: String,

    /// The date that orders the keys: `CertNotBefore`, or `SecretCreationTimestamp`.
    #[arg(long, default_value = "CertNotBefore", value_name = "WHAT")]
    pub key_order_priority: String,

    /// Common name in the certificates of new sealing keys.
    #[arg(long, default_value = "", value_name = "NAME")]
    pub my_cn: String,

    /// Annotations for new keys' Secrets, as in `a=b,c=d`.
    #[arg(long, default_value = "", value_name = "LIST")]
    pub privatekey_annotations: String,

    /// Labels for new keys' Secrets, as in `a=b,c=d`.
    #[arg(long, default_value = "", value_name = "LIST")]
    pub privatekey_labels: String,

    /// Accepted and not needed: keys that are added, changed or deleted always count at once.
    #[arg(long, default_value = "false", value_parser = go_value::boolean, hide = true)]
    pub watch_for_secrets: bool,
}
