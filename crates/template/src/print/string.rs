//! Prints strings: plain, quoted, in hexadecimal.

use super::printer::Printer;
use super::quote::quote;
use crate::error::Result;
use crate::text::characters;

impl Printer<'_, '_, '_> {
    pub(super) fn string(&mut self, bytes: &[u8], verb: char) -> Result<()> {
        match verb {
            'x' | 'X' => self.hexadecimal(bytes, verb),
            'q' => self.quoted(bytes),
            'v' if self.layout.source => self.quoted(bytes),
            _ => {
                let bytes = self.cut(bytes);
                self.padded(bytes)
            }
        }
    }

    /// As many characters as the precision allows.
    fn cut<'s>(&self, bytes: &'s [u8]) -> &'s [u8] {
        match self.layout.precision {
            None => bytes,
            Some(precision) => {
                let length = characters(bytes).take(precision).map(|(_, length)| length).sum();
                &bytes[..length]
            }
        }
    }

    fn quoted(&mut self, bytes: &[u8]) -> Result<()> {
        let bytes = self.cut(bytes);
        let mut text = self.engine.buffer();
        let raw = self.layout.sharp
            && str::from_utf8(bytes).is_ok_and(|text| {
                text.chars()
                    .all(|c| c == '\t' || !matches!(c, '\0'..=' ' | '`' | '\x7f' | '\u{feff}') || c == ' ')
            });
        if raw {
            text.push(b"`")?;
            text.push(bytes)?;
            text.push(b"`")?;
        } else {
            quote(&mut text, bytes, self.layout.plus)?;
        }
        self.padded(text.as_slice())
    }

    fn hexadecimal(&mut self, bytes: &[u8], verb: char) -> Result<()> {
        let layout = self.layout;
        let bytes = &bytes[..layout.precision.unwrap_or(usize::MAX).min(bytes.len())];
        let digits: &[u8; 16] = if verb == 'x' { b"0123456789abcdef" } else { b"0123456789ABCDEF" };
        let mark: &[u8] = if verb == 'x' { b"0x" } else { b"0X" };
        let mut text = self.engine.buffer();
        for (index, byte) in bytes.iter().enumerate() {
            if layout.space && index > 0 {
                text.push(b" ")?;
            }
            if layout.sharp && (layout.space || index == 0) {
                text.push(mark)?;
            }
            text.push(&[digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]])?;
        }
        self.padded(text.as_slice())
    }
}
