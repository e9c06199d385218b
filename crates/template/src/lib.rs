//! Go's `text/template` with sprig's functions, over a map of values, within bounds: [`Renderer`] is the way in, and its README, which
//! follows the decisions, says what it bounds, refuses and does differently.
//!
//! # Decided
//! **An interpreter of our own, instead of the crate `gotmpl` 0.6.** That crate is maintained and careful, but its values cannot serve
//! sprig: strings are UTF-8 (opened values need not be, nor is what `b64dec` gives), integers and lists have one type each (sprig takes
//! `int` and gives `int64`, and Go refuses one for the other), dicts cannot be changed (`set`), there are no methods (`now.Year`,
//! `(semver "1.2").Major`), and nothing is zeroized. It bounds recursion and loop turns, not steps, memory or output. Its interpreter is
//! the smaller half of what is needed.
//!
//! **Signatures decide types.** Every function states its parameters. Arguments are evaluated and checked against them as Go's reflection
//! does it, because whether `repeat "3" "x"` is an error is part of the behaviour.
//!
//! **The rendering owns its values** and empties all lists and dicts one by one at its end, instead of leaving that to their drop. Dicts
//! are shared and can hold themselves; dropping such values from within each other would leak, or overflow the stack.
//!
//! **Costs are counted as they arise**, in bytes and steps, instead of measured by a clock, so that a template that renders once renders
//! on every machine. The cost of a regular expression shows only while it searches: one search may look far beyond the match that it
//! finds, and the next search again. So each search is first walked by an automaton that takes one step a byte and knows when no later
//! byte matters (`packages::regexp::scan`).
//!
//! **Memory is paid for before it is taken.** The budget is charged before values are collected, instead of after.
//!
//! **An error shows one bit.** A user who may edit a SealedSecret but not read Secrets can ask questions with templates, and read the
//! answers from the status: which line failed, in which function, at which types, or which of a hundred templates. So a
//! [`TemplateError`] of a template that was read shows nothing of that. The line and the cause are in its [`Detail`], for the controller's
//! log and for users who have the private key. Text that is not a template is shown with its line, because that depends on no value; for
//! this reason all templates of an object are read ([`Renderer::parse`]) before the first is rendered. Each edit still reveals whether all
//! templates of the object rendered, and roughly how long that took, because both show in the Secret and the status. No program that
//! renders can hide that. The controller limits how often one SealedSecret can ask, and `--templates=off` renders nothing.
//!
//! **The message of `fail` is shown only if it is a literal**, and only in the detail, because any other message may be made of values.
//!
//! ---
#![doc = include_str!("../README.md")]

mod engine;
mod error;
mod exec;
mod functions;
mod input;
mod limits;
mod packages;
mod print;
mod references;
mod render;
mod syntax;
mod text;
mod value;

pub use error::{Bound, Cause, Detail, Shown, TemplateError};
pub use input::{Outside, Random, Values};
pub use limits::Limits;
pub use references::Reference;
pub use render::{Rendered, Renderer, Template, may_vary};
