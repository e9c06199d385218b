//! The functions that a template can call: Go's own, and sprig's. Each file has a table `FUNCTIONS`, and each folder lists its files.

mod collections;
mod compare;
#[cfg(test)]
mod coverage;
mod crypto;
mod date;
mod defaults;
mod encoding;
mod methods;
mod numbers;
mod path;
mod semver;
mod signature;
mod text;

pub(crate) use methods::find_method;
pub(crate) use signature::{Function, Type};

/// All functions, by folder and file. Each name is in one file only.
const AREAS: [&[&[Function]]; 6] = [
    text::FILES,
    collections::FILES,
    numbers::FILES,
    encoding::FILES,
    crypto::FILES,
    &[compare::FUNCTIONS, date::FUNCTIONS, defaults::FUNCTIONS, path::FUNCTIONS, semver::FUNCTIONS],
];

/// The function of that name.
pub(crate) fn find(name: &str) -> Option<&'static Function> {
    all().find(|function| function.name == name)
}

fn all() -> impl Iterator<Item = &'static Function> {
    AREAS.iter().flat_map(|area| area.iter()).flat_map(|file| file.iter())
}
