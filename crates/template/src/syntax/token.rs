//! The words of a template.

/// What a word is.
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
    /// Some other printable character, of which only the comma has a use.
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

/// A word, where it stands, and its text.
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

/// The words that are no function's name.
pub(super) const KEYWORDS: [&str; 10] =
    ["block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"];
