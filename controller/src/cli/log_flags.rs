//! [`LogFlags`]: what is logged, how and where, as typed.

use crate::cli::go_value;
use clap::Args;

/// What is logged.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Logging")]
pub struct LogFlags {
    /// The least that is logged: DEBUG, INFO, WARN or ERROR. Anything else is INFO.
    #[arg(long, default_value = "INFO", value_name = "LEVEL")]
    pub log_level: String,

    /// How it is logged: text, or json, one object per line. Anything else is text.
    #[arg(long, default_value = "text", value_name = "FORMAT")]
    pub log_format: String,

    /// Log to standard output what is merely informative; warnings and errors always go to standard error.
    #[arg(long, default_value = "true", default_missing_value = "true",
          num_args = 0..=1, require_equals = true, value_parser = go_value::boolean, value_name = "BOOL")]
    pub log_info_stdout: bool,
}
