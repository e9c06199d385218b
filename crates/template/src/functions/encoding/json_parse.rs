//! Reads JSON: numbers as floats, objects as dicts.

use crate::engine::Engine;
use crate::error::{Cause, Result};
use crate::text::Text;
use crate::value::{Elem, Value};

pub(super) fn parse(engine: &Engine<'_>, text: &[u8]) -> Result<Value> {
    let mut parser = Parser { engine, text, position: 0 };
    let value = parser.value(0)?;
    parser.spaces();
    if parser.position < text.len() { Err(wrong()) } else { Ok(value) }
}

fn wrong() -> Cause {
    Cause::evaluation("not valid JSON")
}

struct Parser<'p, 'e> {
    engine: &'p Engine<'e>,
    text: &'p [u8],
    position: usize,
}

impl Parser<'_, '_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.position).copied()
    }

    fn spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.position += 1;
        }
    }

    /// Skips the byte, if it is next, and says whether it was.
    fn takes(&mut self, byte: u8) -> bool {
        self.spaces();
        let found = self.peek() == Some(byte);
        self.position += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Result<Value> {
        self.engine.budget().steps(1)?;
        self.engine.budget().nested(depth)?;
        self.spaces();
        match self.peek().ok_or_else(wrong)? {
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => Ok(Value::Text(self.string()?)),
            b't' => self.word(b"true", Value::Bool(true)),
            b'f' => self.word(b"false", Value::Bool(false)),
            b'n' => self.word(b"null", Value::Nil),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &[u8], value: Value) -> Result<Value> {
        if !self.text[self.position..].starts_with(word) {
            return Err(wrong());
        }
        self.position += word.len();
        Ok(value)
    }

    fn object(&mut self, depth: usize) -> Result<Value> {
        self.position += 1;
        let map = self.engine.map(Elem::Any)?;
        if self.takes(b'}') {
            return Ok(Value::Map(map));
        }
        loop {
            self.spaces();
            if self.peek() != Some(b'"') {
                return Err(wrong());
            }
            let key = self.string()?;
            if !self.takes(b':') {
                return Err(wrong());
            }
            let value = self.value(depth + 1)?;
            self.engine.put(&map, key, value)?;
            if self.takes(b'}') {
                return Ok(Value::Map(map));
            }
            if !self.takes(b',') {
                return Err(wrong());
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value> {
        self.position += 1;
        let mut items = Vec::new();
        if !self.takes(b']') {
            loop {
                self.engine.collects(1)?;
                items.push(self.value(depth + 1)?);
                if self.takes(b']') {
                    break;
                }
                if !self.takes(b',') {
                    return Err(wrong());
                }
            }
        }
        self.engine.list(Elem::Any, items)
    }

    fn number(&mut self) -> Result<Value> {
        let start = self.position;
        let digits = |parser: &mut Self| {
            let start = parser.position;
            while parser.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                parser.position += 1;
            }
            if parser.position == start { Err(wrong()) } else { Ok(()) }
        };
        if self.peek() == Some(b'-') {
            self.position += 1;
        }
        if self.peek() == Some(b'0') {
            self.position += 1;
        } else {
            digits(self)?;
        }
        if self.peek() == Some(b'.') {
            self.position += 1;
            digits(self)?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.position += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.position += 1;
            }
            digits(self)?;
        }
        let text = str::from_utf8(&self.text[start..self.position]).map_err(|_| wrong())?;
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::Float(number)),
            _ => Err(wrong()),
        }
    }

    /// Reads a string, from its opening quote.
    fn string(&mut self) -> Result<Text> {
        self.position += 1;
        let mut out = self.engine.buffer();
        loop {
            let rest = &self.text[self.position..];
            let plain = rest.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f)).count();
            for chunk in rest[..plain].utf8_chunks() {
                out.push_str(chunk.valid())?;
                for _ in chunk.invalid() {
                    out.push_char(char::REPLACEMENT_CHARACTER)?;
                }
            }
            self.position += plain;
            match self.peek() {
                Some(b'"') => {
                    self.position += 1;
                    return Ok(Text::new(out.into_bytes()));
                }
                Some(b'\\') => {
                    self.position += 1;
                    let character = self.escape()?;
                    out.push_char(character)?;
                }
                _ => return Err(wrong()),
            }
        }
    }

    fn escape(&mut self) -> Result<char> {
        let escape = self.peek().ok_or_else(wrong)?;
        self.position += 1;
        Ok(match escape {
            b'"' | b'\\' | b'/' => char::from(escape),
            b'b' => '\x08',
            b'f' => '\x0c',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.unit()?;
                if !(0xd800..0xe000).contains(&first) {
                    return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                let start = self.position;
                if first < 0xdc00 && self.text[start..].starts_with(b"\\u") {
                    self.position += 2;
                    let second = self.unit()?;
                    if (0xdc00..0xe000).contains(&second) {
                        let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                        return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                    self.position = start;
                }
                char::REPLACEMENT_CHARACTER
            }
            _ => return Err(wrong()),
        })
    }

    fn unit(&mut self) -> Result<u32> {
        let digits = self.text.get(self.position..self.position + 4).ok_or_else(wrong)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(wrong());
        }
        self.position += 4;
        str::from_utf8(digits).ok().and_then(|text| u32::from_str_radix(text, 16).ok()).ok_or_else(wrong)
    }
}
