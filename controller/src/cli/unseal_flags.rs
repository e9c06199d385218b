//! [`UnsealFlags`]: the flags of unsealing.

use crate::cli::go_value;
use clap::{Args, ValueEnum};

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnOff {
    /// On.
    On,
    /// Off.
    Off,
}

/// What is done with a SealedSecret.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Unsealing")]
#[expect(clippy::struct_excessive_bools, reason = "as many as upstream has; what they mean is in `config`")]
pub(crate) struct UnsealFlags {
    /// Unseal the deprecated form as well: a whole Secret in `spec.data`.
    #[arg(long, default_value = "true", value_parser = go_value::boolean)]
    pub accept_deprecated_v1_data: bool,

    /// Write the status of each SealedSecret.
    #[arg(long, default_value = "true", value_parser = go_value::boolean)]
    pub update_status: bool,

    /// Do not create a deleted Secret again, and do not correct an edited one, until its SealedSecret changes.
    #[arg(long, default_value = "false", value_parser = go_value::boolean)]
    pub skip_recreate: bool,

    /// Delete the Secret of a deleted SealedSecret, instead of leaving it to garbage collection.
    #[arg(long, default_value = "false", value_parser = go_value::boolean)]
    pub old_gc_behavior: bool,

    /// Whether the templates in `spec.template.data` are rendered. With `off`, a SealedSecret whose templates have actions
    /// (`{{ … }}`) is refused; text without any is still put into its Secret. A user who may edit a SealedSecret but not read
    /// Secrets can learn one bit of its values with each edit: whether its templates rendered. Such edits are rate-limited; `off`
    /// prevents it.
    #[arg(long, default_value = "on", value_enum, value_name = "on|off", hide_possible_values = true)]
    pub templates: OnOff,

    /// Namespaces in which the opposite of --templates holds, as in `a,b`.
    #[arg(long, default_value = "", value_name = "LIST")]
    pub templates_except: String,

    /// Accepted and not needed: the controller never gives up; the time between two tries grows to five minutes.
    #[arg(
        long,
        default_value = "5",
        value_parser = go_value::integer,
        value_name = "NUMBER",
        hide = true
    )]
    pub max_unseal_retries: i64,
}
