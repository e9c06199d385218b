//! [`LineBreak`]: characters that end a line in YAML 1.1, which kubectl reads, and do not in YAML 1.2.
//!
//! Decided: a document with one of them is refused, instead of read as Go reads it: there, it ends comments, so that what looks
//! like a comment may be a field, and folds into a space or stays by rules that are not expected where it was typed by accident.

use std::fmt;

/// Line and column, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// In characters, from 1. `None` where only the line is known.
    pub column: Option<usize>,
}

/// One of the characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineBreak {
    /// U+0085
    NextLine,
    /// U+2028
    LineSeparator,
    /// U+2029
    ParagraphSeparator,
}

impl LineBreak {
    fn of(character: char) -> Option<Self> {
        match character {
            '\u{85}' => Some(Self::NextLine),
            '\u{2028}' => Some(Self::LineSeparator),
            '\u{2029}' => Some(Self::ParagraphSeparator),
            _ => None,
        }
    }

    /// The first one in a text. Escape sequences (`\u2028`) do not count.
    pub fn first_in(text: &str) -> Option<(Self, Position)> {
        // None of them is ASCII, as most documents are.
        if text.is_ascii() {
            return None;
        }
        let (at, found) = text.char_indices().find_map(|(at, c)| Some((at, Self::of(c)?)))?;
        let before = &text[..at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        let column = Some(before[line_start..].chars().count() + 1);
        Some((found, Position { line, column }))
    }

    /// What the author of the document can do about it.
    pub fn hint(self) -> String {
        let escape = match self {
            Self::NextLine => "\\u0085",
            Self::LineSeparator => "\\u2028",
            Self::ParagraphSeparator => "\\u2029",
        };
        format!(
            "take it out; or, if the value has it, write the value in double quotes and {escape} in its place"
        )
    }
}

impl fmt::Display for LineBreak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NextLine => "the character U+0085 (next line)",
            Self::LineSeparator => "the character U+2028 (line separator)",
            Self::ParagraphSeparator => "the character U+2029 (paragraph separator)",
        })
    }
}
