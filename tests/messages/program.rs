//! [`Program`]: the messages, reasons and names in the sources of a program.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::source::{Kind, Source, Token, end_of_item, sources};
use crate::template::Template;

/// The sources of some crates.
#[derive(Debug)]
pub(crate) struct Program(Vec<Source>);

/// A text that the program prints, and where it is.
#[derive(Debug)]
pub(crate) struct Message {
    pub path: PathBuf,
    pub line: usize,
    pub text: String,
    pub template: Template,
}

impl Program {
    pub(crate) fn read(root: &Path, folders: &[impl AsRef<str>]) -> Result<Self> {
        let mut all = Vec::new();
        for folder in folders {
            all.extend(sources(root, folder.as_ref())?);
        }
        Ok(Self(all))
    }

    /// Every text of an error, and every warning and error that is logged or printed.
    pub(crate) fn messages(&self) -> Vec<Message> {
        let of = |source: &Source| {
            let tokens = &source.tokens;
            let starts = (0..tokens.len()).filter_map(|at| {
                text_of_error(&tokens[at..])
                    .or_else(|| logged(&tokens[at..]))
                    .or_else(|| warned(&tokens[at..]))
            });
            starts.filter_map(|token| Message::new(source, token)).collect::<Vec<_>>()
        };
        self.0.iter().flat_map(of).filter(|message| message.template.has_words()).collect()
    }

    /// The texts of a function, a constant, or the `impl` of a trait for a type.
    pub(crate) fn texts_of(&self, name: &str) -> Vec<Message> {
        let of = |source: &Source| {
            let tokens = &source.tokens;
            let is_start = |at: &usize| {
                ["fn", "const", "for"].iter().any(|word| tokens[*at].is(word))
                    && tokens.get(at + 1).is_some_and(|token| token.is(name))
            };
            let items =
                (0..tokens.len()).filter(is_start).map(|at| &tokens[at..at + end_of_item(&tokens[at..])]);
            items.flatten().filter_map(|token| Message::new(source, token)).collect::<Vec<_>>()
        };
        let is_sentence =
            |message: &Message| message.template.has_words() && message.text.split_whitespace().count() > 2;
        self.0.iter().flat_map(of).filter(is_sentence).collect()
    }

    /// Every text with words in it.
    pub(crate) fn texts(&self) -> Vec<Message> {
        let of = |source: &Source| {
            source.tokens.iter().filter_map(|token| Message::new(source, token)).collect::<Vec<_>>()
        };
        self.0.iter().flat_map(of).filter(|message| message.template.has_words()).collect()
    }

    /// Every text that satisfies `wanted`, once.
    pub(crate) fn words(&self, wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
        let texts = self.0.iter().flat_map(|source| &source.tokens).filter_map(Token::text);
        texts.filter(|text| wanted(text)).map(str::to_owned).collect()
    }

    /// The first argument of each call of this method, where it is a text.
    pub(crate) fn first_arguments_of(&self, method: &str) -> BTreeSet<String> {
        let of = |source: &Source| {
            let tokens = &source.tokens;
            let calls = (0..tokens.len())
                .filter_map(|at| starts(&tokens[at..], &[".", method, "("])?.first()?.text());
            calls.map(str::to_owned).collect::<Vec<_>>()
        };
        self.0.iter().flat_map(of).collect()
    }
}

impl Message {
    /// Location and text, for an error message.
    pub(crate) fn with_place(&self) -> String {
        format!("{}:{}: {}", self.path.display(), self.line, self.text)
    }

    fn new(source: &Source, token: &Token) -> Option<Self> {
        let text = token.text()?;
        let template = Template::new(text);
        Some(Self { path: source.path.clone(), line: token.line, text: text.to_owned(), template })
    }
}

/// The text of `#[error("…")]`, where that begins here.
fn text_of_error(tokens: &[Token]) -> Option<&Token> {
    starts(tokens, &["#", "[", "error", "("])
        .and_then(<[Token]>::first)
        .filter(|token| token.text().is_some())
}

/// The message of `tracing::warn!(…)` or `tracing::error!(…)`, where that begins here: its last text.
fn logged(tokens: &[Token]) -> Option<&Token> {
    let mut level = ["warn", "error"].into_iter();
    let inside = level.find_map(|level| starts(tokens, &["tracing", ":", ":", level, "!", "("]))?;
    let mut depth = 1_usize;
    let mut last = None;
    for token in inside {
        match &token.kind {
            Kind::Sign('(' | '[' | '{') => depth += 1,
            Kind::Sign(')' | ']' | '}') => depth -= 1,
            Kind::Text(_) if depth == 1 => last = Some(token),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    last
}

/// The text of `warn(…)` or `alert(…)`, where that begins here: kubeseal-rs prints it.
fn warned(tokens: &[Token]) -> Option<&Token> {
    let inside = ["warn", "alert"].into_iter().find_map(|name| starts(tokens, &[name, "("]))?;
    let inside = starts(inside, &["format_args", "!", "("]).unwrap_or(inside);
    inside.first().filter(|token| token.text().is_some())
}

/// The tokens after these, if it begins with them.
fn starts<'a>(tokens: &'a [Token], with: &[&str]) -> Option<&'a [Token]> {
    let begins = tokens.len() > with.len() && with.iter().zip(tokens).all(|(word, token)| token.is(word));
    begins.then(|| &tokens[with.len()..])
}
