//! Prints integers: in any base, as characters, as code points.

use super::printer::Printer;
use super::quote::quote_char;
use crate::error::Result;

impl Printer<'_, '_, '_> {
    pub(super) fn integer(&mut self, number: i64, unsigned: bool, verb: char) -> Result<()> {
        match verb {
            'v' if self.layout.source && unsigned => {
                self.layout.sharp = true;
                self.digits(number, unsigned, 'x')?;
                self.layout.sharp = false;
                Ok(())
            }
            'c' | 'q' | 'U' => {
                let code = u32::try_from(number).ok();
                let character = code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER);
                match verb {
                    'c' => self.padded(character.encode_utf8(&mut [0; 4]).as_bytes()),
                    'q' => {
                        let quoted = quote_char(character, self.layout.plus);
                        self.padded(quoted.as_bytes())
                    }
                    _ => self.code_point(number, character),
                }
            }
            _ => self.digits(number, unsigned, verb),
        }
    }

    fn code_point(&mut self, number: i64, character: char) -> Result<()> {
        let digits = self.layout.precision.unwrap_or(0).max(4);
        self.engine.budget().memory(digits)?;
        let number = format!("{number:X}");
        // Not by a width of `format!`, which panics for a large one.
        let mut text = format!("U+{}{number}", "0".repeat(digits.saturating_sub(number.len())));
        if self.layout.sharp && crate::text::is_printable(character) {
            text.push_str(" '");
            text.push(character);
            text.push('\'');
        }
        self.padded_with_spaces(text.as_bytes())
    }

    fn digits(&mut self, number: i64, unsigned: bool, verb: char) -> Result<()> {
        let layout = self.layout;
        let negative = !unsigned && number < 0;
        let magnitude = if negative { number.unsigned_abs() } else { number.cast_unsigned() };
        let mut least = 0;
        if let Some(precision) = layout.precision {
            least = precision;
            if precision == 0 && magnitude == 0 {
                return self.padded_with_spaces(b"");
            }
        } else if let (true, false, Some(width)) = (layout.zero, layout.minus, layout.width) {
            least = width.saturating_sub(usize::from(negative || layout.plus || layout.space));
        }
        self.engine.budget().memory(least * 2)?;
        let mut text = match verb {
            'b' => format!("{magnitude:b}"),
            'o' | 'O' => format!("{magnitude:o}"),
            'x' => format!("{magnitude:x}"),
            'X' => format!("{magnitude:X}"),
            _ => magnitude.to_string(),
        };
        if text.len() < least {
            text.insert_str(0, &"0".repeat(least - text.len()));
        }
        let prefix = match verb {
            'O' => "0o",
            'b' if layout.sharp => "0b",
            'o' if layout.sharp && !text.starts_with('0') => "0",
            'x' if layout.sharp => "0x",
            'X' if layout.sharp => "0X",
            _ => "",
        };
        let sign = match (negative, layout.plus, layout.space) {
            (true, _, _) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        };
        text.insert_str(0, prefix);
        text.insert_str(0, sign);
        self.padded_with_spaces(text.as_bytes())
    }
}
