//! From tokens to the tree: texts, actions, definitions.

use super::lexer;
use super::literal::unquote;
use super::token::{Kind, Token};
use super::tree::{Definitions, Statement};
use crate::error::{Cause, Result};
use crate::limits::Budget;
use crate::text::Text;
use zeroize::Zeroizing;

/// Parses the text of the template `name`: the result is that template and all that it defines. The error has the line and the cause.
pub(crate) fn parse(
    name: &str,
    source: &str,
    budget: &Budget,
) -> std::result::Result<Definitions, (usize, Cause)> {
    let tokens = lexer::tokens(source, budget).map_err(|refused| (refused.line, refused.cause))?;
    let mut parser = Parser {
        tokens,
        position: 0,
        variables: vec!["$"],
        range_depth: 0,
        definitions: Definitions::new(),
        budget,
    };
    match parser.whole(name) {
        Ok(()) => Ok(parser.definitions),
        Err(cause) => {
            let line = parser.tokens.get(parser.position.saturating_sub(1)).map_or(1, |token| token.line);
            Err((line, cause))
        }
    }
}

/// What ends a list of statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    End,
    Else,
}

/// A statement, or the end of a list of statements.
pub(super) enum Item {
    Statement(Statement),
    Ending(Ending),
}

pub(super) struct Parser<'s, 'b> {
    tokens: Vec<Token<'s>>,
    position: usize,
    /// The names of variables in scope.
    pub(super) variables: Vec<&'s str>,
    pub(super) range_depth: usize,
    definitions: Definitions,
    pub(super) budget: &'b Budget,
}

impl<'s> Parser<'s, '_> {
    pub(super) fn peek(&self) -> Token<'s> {
        const END: Token<'static> = Token { kind: Kind::End, text: "", line: 1 };
        self.tokens.get(self.position).copied().unwrap_or(END)
    }

    pub(super) fn next(&mut self) -> Token<'s> {
        let token = self.peek();
        self.position += 1;
        token
    }

    pub(super) fn back(&mut self) {
        self.position -= 1;
    }

    pub(super) fn peek_solid(&mut self) -> Token<'s> {
        while self.peek().kind == Kind::Space {
            self.position += 1;
        }
        self.peek()
    }

    pub(super) fn next_solid(&mut self) -> Token<'s> {
        self.peek_solid();
        self.next()
    }

    pub(super) fn expect_close(&mut self, context: &'static str) -> Result<()> {
        match self.next_solid() {
            token if token.kind == Kind::RightDelimiter => Ok(()),
            token => Err(unexpected(token, context)),
        }
    }

    /// The name of a template, which is a string.
    pub(super) fn template_name(&mut self, context: &'static str) -> Result<String> {
        let token = self.next_solid();
        if !matches!(token.kind, Kind::Quoted | Kind::RawQuoted) {
            return Err(unexpected(token, context));
        }
        Ok(String::from_utf8_lossy(&unquote(token.text)?).into_owned())
    }

    fn whole(&mut self, name: &str) -> Result<()> {
        let mut statements = Vec::new();
        loop {
            let token = self.peek();
            if token.kind == Kind::End {
                break;
            }
            let start = self.position;
            if token.kind == Kind::LeftDelimiter {
                self.next();
                if self.next_solid().is_word("define") {
                    self.define()?;
                    continue;
                }
                self.position = start;
            }
            match self.text_or_action()? {
                Item::Statement(statement) => statements.push(statement),
                Item::Ending(Ending::End) => return Err(Cause::syntax("unexpected {{end}}")),
                Item::Ending(Ending::Else) => return Err(Cause::syntax("unexpected {{else}}")),
            }
        }
        self.add(name.to_owned(), statements)
    }

    fn define(&mut self) -> Result<()> {
        let name = self.template_name("define clause")?;
        self.expect_close("define clause")?;
        self.definition(name, "define clause")
    }

    /// Parses the body of a definition or block, which sees no variable from outside.
    pub(super) fn definition(&mut self, name: String, context: &'static str) -> Result<()> {
        let variables = std::mem::replace(&mut self.variables, vec!["$"]);
        let range_depth = std::mem::take(&mut self.range_depth);
        let (statements, ending) = self.list()?;
        if ending != Ending::End {
            return Err(Cause::syntax(format!("unexpected {{{{else}}}} in {context}")));
        }
        self.variables = variables;
        self.range_depth = range_depth;
        self.add(name, statements)
    }

    fn add(&mut self, name: String, statements: Vec<Statement>) -> Result<()> {
        let is_empty = |statements: &[Statement]| statements.iter().all(Statement::is_empty);
        match self.definitions.get(&name) {
            Some(there) if !is_empty(there) => {
                if is_empty(&statements) {
                    return Ok(());
                }
                Err(Cause::syntax(format!("multiple definition of template {name:?}")))
            }
            _ => {
                self.definitions.insert(name, statements);
                Ok(())
            }
        }
    }

    /// Parses statements up to the next end or else of this level.
    pub(super) fn list(&mut self) -> Result<(Vec<Statement>, Ending)> {
        self.budget.descend()?;
        let mut statements = Vec::new();
        while self.peek_solid().kind != Kind::End {
            match self.text_or_action()? {
                Item::Statement(statement) => statements.push(statement),
                Item::Ending(ending) => {
                    self.budget.ascend();
                    return Ok((statements, ending));
                }
            }
        }
        Err(Cause::syntax("unexpected EOF"))
    }

    fn text_or_action(&mut self) -> Result<Item> {
        self.budget.memory(size_of::<Statement>())?;
        let token = self.next_solid();
        match token.kind {
            Kind::Text => {
                self.budget.memory(token.text.len())?;
                let bytes = Zeroizing::new(token.text.as_bytes().to_vec());
                Ok(Item::Statement(Statement::Text(Text::new(bytes))))
            }
            Kind::LeftDelimiter => self.action(),
            _ => Err(unexpected(token, "input")),
        }
    }
}

/// The error for a token. It shows the token, which is a part of the template's text and so no secret.
pub(super) fn unexpected(token: Token<'_>, context: &str) -> Cause {
    if token.kind == Kind::End {
        return Cause::syntax(format!("unexpected EOF in {context}"));
    }
    let text: String = token.text.chars().take(20).collect();
    Cause::syntax(format!("unexpected {text:?} in {context}"))
}
