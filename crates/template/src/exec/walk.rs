//! Statements: texts, actions, conditions, other templates.

use super::execution::{Execution, Flow};
use crate::error::{Cause, Result};
use crate::print;
use crate::syntax::{Branch, Pipe, Statement};
use crate::value::{Value, comparisons};

impl<'t> Execution<'t, '_> {
    pub(super) fn walk(&mut self, dot: &Value, statements: &'t [Statement]) -> Result<Flow> {
        self.engine.budget().descend()?;
        for statement in statements {
            self.engine.budget().steps(1)?;
            match self.statement(dot, statement)? {
                Flow::Next => {}
                flow => {
                    self.engine.budget().ascend();
                    return Ok(flow);
                }
            }
        }
        self.engine.budget().ascend();
        Ok(Flow::Next)
    }

    fn statement(&mut self, dot: &Value, statement: &'t Statement) -> Result<Flow> {
        match statement {
            Statement::Text(text) => self.write(text)?,
            Statement::Action(pipe) => self.action(dot, pipe)?,
            Statement::If(branch) => return self.branch(dot, branch, false),
            Statement::With(branch) => return self.branch(dot, branch, true),
            Statement::Range(branch) => return self.range(dot, branch),
            Statement::Template { line, name, pipe } => self.template(dot, *line, name, pipe.as_ref())?,
            Statement::Break => return Ok(Flow::Break),
            Statement::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::Next)
    }

    fn action(&mut self, dot: &Value, pipe: &'t Pipe) -> Result<()> {
        let value = self.pipe(dot, pipe)?;
        if !pipe.variables.is_empty() {
            return Ok(());
        }
        match &value {
            Value::Nil => self.write(b"<no value>"),
            Value::Text(text) => self.write(text),
            value => {
                let mut text = self.engine.buffer();
                print::print_value(self.engine, &mut text, value)?;
                self.write(text.as_slice())
            }
        }
    }

    fn branch(&mut self, dot: &Value, branch: &'t Branch, sets_dot: bool) -> Result<Flow> {
        let in_scope = self.variables.len();
        let value = self.pipe(dot, &branch.pipe)?;
        let flow = if value.truth() {
            self.walk(if sets_dot { &value } else { dot }, &branch.body)?
        } else if let Some(otherwise) = &branch.otherwise {
            self.walk(dot, otherwise)?
        } else {
            Flow::Next
        };
        self.variables.truncate(in_scope);
        Ok(flow)
    }

    fn template(&mut self, dot: &Value, line: usize, name: &str, pipe: Option<&'t Pipe>) -> Result<()> {
        self.line = line;
        self.engine.budget().read(name.len(), comparisons(self.definitions.len()))?;
        let Some(statements) = self.definitions.get(name) else {
            return Err(Cause::evaluation(format!("template {name:?} not defined")));
        };
        let dot = match pipe {
            Some(pipe) => self.pipe(dot, pipe)?,
            None => Value::Nil,
        };
        // The template sees its dot, and no variable of this one.
        let ours = std::mem::replace(&mut self.variables, vec![("$", dot.clone())]);
        self.walk(&dot, statements)?;
        self.variables = ours;
        Ok(())
    }
}
