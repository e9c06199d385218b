//! [`Logging`]: what is logged, how and where.

use super::ConfigError;
use crate::cli::LogFlags;

/// What is logged, how and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logging {
    /// Errors alone.
    pub errors_only: bool,
    /// One JSON object per line.
    pub json: bool,
    /// What is merely informative goes to standard output.
    pub info_to_stdout: bool,
}

impl Logging {
    pub(super) fn meant_by(flags: &LogFlags) -> Result<Self, ConfigError> {
        Ok(Self {
            errors_only: match flags.log_level.to_ascii_uppercase().as_str() {
                "INFO" => false,
                "ERROR" => true,
                _ => return Err(ConfigError::LogLevel),
            },
            json: match flags.log_format.as_str() {
                "text" => false,
                "json" => true,
                _ => return Err(ConfigError::LogFormat),
            },
            info_to_stdout: flags.log_info_stdout,
        })
    }
}
