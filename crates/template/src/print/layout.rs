//! Flags, width and precision of a verb, and padding by them.

use super::Printer;
use crate::error::Result;
use crate::text::characters;

/// What stands between a percent sign and its verb.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "these are the flags there are, each on its own")]
pub(super) struct Layout {
    pub(super) plus: bool,
    pub(super) minus: bool,
    pub(super) sharp: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    /// `%+v`: with the names of fields.
    pub(super) named: bool,
    /// `%#v`: as Go source.
    pub(super) source: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
}

impl Printer<'_, '_, '_> {
    /// The bytes, padded to the width on the side that the flags name.
    pub(super) fn padded(&mut self, bytes: &[u8]) -> Result<()> {
        let missing = match self.layout.width {
            None => 0,
            Some(width) => width.saturating_sub(characters(bytes).count()),
        };
        let filler = if self.layout.zero && !self.layout.minus { b'0' } else { b' ' };
        if !self.layout.minus {
            self.out.fill(filler, missing)?;
        }
        self.out.push(bytes)?;
        if self.layout.minus {
            self.out.fill(b' ', missing)?;
        }
        Ok(())
    }

    /// The same, but never with zeros.
    pub(super) fn padded_with_spaces(&mut self, bytes: &[u8]) -> Result<()> {
        let zero = std::mem::replace(&mut self.layout.zero, false);
        self.padded(bytes)?;
        self.layout.zero = zero;
        Ok(())
    }
}
