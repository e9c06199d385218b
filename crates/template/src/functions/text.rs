//! Functions of strings: Go's print family and escapes, and sprig's "Strings", "String lists" and "Regular expressions".

mod bytes;
mod casing;
mod print;
mod regex;
mod split;
mod strings;
mod words;
mod wrap;

use super::signature::Function;

pub(super) const FILES: &[&[Function]] = &[
    casing::FUNCTIONS,
    print::FUNCTIONS,
    regex::FUNCTIONS,
    split::FUNCTIONS,
    strings::FUNCTIONS,
    words::FUNCTIONS,
    wrap::FUNCTIONS,
];
