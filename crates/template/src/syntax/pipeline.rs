//! Pipelines: declarations, commands, operands.

use super::literal::unquote;
use super::number::Number;
use super::parser::{Parser, unexpected};
use super::token::{KEYWORDS, Kind};
use super::tree::{Command, Operand, Pipe};
use crate::error::{Cause, Result};
use crate::functions;
use crate::text::Text;

impl<'s> Parser<'s, '_> {
    /// Parses a pipeline and the token that ends it.
    pub(super) fn pipeline(&mut self, context: &'static str, end: Kind) -> Result<Pipe> {
        let line = self.peek_solid().line;
        let (variables, assigns) = self.declarations(context)?;
        let mut commands = Vec::new();
        loop {
            let token = self.next_solid();
            if token.kind == end {
                break;
            }
            let starts_operand = match token.kind {
                Kind::Dot
                | Kind::Field
                | Kind::Variable
                | Kind::Number
                | Kind::CharacterConstant
                | Kind::Quoted
                | Kind::RawQuoted
                | Kind::LeftParen => true,
                Kind::Word => !KEYWORDS.contains(&token.text),
                _ => false,
            };
            if !starts_operand {
                return Err(unexpected(token, context));
            }
            self.back();
            commands.push(self.command()?);
        }
        if commands.is_empty() {
            return Err(Cause::syntax(format!("missing value for {context}")));
        }
        if commands[1..].iter().any(|command| command.first.is_constant()) {
            return Err(Cause::syntax("non executable command in pipeline"));
        }
        Ok(Pipe { line, variables, assigns, commands })
    }

    /// Parses `$a :=`, `$a =`, or for a range `$a, $b :=`.
    fn declarations(&mut self, context: &'static str) -> Result<(Vec<String>, bool)> {
        let mut declared: Vec<&'s str> = Vec::new();
        let mut assigns = false;
        loop {
            let variable = self.peek_solid();
            if variable.kind != Kind::Variable {
                break;
            }
            // The number of tokens to give back if this is an argument.
            let mut taken = 1;
            self.next();
            while self.peek().kind == Kind::Space {
                self.next();
                taken += 1;
            }
            let next = self.peek();
            if matches!(next.kind, Kind::Assign | Kind::Declare) {
                self.next();
                assigns = next.kind == Kind::Assign;
                declared.push(variable.text);
                break;
            }
            if next.kind == Kind::Character && next.text == "," {
                self.next();
                declared.push(variable.text);
                if context != "range" || declared.len() > 1 {
                    return Err(Cause::syntax(format!("too many declarations in {context}")));
                }
                match self.peek_solid().kind {
                    Kind::Variable | Kind::RightDelimiter | Kind::RightParen => continue,
                    _ => return Err(Cause::syntax("range can only initialize variables")),
                }
            }
            for _ in 0..taken {
                self.back();
            }
            break;
        }
        for variable in &declared {
            self.budget.memory(variable.len() + 32)?;
        }
        self.variables.extend(&declared);
        Ok((declared.into_iter().map(str::to_owned).collect(), assigns))
    }

    fn command(&mut self) -> Result<Command> {
        let mut operands = Vec::new();
        loop {
            self.peek_solid();
            if let Some(operand) = self.operand()? {
                self.budget.memory(size_of::<Operand>())?;
                operands.push(operand);
            }
            let token = self.next();
            match token.kind {
                Kind::Space => {}
                Kind::RightDelimiter | Kind::RightParen => {
                    self.back();
                    break;
                }
                Kind::Pipe => break,
                _ => return Err(unexpected(token, "operand")),
            }
        }
        if operands.is_empty() {
            return Err(Cause::syntax("empty command"));
        }
        let first = operands.remove(0);
        Ok(Command { first, arguments: operands })
    }

    /// Parses a term and the fields that follow it.
    fn operand(&mut self) -> Result<Option<Operand>> {
        let Some(term) = self.term()? else { return Ok(None) };
        let mut fields = Vec::new();
        while self.peek().kind == Kind::Field {
            let field = &self.next().text[1..];
            self.budget.memory(field.len() + 32)?;
            fields.push(field.to_owned());
        }
        if fields.is_empty() {
            return Ok(Some(term));
        }
        Ok(Some(match term {
            Operand::Field(mut path) => {
                path.append(&mut fields);
                Operand::Field(path)
            }
            Operand::Variable(name, mut path) => {
                path.append(&mut fields);
                Operand::Variable(name, path)
            }
            term if term.is_constant() => return Err(Cause::syntax("unexpected . after a constant")),
            term => Operand::Chain(Box::new(term), fields),
        }))
    }

    fn term(&mut self) -> Result<Option<Operand>> {
        let token = self.next_solid();
        Ok(Some(match token.kind {
            Kind::Dot => Operand::Dot,
            Kind::Field => Operand::Field(vec![token.text[1..].to_owned()]),
            Kind::Variable => {
                self.budget.steps(self.variables.len() / 8)?;
                self.budget.steps(self.variables.len().saturating_mul(16 + token.text.len()) / 256)?;
                if !self.variables.contains(&token.text) {
                    return Err(Cause::syntax(format!("undefined variable {:?}", token.text)));
                }
                Operand::Variable(token.text.to_owned(), Vec::new())
            }
            Kind::Number => Operand::Number(Number::of(token.text)?),
            Kind::CharacterConstant => Operand::Number(Number::of_character(token.text)?),
            Kind::Quoted | Kind::RawQuoted => {
                self.budget.memory(token.text.len() + 48)?;
                Operand::Text(Text::new(unquote(token.text)?))
            }
            Kind::LeftParen => {
                self.budget.descend()?;
                let pipe = self.pipeline("parenthesized pipeline", Kind::RightParen)?;
                self.budget.ascend();
                Operand::Pipe(Box::new(pipe))
            }
            Kind::Word => match token.text {
                "true" => Operand::Bool(true),
                "false" => Operand::Bool(false),
                "nil" => Operand::Nil,
                word if KEYWORDS.contains(&word) => {
                    self.back();
                    return Ok(None);
                }
                word => Operand::Function(
                    functions::find(word)
                        .ok_or_else(|| Cause::syntax(format!("function {word:?} not defined")))?,
                ),
            },
            _ => {
                self.back();
                return Ok(None);
            }
        }))
    }
}
