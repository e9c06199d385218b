//! [`LineBreak`]: characters that are line breaks to YAML 1.1, which kubectl and upstream read, and text to YAML 1.2.
//!
//! Decided: a document with one of them is refused, instead of read as Go reads it: there, it ends comments, so that what looks
//! like one may be a field, and folds into a space or stays by rules that are not expected where it was typed by accident.

use crate::manifest::yaml::place::Position;
use std::fmt;

/// One of the characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineBreak {
    NextLine,
    LineSeparator,
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

    /// The first one in a text, as it stands there.
    pub(crate) fn first_in(text: &str) -> Option<(Self, Position)> {
        let (at, found) = text.char_indices().find_map(|(at, c)| Some((at, Self::of(c)?)))?;
        let before = &text[..at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        let column = Some(before[line_start..].chars().count() + 1);
        Some((found, Position { line, column }))
    }

    /// How it is written in double quotes.
    fn escape(self) -> &'static str {
        match self {
            Self::NextLine => "\\u0085",
            Self::LineSeparator => "\\u2028",
            Self::ParagraphSeparator => "\\u2029",
        }
    }

    /// What to do about it.
    pub(crate) fn hint(self) -> String {
        format!(
            "take it out; or, if the value has it, write the value in double quotes and {} in its place",
            self.escape()
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
