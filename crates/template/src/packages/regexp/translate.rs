//! Translates an expression from Go's syntax to that of the `regex` crate.
//!
//! In Go, `\d`, `\s`, `\w` and `\b` are ASCII, classes do not nest, and a brace that is not a repetition means itself.

use super::class::{self, literal};

/// The expression in the syntax of the `regex` crate, or none if Go would refuse it.
pub(super) fn translate(expression: &str) -> Option<String> {
    let mut translator = Translator { rest: expression, out: String::new(), before: Before::Nothing };
    while !translator.rest.is_empty() {
        translator.step()?;
    }
    Some(translator.out)
}

/// What came before, which decides whether a repetition may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Term,
    Repetition,
}

struct Translator<'x> {
    rest: &'x str,
    out: String,
    before: Before,
}

impl Translator<'_> {
    fn step(&mut self) -> Option<()> {
        let first = self.rest.chars().next()?;
        match first {
            '\\' => return self.escape(),
            '[' => {
                let length = class::bracketed(self.rest, &mut self.out)?;
                self.advance(length);
                self.before = Before::Term;
            }
            '(' => return self.group(),
            '|' => self.keep(first, Before::Nothing),
            '*' | '+' | '?' => return self.repeat(1),
            '{' => {
                if let Some((length, valid)) = repetition(self.rest) {
                    return if valid { self.repeat(length) } else { None };
                }
                self.out.push_str("\\{");
                self.advance(1);
                self.before = Before::Term;
            }
            ')' | '^' | '$' | '.' => self.keep(first, Before::Term),
            other => {
                literal(other, &mut self.out);
                self.advance(other.len_utf8());
                self.before = Before::Term;
            }
        }
        Some(())
    }

    fn advance(&mut self, length: usize) {
        self.rest = &self.rest[length..];
    }

    fn keep(&mut self, character: char, before: Before) {
        self.out.push(character);
        self.advance(character.len_utf8());
        self.before = before;
    }

    /// A repetition of that length, and the question mark that makes it lazy.
    fn repeat(&mut self, length: usize) -> Option<()> {
        if self.before != Before::Term {
            return None;
        }
        let lazy = usize::from(self.rest[length..].starts_with('?'));
        self.out.push_str(&self.rest[..length + lazy]);
        self.advance(length + lazy);
        self.before = Before::Repetition;
        Some(())
    }

    fn group(&mut self) -> Option<()> {
        let Some(inner) = self.rest.strip_prefix("(?") else {
            self.keep('(', Before::Nothing);
            return Some(());
        };
        let named = inner.strip_prefix("P<").or_else(|| inner.strip_prefix('<'));
        let length = if let Some(name) = named {
            let end = name.find('>')?;
            let is_name = !name[..end].is_empty()
                && name[..end].bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !is_name {
                return None;
            }
            self.rest.len() - name.len() + end + 1
        } else {
            let end = inner.find([':', ')'])?;
            let flags = &inner[..end];
            let (on, off) = flags.split_once('-').unwrap_or((flags, "i"));
            let are_flags = |flags: &str| flags.bytes().all(|flag| b"imsU".contains(&flag));
            if off.is_empty() || !are_flags(on) || !are_flags(off) {
                return None;
            }
            2 + end + 1
        };
        // Go allows an empty list of flags; the `regex` crate does not.
        if &self.rest[..length] != "(?)" {
            self.out.push_str(&self.rest[..length]);
        }
        self.advance(length);
        self.before = Before::Nothing;
        Some(())
    }

    fn escape(&mut self) -> Option<()> {
        let escaped = self.rest[1..].chars().next()?;
        let simple = match escaped {
            'A' => "\\A",
            'z' => "\\z",
            'b' => "(?-u:\\b)",
            'B' => "(?-u:\\B)",
            'Q' => {
                self.quoted();
                return Some(());
            }
            _ => "",
        };
        if !simple.is_empty() {
            self.out.push_str(simple);
            self.advance(2);
        } else if let Some((set, length)) = class::escaped_set(self.rest) {
            self.out.push_str(&set);
            self.advance(length);
        } else {
            let (character, length) = class::escaped_character(self.rest)?;
            literal(character, &mut self.out);
            self.advance(length);
        }
        self.before = Before::Term;
        Some(())
    }

    /// `\Q`, and all that follows up to `\E` as it is.
    fn quoted(&mut self) {
        let body = &self.rest[2..];
        let (text, length) = match body.find("\\E") {
            Some(end) => (&body[..end], end + 4),
            None => (body, self.rest.len()),
        };
        for character in text.chars() {
            literal(character, &mut self.out);
            self.before = Before::Term;
        }
        self.advance(length);
    }
}

/// `{2}`, `{2,}` or `{2,5}`: its length, and whether Go repeats as often. None if it is just a brace.
fn repetition(text: &str) -> Option<(usize, bool)> {
    let end = text.find('}')?;
    let (least, most) = match text[1..end].split_once(',') {
        Some((least, most)) => (least, Some(most)),
        None => (&text[1..end], None),
    };
    let number = |digits: &str| -> Option<u32> {
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let canonical = digits == "0" || !digits.starts_with('0');
        (plain && canonical).then(|| digits.parse().unwrap_or(u32::MAX))
    };
    let least = number(least)?;
    let most = match most {
        None | Some("") => least,
        Some(most) => number(most)?,
    };
    Some((end + 1, least <= most && most <= 1000))
}
