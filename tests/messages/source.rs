//! [`Source`]: a Rust file as tokens with their lines, without comments and without its tests. Enough to find the texts that a
//! program prints.
//!
//! Decided: a scanner of its own instead of a parser, because texts stand in attributes, macros and functions alike, and every
//! parser leaves the inside of a macro as tokens.

use std::collections::BTreeSet;
use std::fs;
use std::iter::Peekable;
use std::path::{Path, PathBuf};
use std::str::Chars;

use anyhow::{Context as _, Result};

/// A file.
#[derive(Debug)]
pub(crate) struct Source {
    pub path: PathBuf,
    pub tokens: Vec<Token>,
}

/// A token and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub line: usize,
    pub kind: Kind,
}

/// What a token is. Numbers are words; characters and lifetimes are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Word(String),
    /// A string literal, with its escapes resolved.
    Text(String),
    Sign(char),
}

impl Token {
    pub(crate) fn is(&self, word: &str) -> bool {
        match &self.kind {
            Kind::Word(own) => own == word,
            Kind::Sign(own) => word.strip_prefix(*own) == Some(""),
            Kind::Text(_) => false,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Every Rust file under `folder`, or that file itself, in the workspace `root`, except those that are compiled for
/// tests only.
pub(crate) fn sources(root: &Path, folder: &str) -> Result<Vec<Source>> {
    let (mut files, mut paths) = (Vec::new(), vec![root.join(folder)]);
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).with_context(|| format!("cannot list {}", path.display()))?;
            for entry in entries {
                paths.push(entry?.path());
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    let (mut sources, mut tests) = (Vec::new(), BTreeSet::new());
    for file in files {
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let (tokens, modules) = without_tests(&tokens(&text));
        let parent = file.parent().unwrap_or(root);
        let is_root = file.file_stem().is_some_and(|stem| stem == "lib" || stem == "main");
        let home = if is_root { parent.to_owned() } else { file.with_extension("") };
        tests.extend(modules.into_iter().map(|module| home.join(module)));
        sources.push(Source { path: file, tokens });
    }
    let is_test = |file: &Path| tests.iter().any(|test| file.with_extension("").starts_with(test));
    sources.retain(|source| !is_test(&source.path));
    for source in &mut sources {
        source.path = source.path.strip_prefix(root).unwrap_or(&source.path).to_owned();
    }
    Ok(sources)
}

/// The tokens without each item under `#[cfg(test)]`, and the names of the modules among these that are files.
fn without_tests(tokens: &[Token]) -> (Vec<Token>, Vec<String>) {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut remaining, mut modules) = (Vec::new(), Vec::new());
    let mut rest = tokens;
    while let Some(first) = rest.first() {
        if rest.len() > MARK.len() && MARK.iter().zip(rest).all(|(mark, token)| token.is(mark)) {
            let item = &rest[MARK.len()..];
            let end = end_of_item(item);
            if item[..end].last().is_some_and(|last| last.is(";"))
                && let Some(at) = item[..end].iter().position(|token| token.is("mod"))
                && let Some(Token { kind: Kind::Word(name), .. }) = item.get(at + 1)
            {
                modules.push(name.clone());
            }
            rest = &item[end..];
        } else {
            remaining.push(first.clone());
            rest = &rest[1..];
        }
    }
    (remaining, modules)
}

/// How many tokens the item that begins here has: up to its block's end, or its semicolon.
pub(crate) fn end_of_item(tokens: &[Token]) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        let Kind::Sign(sign) = token.kind else { continue };
        match sign {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && (sign == '}' || sign == ';') {
            return at + 1;
        }
    }
    tokens.len()
}

/// The tokens of a text of Rust.
fn tokens(text: &str) -> Vec<Token> {
    let mut scanner = Scanner { chars: text.chars().peekable(), line: 1 };
    let mut tokens = Vec::new();
    while let Some(first) = scanner.next() {
        let line = scanner.line;
        if let Some(kind) = scanner.token(first) {
            tokens.push(Token { line, kind });
        }
    }
    tokens
}

struct Scanner<'a> {
    chars: Peekable<Chars<'a>>,
    line: usize,
}

impl Scanner<'_> {
    fn next(&mut self) -> Option<char> {
        let next = self.chars.next();
        self.line += usize::from(next == Some('\n'));
        next
    }

    fn next_if(&mut self, wanted: impl FnOnce(char) -> bool) -> Option<char> {
        let next = self.chars.peek().copied().filter(|next| wanted(*next));
        next.and_then(|_| self.next())
    }

    fn token(&mut self, first: char) -> Option<Kind> {
        match first {
            '/' if self.next_if(|next| next == '/').is_some() => {
                while self.next_if(|next| next != '\n').is_some() {}
                None
            }
            '"' => Some(Kind::Text(self.text())),
            '\'' => {
                self.character();
                None
            }
            first if first.is_whitespace() => None,
            first if first.is_alphanumeric() || first == '_' => {
                let mut word = first.to_string();
                while let Some(next) = self.next_if(|next| next.is_alphanumeric() || next == '_') {
                    word.push(next);
                }
                match (word.as_str(), self.chars.peek()) {
                    ("r" | "br", Some('"' | '#')) => Some(Kind::Text(self.raw())),
                    ("b" | "c", Some('"')) => {
                        self.next();
                        Some(Kind::Text(self.text()))
                    }
                    _ => Some(Kind::Word(word)),
                }
            }
            sign => Some(Kind::Sign(sign)),
        }
    }

    /// The rest of a string literal, behind its opening quote.
    fn text(&mut self) -> String {
        let mut text = String::new();
        while let Some(next) = self.next_if(|next| next != '"') {
            if next != '\\' {
                text.push(next);
                continue;
            }
            match self.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('\n') => while self.next_if(char::is_whitespace).is_some() {},
                // A code such as `u{1b}` is no word in a document; the rest of it does no harm.
                Some(other) => text.push(other),
                None => break,
            }
        }
        self.next();
        text
    }

    /// A raw string literal, from its first `#` or its quote.
    fn raw(&mut self) -> String {
        let mut hashes = 0;
        while self.next_if(|next| next == '#').is_some() {
            hashes += 1;
        }
        self.next();
        let end = format!("\"{}", "#".repeat(hashes));
        let mut text = String::new();
        while let Some(next) = self.next() {
            text.push(next);
            if text.ends_with(&end) {
                text.truncate(text.len() - end.len());
                break;
            }
        }
        text
    }

    /// The rest of a character, or of a lifetime, behind its quote.
    fn character(&mut self) {
        if self.next_if(|next| next == '\\').is_some() {
            self.next();
            while self.next_if(|next| next != '\'').is_some() {}
            self.next();
        } else {
            let first = self.next();
            let is_character = self.next_if(|next| next == '\'').is_some();
            if !is_character && first.is_some_and(|first| first.is_alphanumeric() || first == '_') {
                while self.next_if(|next| next.is_alphanumeric() || next == '_').is_some() {}
            }
        }
    }
}

#[test]
fn texts_keep_their_lines_and_lose_their_escapes() {
    let text = "// \"no\"\nlet a = \"one \\\n        two\\\"\";\nfn f<'a>(c: char) { c == '\"'; r#\"a \"b\" c\"#; '\\''; }\n\"end\"";
    let found: Vec<_> = tokens(text).iter().filter_map(|it| Some((it.line, it.text()?.to_owned()))).collect();
    let expected = [(2, "one two\""), (4, "a \"b\" c"), (5, "end")];
    assert_eq!(found, expected.map(|(line, text)| (line, text.to_owned())));
}

#[test]
fn tests_are_left_out() {
    let text = "\"a\"; #[cfg(test)] mod tests { fn f() { \"b\"; } } \"c\"; #[cfg(test)] pub(crate) mod model; \"d\"; \
                #[cfg(test)] use x::y; \"e\"";
    let (remaining, modules) = without_tests(&tokens(text));
    let texts: Vec<_> = remaining.iter().filter_map(Token::text).collect();
    assert_eq!((texts, modules), (vec!["a", "c", "d", "e"], vec!["model".to_owned()]));
}
