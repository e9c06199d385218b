//! Splits a template into tokens. White space is trimmed here and nowhere else.

use super::token::{Kind, Token};
use crate::error::{Cause, Result};
use crate::limits::Budget;

const LEFT: &str = "{{";
const RIGHT: &str = "}}";
const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];

/// An error of the lexer, with its line.
pub(super) struct Refused {
    pub(super) line: usize,
    pub(super) cause: Cause,
}

/// All tokens of the template. The last is [`Kind::End`].
pub(super) fn tokens<'s>(source: &'s str, budget: &Budget) -> std::result::Result<Vec<Token<'s>>, Refused> {
    let mut lexer = Lexer { rest: source, line: 1, parens: 0, tokens: Vec::new(), budget };
    match lexer.run() {
        Ok(()) => Ok(lexer.tokens),
        Err(cause) => Err(Refused { line: lexer.line, cause }),
    }
}

struct Lexer<'s, 'b> {
    rest: &'s str,
    line: usize,
    parens: usize,
    tokens: Vec<Token<'s>>,
    budget: &'b Budget,
}

fn is_alphanumeric(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

fn left_trim_marker(text: &str) -> bool {
    text.strip_prefix('-').is_some_and(|rest| rest.starts_with(SPACES))
}

impl<'s> Lexer<'s, '_> {
    fn run(&mut self) -> Result<()> {
        while self.text()? {
            while self.inside()? {}
        }
        self.emit(Kind::End, 0)
    }

    /// Takes `length` bytes as one token.
    fn emit(&mut self, kind: Kind, length: usize) -> Result<()> {
        self.budget.memory(size_of::<Token<'_>>())?;
        let line = self.line;
        let text = self.skip(length);
        self.tokens.push(Token { kind, text, line });
        Ok(())
    }

    fn skip(&mut self, length: usize) -> &'s str {
        let (text, rest) = self.rest.split_at(length);
        self.line += text.matches('\n').count();
        self.rest = rest;
        text
    }

    fn skip_spaces(&mut self) {
        self.skip(self.rest.len() - self.rest.trim_start_matches(SPACES).len());
    }

    /// Plain text, comments, and the delimiter that opens an action. False at the end.
    fn text(&mut self) -> Result<bool> {
        loop {
            let Some(length) = self.rest.find(LEFT) else {
                if !self.rest.is_empty() {
                    self.emit(Kind::Text, self.rest.len())?;
                }
                return Ok(false);
            };
            let (before, after) = (&self.rest[..length], &self.rest[length + LEFT.len()..]);
            let trims = left_trim_marker(after);
            let kept = if trims { before.trim_end_matches(SPACES).len() } else { length };
            if kept > 0 {
                self.emit(Kind::Text, kept)?;
            }
            self.skip(length - kept);
            let marker = if trims { 2 } else { 0 };
            if after[marker..].starts_with("/*") {
                self.skip(LEFT.len() + marker);
                self.comment()?;
                continue;
            }
            self.emit(Kind::LeftDelimiter, LEFT.len())?;
            self.skip(marker);
            self.parens = 0;
            return Ok(true);
        }
    }

    fn comment(&mut self) -> Result<()> {
        // The slash that opens it does not also close it.
        let end = self.rest[2..].find("*/").ok_or_else(|| Cause::syntax("unclosed comment"))?;
        self.skip(2 + end + 2);
        match self.right_delimiter() {
            None => Err(Cause::syntax("comment ends before closing delimiter")),
            Some(trims) => {
                self.close(trims);
                Ok(())
            }
        }
    }

    /// Whether a closing delimiter is next, and whether it trims.
    fn right_delimiter(&self) -> Option<bool> {
        let marked = self.rest.strip_prefix(SPACES).and_then(|rest| rest.strip_prefix('-'));
        if marked.is_some_and(|rest| rest.starts_with(RIGHT)) {
            return Some(true);
        }
        self.rest.starts_with(RIGHT).then_some(false)
    }

    fn close(&mut self, trims: bool) {
        self.skip(if trims { 2 + RIGHT.len() } else { RIGHT.len() });
        if trims {
            self.skip_spaces();
        }
    }

    /// One token inside an action. False after its end.
    fn inside(&mut self) -> Result<bool> {
        if let Some(trims) = self.right_delimiter() {
            if self.parens > 0 {
                return Err(Cause::syntax("unclosed left paren"));
            }
            self.skip(if trims { 2 } else { 0 });
            self.emit(Kind::RightDelimiter, RIGHT.len())?;
            if trims {
                self.skip_spaces();
            }
            return Ok(false);
        }
        let mut characters = self.rest.chars();
        let Some(first) = characters.next() else {
            return Err(Cause::syntax("unclosed action"));
        };
        let second = characters.next();
        match first {
            ' ' | '\t' | '\r' | '\n' => self.space(),
            '=' => self.emit(Kind::Assign, 1),
            ':' if second == Some('=') => self.emit(Kind::Declare, 2),
            ':' => Err(Cause::syntax("expected :=")),
            '|' => self.emit(Kind::Pipe, 1),
            '"' => self.quoted(Kind::Quoted, '"', "unterminated quoted string"),
            '\'' => self.quoted(Kind::CharacterConstant, '\'', "unterminated character constant"),
            '`' => match self.rest[1..].find('`') {
                Some(length) => self.emit(Kind::RawQuoted, length + 2),
                None => Err(Cause::syntax("unterminated raw quoted string")),
            },
            '$' => self.name(Kind::Variable),
            '.' if !second.is_some_and(|next| next.is_ascii_digit()) => self.name(Kind::Field),
            '.' | '+' | '-' | '0'..='9' => self.number(),
            '(' => {
                self.parens += 1;
                self.emit(Kind::LeftParen, 1)
            }
            ')' if self.parens == 0 => Err(Cause::syntax("unexpected right paren")),
            ')' => {
                self.parens -= 1;
                self.emit(Kind::RightParen, 1)
            }
            other if is_alphanumeric(other) => self.name(Kind::Word),
            ' '..='~' => self.emit(Kind::Character, 1),
            other => Err(Cause::syntax(format!("unrecognized character in action: {other:?}"))),
        }?;
        Ok(true)
    }

    /// A run of spaces, without the one that belongs to a closing `-}}`.
    fn space(&mut self) -> Result<()> {
        let length = self.rest.len() - self.rest.trim_start_matches(SPACES).len();
        let closes = self.rest[length..].strip_prefix('-').is_some_and(|rest| rest.starts_with(RIGHT));
        match length - usize::from(closes) {
            0 => Ok(()),
            length => self.emit(Kind::Space, length),
        }
    }

    /// A field, variable or word: its first character, then letters, digits and underscores.
    fn name(&mut self, kind: Kind) -> Result<()> {
        // A word begins with a letter; a field or variable with a mark of one byte.
        let marks = usize::from(kind != Kind::Word);
        let tail = self.rest[marks..].trim_start_matches(is_alphanumeric);
        let ends = match tail.chars().next() {
            None => true,
            Some(next) => SPACES.contains(&next) || ".,|:)(".contains(next) || tail.starts_with(RIGHT),
        };
        if !ends {
            return Err(Cause::syntax("bad character behind a name"));
        }
        let length = self.rest.len() - tail.len();
        let kind = if kind == Kind::Field && length == 1 { Kind::Dot } else { kind };
        self.emit(kind, length)
    }

    fn quoted(&mut self, kind: Kind, quote: char, unterminated: &'static str) -> Result<()> {
        let mut escaped = false;
        for (index, character) in self.rest.char_indices().skip(1) {
            match character {
                '\n' => break,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                _ if character == quote => return self.emit(kind, index + 1),
                _ => {}
            }
        }
        Err(Cause::syntax(unterminated))
    }

    /// A text that looks like a number. Whether it is one, `Number::of` decides.
    fn number(&mut self) -> Result<()> {
        let length = number_length(self.rest);
        let next = self.rest[length..].chars().next();
        if next.is_some_and(|next| is_alphanumeric(next) || next == '+' || next == '-') {
            return Err(Cause::syntax("bad number syntax"));
        }
        self.emit(Kind::Number, length)
    }
}

fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let at = |index: usize| bytes.get(index).copied().unwrap_or(0);
    let run = |mut index: usize, digits: fn(u8) -> bool| {
        while digits(at(index)) {
            index += 1;
        }
        index
    };
    let sign = |index: usize| index + usize::from(matches!(at(index), b'+' | b'-'));
    let mut index = sign(0);
    let mut digits: fn(u8) -> bool = |b| b.is_ascii_digit() || b == b'_';
    let mut exponent: &[u8] = b"eE";
    if at(index) == b'0' {
        index += 1;
        let (set, exponents): (fn(u8) -> bool, &[u8]) = match at(index) {
            b'x' | b'X' => (|b| b.is_ascii_hexdigit() || b == b'_', b"pP"),
            b'o' | b'O' => (|b| matches!(b, b'0'..=b'7' | b'_'), b""),
            b'b' | b'B' => (|b| matches!(b, b'0' | b'1' | b'_'), b""),
            _ => (digits, exponent),
        };
        if exponents != exponent {
            index += 1;
        }
        (digits, exponent) = (set, exponents);
    }
    index = run(index, digits);
    if at(index) == b'.' {
        index = run(index + 1, digits);
    }
    if exponent.contains(&at(index)) {
        index = run(sign(index + 1), |b| b.is_ascii_digit() || b == b'_');
    }
    index + usize::from(at(index) == b'i')
}
