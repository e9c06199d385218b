//! [`Logging`]: level, format and output of log lines.

use crate::cli::log_flags::LogFlags;
use crate::config::warning::ConfigWarning;
use tracing::level_filters::LevelFilter;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Logging {
    pub level: LevelFilter,
    /// One JSON object per line.
    pub json: bool,
    /// INFO and DEBUG lines go to standard output.
    pub info_to_stdout: bool,
}

impl Logging {
    pub(crate) fn from_flags(flags: &LogFlags, warnings: &mut Vec<ConfigWarning>) -> Self {
        let level = level(&flags.log_level).unwrap_or_else(|| {
            warnings.push(ConfigWarning::LogLevel);
            LevelFilter::INFO
        });
        if !["text", "json"].contains(&flags.log_format.as_str()) {
            warnings.push(ConfigWarning::LogFormat);
        }
        Self { level, json: flags.log_format == "json", info_to_stdout: flags.log_info_stdout }
    }
}

/// A level as Go's slog reads it: a name, and an optional offset; one level is four. Levels above ERROR still log
/// errors.
fn level(text: &str) -> Option<LevelFilter> {
    let (name, more) = text.split_at(text.find(['+', '-']).unwrap_or(text.len()));
    let more: i64 = if more.is_empty() { 0 } else { more.parse().ok()? };
    let named = match name.to_ascii_uppercase().as_str() {
        "DEBUG" => -4,
        "INFO" => 0,
        "WARN" => 4,
        "ERROR" => 8,
        _ => return None,
    };
    Some(match more.saturating_add(named) {
        ..=-4 => LevelFilter::DEBUG,
        -3..=0 => LevelFilter::INFO,
        1..=4 => LevelFilter::WARN,
        5.. => LevelFilter::ERROR,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_as_slogs() {
        let cases = [
            ("INFO", Some(LevelFilter::INFO)),
            ("info", Some(LevelFilter::INFO)),
            ("DEBUG", Some(LevelFilter::DEBUG)),
            ("debug+1", Some(LevelFilter::INFO)),
            ("WARN", Some(LevelFilter::WARN)),
            ("INFO+2", Some(LevelFilter::WARN)),
            ("ERROR-3", Some(LevelFilter::ERROR)),
            ("ERROR+9223372036854775807", Some(LevelFilter::ERROR)),
            ("", None),
            ("LOUD", None),
            ("INFO+", None),
            ("INFO+2x", None),
        ];
        for (text, expected) in cases {
            assert_eq!(level(text), expected, "{text}");
        }
    }
}
