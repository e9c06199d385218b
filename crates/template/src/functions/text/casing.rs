//! Functions of case, which map each character to one character, as Go does.

use crate::engine::Engine;
use crate::error::Result;
use crate::functions::signature::{Function, Type, text};
use crate::text::characters;
use crate::value::Value;

use Type::Text;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("upper", &[Text], |engine, values| mapped(engine, text(values, 0), upper)),
    Function::new("lower", &[Text], |engine, values| mapped(engine, text(values, 0), lower)),
    Function::new("title", &[Text], |engine, values| {
        let mut before = ' ';
        mapped(engine, text(values, 0), |character| {
            let first = separates(before);
            before = character;
            if first { title(character) } else { character }
        })
    }),
    Function::new("untitle", &[Text], |engine, values| {
        let mut first = true;
        mapped(engine, text(values, 0), |character| {
            if character.is_whitespace() {
                first = true;
                return character;
            }
            if std::mem::take(&mut first) { lower(character) } else { character }
        })
    }),
    Function::new("swapcase", &[Text], |engine, values| {
        let mut after_space = true;
        mapped(engine, text(values, 0), |character| {
            if character.is_uppercase() || is_title(character) {
                after_space = false;
                lower(character)
            } else if character.is_lowercase() {
                if std::mem::take(&mut after_space) { title(character) } else { upper(character) }
            } else {
                after_space = character.is_whitespace();
                character
            }
        })
    }),
];

fn mapped(engine: &Engine<'_>, whole: &[u8], mut map: impl FnMut(char) -> char) -> Result<Value> {
    let mut out = engine.buffer();
    for (character, _) in characters(whole) {
        out.push_char(map(character))?;
    }
    engine.finish(out)
}

fn single(mut mapped: impl Iterator<Item = char>, unmapped: char) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(character), None) => character,
        _ => unmapped,
    }
}

pub(super) fn upper(character: char) -> char {
    single(character.to_uppercase(), character)
}

pub(super) fn lower(character: char) -> char {
    // The only letter whose full lower case has a second character.
    if character == '\u{130}' { 'i' } else { single(character.to_lowercase(), character) }
}

/// The title case, which differs from the upper case for letters that are two in one.
fn title(character: char) -> char {
    match character {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        other => upper(other),
    }
}

fn is_title(character: char) -> bool {
    matches!(character, '\u{1c5}' | '\u{1c8}' | '\u{1cb}' | '\u{1f2}')
}

/// Whether a word may begin after this character: in ASCII, all but letters, digits and the underscore; else white space.
fn separates(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_alphanumeric() && character != '_';
    }
    !character.is_alphanumeric() && character.is_whitespace()
}
