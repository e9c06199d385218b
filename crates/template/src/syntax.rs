//! From the text of a template to its tree: lexer, parser, and the tree itself.

mod control;
mod lexer;
mod literal;
mod node;
mod number;
mod parser;
mod pipeline;
mod token;

pub(crate) use node::{Branch, Command, Definitions, Node, Operand, Pipe, Place};
pub(crate) use number::{Number, parse_float, parse_int};
pub(crate) use parser::parse;
