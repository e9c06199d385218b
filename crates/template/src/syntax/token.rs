//! [`Token`]: a word, number or mark of a template.

/// The kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    LeftDelimiter,
    RightDelimiter,
    Space,
    Assign,
    Declare,
    Pipe,
    LeftParen,
    RightParen,
    /// Another printable character, of which only the comma is used.
    Character,
    Dot,
    Field,
    Variable,
    /// A function's name, a keyword, `true`, `false` or `nil`.
    Word,
    Number,
    CharacterConstant,
    Quoted,
    RawQuoted,
    End,
}

/// A token: its kind, text and line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'s> {
    pub(super) kind: Kind,
    pub(super) text: &'s str,
    pub(super) line: usize,
}

impl Token<'_> {
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text == word
    }
}

/// The words that are not names of functions.
pub(super) const KEYWORDS: [&str; 10] =
    ["block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"];
