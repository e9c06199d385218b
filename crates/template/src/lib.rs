//! Go's text/template with sprig's functions, over a map of values, within bounds.
//!
//! [`Renderer`] turns the text of a `spec.template.data` item and the opened values into bytes, which are the bytes
//! that upstream's controller would give: the same language, the same functions, the same odd corners. What goes wrong
//! is a [`TemplateError`], which never holds a value. No Kubernetes here, no input or output; the time and randomness come with
//! [`Outside`].
//!
//! # Rooms
//! `syntax` makes a tree of the text; `exec` walks the tree; `value` holds Go's types as far as a template can tell
//! them apart; `print` is Go's `fmt`; `functions` has a file for each area, with the helpers that stand on their own
//! beside it: `pattern` (regular expressions), `semver`, `time`, `url`, `certificate`. `engine` is what the functions
//! of one rendering share, and `budget` what is left of the [`Limits`] that all templates of an object share.
//!
//! # Decided, because, instead of
//! **An interpreter of our own, instead of the crate `gotmpl` 0.6.** It is alive and careful, but its values cannot
//! carry sprig: strings are UTF-8 (opened values need not be, nor is what `b64dec` gives), integers and lists have one
//! type (sprig is called with `int`, answers with `int64`, and Go refuses the one for the other), dicts cannot be
//! changed (`set`), there are no methods (`now.Year`, `(semver "1.2").Major`), and nothing is wiped. It bounds
//! recursion and loop turns, not steps, memory or output. Its interpreter is the smaller half of what is needed.
//!
//! **Signatures decide types.** Every function states its parameters, and arguments are evaluated and checked against
//! them as Go's reflection does it, since whether `repeat "3" "x"` is an error is part of the behaviour.
//!
//! **Values are owned by the rendering**, which empties all lists and dicts one by one at its end. Dicts are shared and
//! can hold themselves; dropping such values from within each other would leak, or overflow the stack.
//!
//! **Costs are counted as they arise**, in bytes made and steps taken, texts compared by their length among them, never by a
//! clock, so that a template that renders once renders always, on whatever machine. What a regular expression costs shows
//! only while it searches: one search may look far beyond the match it finds, and the next one again. So each search is first
//! walked by a machine that takes one step a byte and knows where no later byte matters (`pattern::scan`).
//!
//! **Whatever is collected is paid for before it is collected.** Beside [`Limits::memory`] come what buffers leave empty, a
//! quarter at most of what is large, and some 3 MiB for regular expressions.
//!
//! **No oracle beyond one bit an edit.** A person who may edit a SealedSecret but not read Secrets can ask with a template, and
//! read the answer from the status: which line failed, in which function, at which types, or which of a hundred templates. So a
//! [`TemplateError`] of a template that was read shows nothing of all that; the line and the cause are in its [`Detail`], for the
//! controller's log, and for a person who opens with the private key. What is wrong with the text itself is shown with its line,
//! because it depends on no value; for that, all templates of an object are read ([`Renderer::parse`]) before the first is rendered.
//! Each edit still tells one bit, whether all templates of the object rendered, and roughly how long that took ([`Limits`]): both show
//! in whether, and when, the Secret and the status are written. No program that renders can hide that. The controller limits how
//! often one SealedSecret can ask, and `--templates=off` renders nothing.
//!
//! **The message of `fail` is told only where it is a literal**, and in the detail: any other may be made of secrets.
//!
//! # Refused
//! | what | why |
//! |---|---|
//! | `env`, `expandenv`, `getHostByName` | they reach outside; upstream removes them, too |
//! | `genPrivateKey "dsa"`, DSA keys in PEM | nothing takes DSA keys any more, and no kept library makes them |
//! | RSA keys under 2048 bits, and curves but P-256, P-384, P-521 and Ed25519, given to `gen…WithKey` | aws-lc does not sign with them |
//! | complex numbers (`1i`) | sprig has no use for them |
//! | `%p`; `%x` of a float with a precision; `%#…` of a float; `%d` and `%#v` of a time, or of a version in a list | addresses and inner fields of Go's |
//!
//! # Known to differ
//! - `keys` and `values` are in the order of the keys, where Go's order is random.
//! - The local time zone is UTC. `now` prints without Go's monotonic reading (`m=+0.1`).
//! - A regular expression is bounded in its length (some 60 KB) and compiled size (256 KiB); repetitions nested to a product over 1000 may pass;
//!   `.` matches no byte that is not part of UTF-8.
//! - In `snakecase` and `kebabcase`, bytes that are no UTF-8 stand for themselves and part words.
//! - Letters' properties are those of Rust's version of Unicode.
//! - Slicing a list beyond its end shows what it was cut from, as in Go, but not the spare room that Go's `append` makes.
//! - Versions, and constraints on them, have at most 4096 bytes.
//! - JSON and values nest as deep as [`Limits::depth`] says.
//! - `derivePassword` takes 32 MiB while it runs: the algorithm's own price. Three of them, or eight hashes of passwords, or one RSA
//!   key of 4096 bits are what an object may ask for: some six tenths of a second, where all else ends in one.

mod engine;
mod error;
mod exec;
mod functions;
mod input;
mod limits;
mod packages;
mod print;
mod render;
mod syntax;
mod text;
mod value;

pub use error::{Bound, Cause, Detail, Shown, TemplateError};
pub use input::{Outside, Random, Values};
pub use limits::Limits;
pub use render::{Rendered, Renderer, Template, may_vary};
