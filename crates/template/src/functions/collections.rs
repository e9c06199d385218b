//! Functions of lists and dicts: Go's `index` and `len`, and sprig's "Lists" and "Dicts".

mod dicts;
mod dig;
mod index;
mod lists;
mod merge;
mod select;

use super::signature::Function;

pub(super) const FILES: &[&[Function]] = &[
    dicts::FUNCTIONS,
    dig::FUNCTIONS,
    index::FUNCTIONS,
    lists::FUNCTIONS,
    merge::FUNCTIONS,
    select::FUNCTIONS,
];
