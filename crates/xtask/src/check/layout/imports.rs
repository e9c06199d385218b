//! Which module of a crate imports what from which other one.
//!
//! The rule:
//!
//! - A `use` declaration imports, and so does a path that the code writes out: `crate::a::X`, `super::X`, `child::run()`.
//! - What a path goes through is not imported: `use super::sibling::X` imports from `sibling` alone.
//! - A name that a module re-exports is imported from two modules: the one that re-exports it, and the one that defines it. So a child
//!   that takes a name from its parent's re-exports imports its parent.
//! - `mod` declares and imports nothing. Neither does `pub use` of something below the module itself, as long as the module's own code
//!   does not use the name.
//! - Code for tests alone is left out.

use std::collections::{BTreeMap, BTreeSet};

use super::modules::{Module, ModulePath, Modules, Use};

/// The names that one module imports from another one, by the paths of both.
pub(super) type Imports = BTreeMap<(ModulePath, ModulePath), BTreeSet<String>>;

/// All imports between different files of a crate.
pub(super) fn imports(modules: &Modules) -> Imports {
    let mut imports = Imports::new();
    for (path, module) in modules {
        let declared = module.uses.iter().filter(|declared| !is_facade(modules, path, module, declared));
        let declared = declared.map(|declared| &declared.path);
        for written in declared.chain(&module.paths) {
            for (source, name) in sources(modules, path, written) {
                if modules[&source].file != module.file {
                    imports.entry((path.clone(), source)).or_default().insert(name);
                }
            }
        }
    }
    imports
}

/// Whether a `use` only shows what is below its module.
fn is_facade(modules: &Modules, path: &[String], module: &Module, declared: &Use) -> bool {
    let is_below = sources(modules, path, &declared.path)
        .keys()
        .all(|source| source.len() > path.len() && source.starts_with(path));
    let is_used = declared.name.as_ref().is_some_and(|name| {
        // A module and what it gives may have one name; a longer path then begins with the module.
        let is_module = modules.contains_key(&[path, std::slice::from_ref(name)].concat());
        let is_meant =
            |written: &[String]| written.first() == Some(name) && (written.len() == 1 || !is_module);
        module.paths.iter().any(|written| is_meant(written))
            || module.uses.iter().any(|other| other.path.len() > 1 && is_meant(&other.path))
    });
    declared.is_public && is_below && !is_used
}

/// The modules that a path takes a name from: the one that defines it, and those that re-export it on the way. With the name.
fn sources(modules: &Modules, from: &[String], written: &[String]) -> BTreeMap<ModulePath, String> {
    let mut found = BTreeMap::new();
    follow(modules, from, written, &mut BTreeSet::new(), &mut found);
    found
}

/// Follows a path from a module, through `seen` re-exports. Paths into other crates lead nowhere.
fn follow(
    modules: &Modules,
    from: &[String],
    written: &[String],
    seen: &mut BTreeSet<(ModulePath, Vec<String>)>,
    found: &mut BTreeMap<ModulePath, String>,
) {
    if !seen.insert((from.to_vec(), written.to_vec())) {
        return;
    }
    let Some((mut at, mut rest)) = start(modules, from, written) else {
        // The first word is a name that was imported, if it is ours at all.
        for declared in bindings(modules, from, written.first()) {
            if declared.path.first() != written.first() {
                follow(modules, from, &[&declared.path, &written[1..]].concat(), seen, found);
            }
        }
        return;
    };
    while let Some((name, after)) = rest.split_first() {
        if name == "super" {
            at.pop();
        } else {
            let child = [at.as_slice(), std::slice::from_ref(name)].concat();
            if !modules.contains_key(&child) {
                for declared in bindings(modules, &at, Some(name)) {
                    follow(modules, &at, &[&declared.path, after].concat(), seen, found);
                }
                found.insert(at, name.clone());
                return;
            }
            at = child;
        }
        rest = after;
    }
}

/// Where a path begins, and what is left of it from there. None if its first word is no module of this crate.
fn start<'a>(
    modules: &Modules,
    from: &[String],
    written: &'a [String],
) -> Option<(ModulePath, &'a [String])> {
    let (first, rest) = written.split_first()?;
    match first.as_str() {
        "crate" => Some((Vec::new(), rest)),
        "self" => Some((from.to_vec(), rest)),
        "super" => Some((from.to_vec(), written)),
        name => {
            let child = [from, &[name.to_owned()]].concat();
            modules.contains_key(&child).then_some((child, rest))
        }
    }
}

/// The `use` declarations that give a module the name.
fn bindings<'a>(modules: &'a Modules, at: &[String], name: Option<&String>) -> Vec<&'a Use> {
    let uses = modules.get(at).map(|module| module.uses.as_slice()).unwrap_or_default();
    uses.iter().filter(|declared| name.is_some() && declared.name.as_ref() == name).collect()
}
