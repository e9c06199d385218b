//! `range`: over a number, a list or a map.

use super::execution::{Execution, Flow};
use crate::error::{Cause, Result};
use crate::syntax::Branch;
use crate::value::Value;

impl<'t> Execution<'t, '_> {
    pub(super) fn range(&mut self, dot: &Value, branch: &'t Branch) -> Result<Flow> {
        let in_scope = self.variables.len();
        let value = self.pipe(dot, &branch.pipe)?;
        let ran = match &value {
            Value::Int(kind, count) => {
                if branch.pipe.variables.len() > 1 {
                    return Err(Cause::evaluation(
                        "can't use a number to iterate over more than one variable",
                    ));
                }
                for number in 0..*count {
                    if !self.turn(branch, Value::Nil, &Value::Int(*kind, number))? {
                        break;
                    }
                }
                *count > 0
            }
            Value::List(list) => {
                for index in 0..list.len() {
                    let item = list.get(index).unwrap_or(Value::Nil);
                    if !self.turn(branch, Value::length(index), &item)? {
                        break;
                    }
                }
                list.len() > 0
            }
            Value::Map(map) => {
                self.engine.budget().steps(map.len())?;
                for (key, item) in map.entries(self.engine.budget())? {
                    if !self.turn(branch, Value::Text(key), &item)? {
                        break;
                    }
                }
                map.len() > 0
            }
            Value::Nil => false,
            other => {
                return Err(Cause::evaluation(format!("range can't iterate over a {}", other.type_name())));
            }
        };
        let flow = match &branch.otherwise {
            Some(otherwise) if !ran => self.walk(dot, otherwise)?,
            _ => Flow::Next,
        };
        self.variables.truncate(in_scope);
        Ok(flow)
    }

    /// One turn of the loop. False after a `break`.
    fn turn(&mut self, branch: &'t Branch, index: Value, item: &Value) -> Result<bool> {
        self.engine.budget().steps(1)?;
        let top = self.variables.len();
        match (branch.pipe.variables.as_slice(), branch.pipe.assigns) {
            ([name], true) => self.assign(name, item.clone())?,
            ([first, second], true) => {
                self.assign(first, index)?;
                self.assign(second, item.clone())?;
            }
            // The pipeline declared both variables, the second last.
            ([_], false) => self.variables[top - 1].1 = item.clone(),
            ([_, _], false) => {
                self.variables[top - 1].1 = item.clone();
                self.variables[top - 2].1 = index;
            }
            _ => {}
        }
        let flow = self.walk(item, &branch.body)?;
        self.variables.truncate(top);
        Ok(flow != Flow::Break)
    }
}
