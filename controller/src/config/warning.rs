//! [`ConfigWarning`]: a flag or variable that is read in another way than it was written. The controller logs it at the start;
//! upstream's controller says nothing.

use crate::cli::environment::{CountsAs, Unreadable};
use envelope::KeySize;
use std::fmt;

/// A warning that the controller logs at the start, before it continues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ConfigWarning {
    /// A variable has a value that its flag does not accept.
    Unreadable(Unreadable),
    Ignored(String),
    /// `--key-size` asks for a size that the crypto library does not make.
    KeySize(i64, KeySize),
    KeyOrder,
    LogLevel,
    LogFormat,
}

impl fmt::Display for ConfigWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(Unreadable { variable, counts_as: CountsAs::False }) => {
                write!(f, "{variable} is neither true nor false: it counts as false")
            }
            Self::Unreadable(Unreadable { variable, counts_as: CountsAs::Unset }) => {
                write!(f, "{variable} holds nothing that its flag can take: it counts as not set")
            }
            Self::Ignored(argument) => {
                write!(f, "the argument `{argument}` belongs to no flag and is ignored: write --flag=value")
            }
            Self::KeySize(requested, made) => {
                write!(f, "--key-size: keys of {requested} bits cannot be made, new ones have {made}")
            }
            Self::KeyOrder => {
                f.write_str("--key-order-priority is none of CertNotBefore and SecretCreationTimestamp: the former counts")
            }
            Self::LogLevel => f.write_str("--log-level is none of DEBUG, INFO, WARN and ERROR: INFO counts"),
            Self::LogFormat => f.write_str("--log-format is none of text and json: text counts"),
        }
    }
}
