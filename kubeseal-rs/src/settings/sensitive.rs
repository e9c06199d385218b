//! [`Sensitive`]: the value of a flag that no message may show, such as a token.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// Text without Display, whose Debug shows nothing.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Sensitive(String);

impl Sensitive {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Sensitive {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Sensitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sensitive")
    }
}
