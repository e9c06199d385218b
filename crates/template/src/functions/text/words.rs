//! Functions of words: snake, kebab and Pascal case, initials, white space.

use super::casing::{lower, upper};
use crate::engine::Engine;
use crate::error::Result;
use crate::functions::signature::{Function, Type, text};
use crate::text::characters;
use crate::value::Value;

use Type::Text;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("snakecase", &[Text], |engine, values| separated(engine, text(values, 0), '_')),
    Function::new("kebabcase", &[Text], |engine, values| separated(engine, text(values, 0), '-')),
    Function::new("camelcase", &[Text], |engine, values| pascal(engine, text(values, 0))),
    // These two take each byte for a character, as the library that sprig uses does.
    Function::new("initials", &[Text], |engine, values| {
        let mut out = engine.buffer();
        let mut after_space = true;
        for character in text(values, 0).iter().map(|byte| char::from(*byte)) {
            if character.is_whitespace() {
                after_space = true;
            } else if std::mem::take(&mut after_space) {
                out.push_char(character)?;
            }
        }
        engine.finish(out)
    }),
    Function::new("nospace", &[Text], |engine, values| {
        let whole = text(values, 0);
        let is_space = |byte: &u8| char::from(*byte).is_whitespace();
        if !whole.iter().any(is_space) {
            return engine.text(whole);
        }
        let mut out = engine.buffer();
        for byte in whole.iter().filter(|byte| !is_space(byte)) {
            out.push_char(char::from(*byte))?;
        }
        engine.finish(out)
    }),
];

fn is_connector(character: char) -> bool {
    matches!(character, '-' | '_') || character.is_whitespace()
}

/// Pascal case: each word begins with a capital, and a run of capitals is one word. Connectors before the first word stay. Of several
/// connectors in a row, one is dropped.
fn pascal(engine: &Engine<'_>, whole: &[u8]) -> Result<Value> {
    let mut out = engine.buffer();
    let mut rest = characters(whole).map(|(character, _)| character);
    let mut held = None;
    let mut last = None;
    for character in rest.by_ref() {
        if !is_connector(character) {
            held = Some(character);
            break;
        }
        out.push_char(character)?;
        last = Some(character);
    }
    let Some(first) = held else {
        // A string of connectors alone gets its last one twice.
        if let Some(last) = last {
            out.push_char(last)?;
        }
        return engine.finish(out);
    };
    let mut in_capitals = first.is_uppercase();
    let mut before = upper(first);
    for character in rest {
        let mut current = character;
        if is_connector(current) && is_connector(before) {
            out.push_char(before)?;
        } else if is_connector(before) {
            in_capitals = current.is_uppercase();
            current = upper(current);
        } else {
            if in_capitals {
                if current.is_uppercase() {
                    current = lower(current);
                } else {
                    in_capitals = false;
                }
            }
            out.push_char(before)?;
        }
        before = current;
    }
    out.push_char(before)?;
    engine.finish(out)
}

/// The kind of a run of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    None,
    Number,
    Upper,
    Alphabet,
    Connector,
    Punctuation,
    Other,
}

fn is_letter(character: char) -> bool {
    // Letters without case do not count as letters here.
    character.is_uppercase() || character.is_lowercase() || matches!(character, 'ǅ' | 'ǈ' | 'ǋ' | 'ǲ')
}

fn kind_of(character: char) -> Kind {
    if is_connector(character) {
        Kind::Connector
    } else if is_punctuation(character) {
        Kind::Punctuation
    } else if character.is_uppercase() {
        Kind::Upper
    } else if is_letter(character) {
        Kind::Alphabet
    } else if character.is_numeric() {
        Kind::Number
    } else {
        Kind::Other
    }
}

/// Whether it is punctuation: all of ASCII, and the most common beyond.
fn is_punctuation(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_punctuation() && !"$+<=>^`|~".contains(character);
    }
    matches!(
        character,
        '¡' | '§' | '«' | '¶' | '·' | '»' | '¿' | '‐'..='‧' | '‰'..='⁃' | '、'..='〃' | '〈'..='】'
    )
}

/// A character and its bytes, which differ from it where they are not UTF-8.
type Letter<'w> = (char, &'w [u8]);

/// Splits a name into words.
struct Words<'w> {
    rest: &'w [Letter<'w>],
}

impl<'w> Words<'w> {
    fn next(&mut self) -> (Kind, &'w [Letter<'w>]) {
        let Some((first, _)) = self.rest.first() else { return (Kind::None, &[]) };
        let kind = kind_of(*first);
        let run = |from: usize, belongs: fn(char) -> bool| {
            from + self.rest[from..].iter().take_while(|(character, _)| belongs(*character)).count()
        };
        let small: fn(char) -> bool = |c| is_letter(c) && !c.is_uppercase();
        let length = match kind {
            Kind::Connector => run(0, is_connector),
            Kind::Punctuation => run(0, is_punctuation),
            Kind::Number => run(0, char::is_numeric),
            Kind::Alphabet => run(0, small),
            Kind::Upper => {
                let capitals = run(0, char::is_uppercase);
                match self.rest.get(capitals) {
                    // The last capital begins the next word, unless it is the only one.
                    Some((next, _)) if small(*next) && capitals > 1 => capitals - 1,
                    Some((next, _)) if small(*next) => run(1, small),
                    _ => capitals,
                }
            }
            Kind::Other | Kind::None => run(0, |c| kind_of(c) == Kind::Other),
        };
        let (word, rest) = self.rest.split_at(length.max(1));
        self.rest = rest;
        (kind, word)
    }
}

/// Lower case, with the connector between words. Whether a number is a word of its own depends on its neighbours.
fn separated(engine: &Engine<'_>, whole: &[u8], connector: char) -> Result<Value> {
    let mut letters: Vec<Letter<'_>> = Vec::new();
    engine.budget().memory(whole.len().saturating_mul(size_of::<Letter<'_>>()))?;
    let mut start = 0;
    for (character, length) in characters(whole) {
        letters.push((character, &whole[start..start + length]));
        start += length;
    }
    let mut words = Words { rest: &letters };
    let mut out = engine.buffer();
    let mut put = |kind: Kind, word: &[Letter<'_>]| -> Result<()> {
        for (character, bytes) in word {
            if !matches!(kind, Kind::Upper | Kind::Connector) {
                out.push(bytes)?;
            } else if is_connector(*character) {
                out.push_char(connector)?;
            } else {
                out.push_char(lower(*character))?;
            }
        }
        Ok(())
    };
    let link: [Letter<'_>; 1] = [(connector, &[])];
    let (mut kind, mut word) = words.next();
    while !words.rest.is_empty() {
        if kind != Kind::Connector {
            put(kind, word)?;
        }
        let (before, last) = (kind, word);
        (kind, word) = words.next();
        match before {
            Kind::Number => {
                while matches!(kind, Kind::Alphabet | Kind::Number) {
                    put(kind, word)?;
                    (kind, word) = words.next();
                }
                if !matches!(kind, Kind::None | Kind::Punctuation | Kind::Connector) {
                    put(Kind::Connector, &link)?;
                }
            }
            Kind::Connector => put(before, last)?,
            Kind::Punctuation => {}
            _ if kind != Kind::Number => {
                if !matches!(kind, Kind::Connector | Kind::Punctuation) {
                    put(Kind::Connector, &link)?;
                }
            }
            _ if words.rest.is_empty() => {}
            _ => {
                let number = word;
                (kind, word) = words.next();
                if kind == Kind::Alphabet {
                    put(Kind::Connector, &link)?;
                    put(Kind::Number, number)?;
                    while matches!(kind, Kind::Alphabet | Kind::Number) {
                        put(kind, word)?;
                        (kind, word) = words.next();
                    }
                    if !matches!(kind, Kind::None | Kind::Connector | Kind::Punctuation) {
                        put(Kind::Connector, &link)?;
                    }
                } else {
                    put(Kind::Number, number)?;
                    if !matches!(kind, Kind::Connector | Kind::Punctuation) {
                        put(Kind::Connector, &link)?;
                    }
                }
            }
        }
    }
    put(kind, word)?;
    engine.finish(out)
}
