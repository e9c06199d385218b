//! From the text of a template to its tree: lexer, parser, and the tree itself.

mod control;
mod lexer;
mod literal;
mod number;
mod parser;
mod pipeline;
mod token;
mod tree;

pub(crate) use number::Number;
pub(crate) use parser::parse;
pub(crate) use tree::{Branch, Command, Definitions, Operand, Pipe, Statement};
