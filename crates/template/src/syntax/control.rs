//! Parses control structures: if, with, range, template, block, and their ends.

use super::parser::{Ending, Item, Parser, unexpected};
use super::token::Kind;
use super::tree::{Branch, Statement};
use crate::error::{Cause, Result};

impl Parser<'_, '_> {
    /// Parses an action after its opening delimiter.
    pub(super) fn action(&mut self) -> Result<Item> {
        let token = self.next_solid();
        let keyword = if token.kind == Kind::Word { token.text } else { "" };
        Ok(Item::Statement(match keyword {
            "if" => Statement::If(self.branch("if")?),
            "with" => Statement::With(self.branch("with")?),
            "range" => Statement::Range(self.branch("range")?),
            "block" => self.block(token.line)?,
            "template" => self.template(token.line)?,
            "break" => self.leave("{{break}}", Statement::Break)?,
            "continue" => self.leave("{{continue}}", Statement::Continue)?,
            "end" => {
                self.expect_close("end")?;
                return Ok(Item::Ending(Ending::End));
            }
            "else" => {
                // `branch` reads an `if` or `with` that follows the else.
                let next = self.peek_solid();
                if !next.is_word("if") && !next.is_word("with") {
                    self.expect_close("else")?;
                }
                return Ok(Item::Ending(Ending::Else));
            }
            _ => {
                self.back();
                Statement::Action(self.pipeline("command", Kind::RightDelimiter)?)
            }
        }))
    }

    fn leave(&mut self, context: &'static str, statement: Statement) -> Result<Statement> {
        self.expect_close(context)?;
        if self.range_depth == 0 {
            return Err(Cause::syntax(format!("{context} outside {{{{range}}}}")));
        }
        Ok(statement)
    }

    fn branch(&mut self, context: &'static str) -> Result<Branch> {
        let in_scope = self.variables.len();
        let ranges = usize::from(context == "range");
        let pipe = self.pipeline(context, Kind::RightDelimiter)?;
        self.range_depth += ranges;
        let (body, ending) = self.list()?;
        self.range_depth -= ranges;
        let otherwise = match ending {
            Ending::End => None,
            Ending::Else => Some(self.otherwise(context)?),
        };
        self.variables.truncate(in_scope);
        Ok(Branch { pipe, body, otherwise })
    }

    /// Parses what follows an else. `else if` is an else that contains an if, without an end of its own.
    fn otherwise(&mut self, context: &'static str) -> Result<Vec<Statement>> {
        let next = self.peek();
        if context != "range" && next.is_word(context) {
            self.next();
            self.budget.descend()?;
            let branch = self.branch(context)?;
            self.budget.ascend();
            return Ok(vec![if context == "if" { Statement::If(branch) } else { Statement::With(branch) }]);
        }
        match self.list()? {
            (statements, Ending::End) => Ok(statements),
            (_, Ending::Else) => Err(Cause::syntax("expected end; found {{else}}")),
        }
    }

    fn block(&mut self, line: usize) -> Result<Statement> {
        let name = self.template_name("block clause")?;
        let pipe = self.pipeline("block clause", Kind::RightDelimiter)?;
        self.definition(name.clone(), "block clause")?;
        Ok(Statement::Template { line, name, pipe: Some(pipe) })
    }

    fn template(&mut self, line: usize) -> Result<Statement> {
        let name = self.template_name("template clause")?;
        let token = self.next_solid();
        if token.kind == Kind::RightDelimiter {
            return Ok(Statement::Template { line, name, pipe: None });
        }
        if token.kind == Kind::End {
            return Err(unexpected(token, "template clause"));
        }
        self.back();
        let pipe = self.pipeline("template clause", Kind::RightDelimiter)?;
        Ok(Statement::Template { line, name, pipe: Some(pipe) })
    }
}
