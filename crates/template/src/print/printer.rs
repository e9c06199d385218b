//! [`Printer`]: prints a value by the flags, width and precision of a verb. Each kind of value is printed in the file of its name.

use crate::engine::Engine;
use crate::error::Result;
use crate::text::{Buffer, characters};

/// The flags, width and precision between a percent sign and its verb.
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

/// Prints values to a buffer.
pub(super) struct Printer<'p, 'e, 'b> {
    pub(super) engine: &'p Engine<'e>,
    pub(super) out: &'p mut Buffer<'b>,
    pub(super) layout: Layout,
    /// Whether the value is printed within `%!d(…)`, where Go does not use its method `String`.
    pub(super) complaining: bool,
}

impl<'p, 'e, 'b> Printer<'p, 'e, 'b> {
    pub(super) fn new(engine: &'p Engine<'e>, out: &'p mut Buffer<'b>) -> Self {
        Self { engine, out, layout: Layout::default(), complaining: false }
    }
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

    /// The bytes, padded to the width, but never with zeros.
    pub(super) fn padded_with_spaces(&mut self, bytes: &[u8]) -> Result<()> {
        let zero = std::mem::replace(&mut self.layout.zero, false);
        self.padded(bytes)?;
        self.layout.zero = zero;
        Ok(())
    }
}
