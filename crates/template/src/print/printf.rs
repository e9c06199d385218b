//! `printf`: reads the format and prints each argument by its verb, or says that they do not fit (`%!d(MISSING)`).

use super::printer::{Layout, Printer};
use crate::engine::Engine;
use crate::error::Result;
use crate::text::characters;
use crate::value::Value;

/// A width, precision or argument index above this takes no further digit, as in Go.
const LARGEST: i64 = 1_000_000;

pub(crate) fn printf(engine: &Engine<'_>, format: &[u8], values: &[Value]) -> Result<Value> {
    let mut out = engine.buffer();
    let mut run = Run {
        printer: Printer::new(engine, &mut out),
        format,
        position: 0,
        values,
        argument: 0,
        reordered: false,
        good_index: true,
    };
    while run.literal()? && run.verb()? {}
    if !run.reordered && run.argument < values.len() {
        run.extra()?;
    }
    engine.finish(out)
}

struct Run<'v, 'p, 'e, 'b> {
    printer: Printer<'p, 'e, 'b>,
    format: &'v [u8],
    position: usize,
    values: &'v [Value],
    /// The next argument to print.
    argument: usize,
    /// Whether an index was used, so that unused arguments are no error.
    reordered: bool,
    good_index: bool,
}

impl Run<'_, '_, '_, '_> {
    fn peek(&self) -> Option<u8> {
        self.format.get(self.position).copied()
    }

    /// Prints the text up to the next percent sign, and skips the sign. False at the end.
    fn literal(&mut self) -> Result<bool> {
        let rest = &self.format[self.position..];
        let length = rest.iter().position(|byte| *byte == b'%').unwrap_or(rest.len());
        self.printer.out.push(&rest[..length])?;
        self.position += length + 1;
        Ok(length < rest.len())
    }

    /// Prints one verb with its flags. False at the end.
    fn verb(&mut self) -> Result<bool> {
        self.printer.engine.budget().steps(1)?;
        self.good_index = true;
        self.printer.layout = Layout::default();
        self.flags();
        let mut after_index = self.index()?;
        if self.peek() == Some(b'*') {
            self.position += 1;
            match self.number_argument() {
                None => self.printer.out.push(b"%!(BADWIDTH)")?,
                Some(width) => {
                    let layout = &mut self.printer.layout;
                    layout.width = usize::try_from(width.unsigned_abs()).ok();
                    if width < 0 {
                        layout.minus = true;
                        layout.zero = false;
                    }
                }
            }
            after_index = false;
        } else {
            self.printer.layout.width = self.number();
            if after_index && self.printer.layout.width.is_some() {
                self.good_index = false;
            }
        }
        if self.peek() == Some(b'.') {
            after_index = self.precision(after_index)?;
        }
        if !after_index {
            self.index()?;
        }
        let Some((verb, length)) = self.format.get(self.position..).and_then(|rest| characters(rest).next())
        else {
            self.printer.out.push(b"%!(NOVERB)")?;
            self.position = self.format.len();
            return Ok(false);
        };
        self.position += length;
        self.print(verb)?;
        Ok(true)
    }

    fn flags(&mut self) {
        let layout = &mut self.printer.layout;
        while let Some(flag) = self.format.get(self.position) {
            match flag {
                b'#' => layout.sharp = true,
                b'0' => layout.zero = true,
                b'+' => layout.plus = true,
                b'-' => layout.minus = true,
                b' ' => layout.space = true,
                _ => break,
            }
            self.position += 1;
        }
    }

    fn precision(&mut self, after_index: bool) -> Result<bool> {
        self.position += 1;
        if after_index {
            self.good_index = false;
        }
        let after_index = self.index()?;
        if self.peek() != Some(b'*') {
            self.printer.layout.precision = Some(self.number().unwrap_or(0));
            return Ok(after_index);
        }
        self.position += 1;
        match self.number_argument().map(usize::try_from) {
            None | Some(Err(_)) => self.printer.out.push(b"%!(BADPREC)")?,
            Some(Ok(precision)) => self.printer.layout.precision = Some(precision),
        }
        Ok(false)
    }

    fn print(&mut self, verb: char) -> Result<()> {
        if verb == '%' {
            return self.printer.out.push(b"%");
        }
        let complaint = if !self.good_index {
            "(BADINDEX)"
        } else if self.argument >= self.values.len() {
            "(MISSING)"
        } else {
            ""
        };
        if !complaint.is_empty() {
            return self.printer.out.push_str(&format!("%!{verb}{complaint}"));
        }
        if verb == 'v' {
            let layout = &mut self.printer.layout;
            layout.source = std::mem::take(&mut layout.sharp);
            layout.named = std::mem::take(&mut layout.plus);
        }
        let value = &self.values[self.argument];
        self.argument += 1;
        self.printer.argument(value, verb)
    }

    /// Reads a decimal number. One that is too large ends the format.
    fn number(&mut self) -> Option<usize> {
        let (number, position) = decimal(self.format, self.position, self.format.len());
        self.position = position;
        number
    }

    /// Reads `[3]`, the argument to use next, and says whether there was such an index.
    fn index(&mut self) -> Result<bool> {
        if self.peek() != Some(b'[') {
            return Ok(false);
        }
        self.reordered = true;
        let rest = &self.format[self.position..];
        let end = if rest.len() < 3 { None } else { rest.iter().position(|byte| *byte == b']') };
        self.printer.engine.budget().read(end.unwrap_or(rest.len()), 1)?;
        let Some(end) = end else {
            self.good_index = false;
            self.position += 1;
            return Ok(false);
        };
        let (number, after) = decimal(rest, 1, end);
        self.position += end + 1;
        match number {
            Some(number) if after == end => {
                if (1..=self.values.len()).contains(&number) {
                    self.argument = number - 1;
                } else {
                    self.good_index = false;
                }
                Ok(true)
            }
            _ => {
                self.good_index = false;
                Ok(false)
            }
        }
    }

    /// Takes an argument in place of a number (`*`).
    fn number_argument(&mut self) -> Option<i64> {
        let value = self.values.get(self.argument)?;
        self.argument += 1;
        match value {
            Value::Int(_, number) if (-LARGEST..=LARGEST).contains(number) => Some(*number),
            _ => None,
        }
    }

    fn extra(&mut self) -> Result<()> {
        self.printer.layout = Layout::default();
        self.printer.out.push(b"%!(EXTRA ")?;
        for (index, value) in self.values[self.argument..].iter().enumerate() {
            if index > 0 {
                self.printer.out.push(b", ")?;
            }
            if !value.is_nil() {
                self.printer.out.push_str(value.type_name())?;
                self.printer.out.push(b"=")?;
            }
            self.printer.argument(value, 'v')?;
        }
        self.printer.out.push(b")")
    }
}

fn decimal(text: &[u8], start: usize, end: usize) -> (Option<usize>, usize) {
    let digits = text.get(start..end).unwrap_or_default();
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut number = 0;
    for digit in &digits[..length] {
        if number > LARGEST {
            return (None, end);
        }
        number = number * 10 + i64::from(digit - b'0');
    }
    let number = (length > 0).then(|| usize::try_from(number).ok()).flatten();
    (number, start + length)
}
