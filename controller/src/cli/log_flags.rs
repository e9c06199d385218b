//! [`LogFlags`]: the flags of logging.

use crate::cli::go_value;
use clap::Args;

/// What is logged.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Logging")]
#[expect(clippy::struct_field_names, reason = "clap names the flags after the fields")]
pub(crate) struct LogFlags {
    /// Minimum level: DEBUG, INFO, WARN or ERROR. Any other value means INFO.
    #[arg(long, default_value = "INFO", value_name = "LEVEL")]
    pub log_level: String,

    /// Format: text, or json with one object per line. Any other value means text.
    #[arg(long, default_value = "text", value_name = "FORMAT")]
    pub log_format: String,

    /// Log INFO and DEBUG lines to standard output; WARN and ERROR lines always go to standard error.
    #[arg(long, default_value = "true", value_parser = go_value::boolean)]
    pub log_info_stdout: bool,
}
