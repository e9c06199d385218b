//! Reads a crate from its root file: which modules it has, what each imports, and which paths its code writes out.
//!
//! Code that is only compiled for tests is left out, because tests import what they test.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, ItemUse, Macro, Meta, UseTree, Visibility};

/// The names of a module and of its parents, from the root of the crate; empty for the root itself.
pub(super) type ModulePath = Vec<String>;

/// All modules of a crate.
pub(super) type Modules = BTreeMap<ModulePath, Module>;

/// One module: a file, or a `mod name { … }` within one.
#[derive(Debug, Default)]
pub(super) struct Module {
    /// From the root of the repository.
    pub(super) file: String,
    /// Its `use` declarations, also those within functions.
    pub(super) uses: Vec<Use>,
    /// The paths that its code writes out, split at `::`.
    pub(super) paths: BTreeSet<Vec<String>>,
}

/// One name that a `use` declaration brings in.
#[derive(Debug)]
pub(super) struct Use {
    /// As written, split at `::`.
    pub(super) path: Vec<String>,
    /// The name it has in this module; `None` for `*`.
    pub(super) name: Option<String>,
    /// Whether it is a re-export: `pub`, or `pub(…)`.
    pub(super) is_public: bool,
}

/// Reads the crate with the root file `file`, which is named from `root`.
pub(super) fn read(root: &Path, file: &str) -> Result<Modules> {
    let mut modules = Modules::new();
    let folder = Path::new(file).parent().unwrap_or(Path::new("")).display().to_string();
    read_file(root, file, &folder, &[], &mut modules)?;
    Ok(modules)
}

/// Reads one file. Its child modules are in `folder`.
fn read_file(root: &Path, file: &str, folder: &str, path: &[String], modules: &mut Modules) -> Result<()> {
    let text = fs::read_to_string(root.join(file)).with_context(|| format!("cannot read {file}"))?;
    let parsed = syn::parse_file(&text).with_context(|| format!("cannot parse {file}"))?;
    read_items(root, file, folder, path, &parsed.items, modules)
}

fn read_items(
    root: &Path,
    file: &str,
    folder: &str,
    path: &[String],
    items: &[Item],
    modules: &mut Modules,
) -> Result<()> {
    let mut module = Module { file: file.to_owned(), ..Module::default() };
    for item in items {
        let Item::Mod(child) = item else {
            module.visit_item(item);
            continue;
        };
        if is_for_tests(&child.attrs) {
            continue;
        }
        // `r#move` is in move.rs.
        let name = child.ident.unraw().to_string();
        let child_folder = format!("{folder}/{name}");
        let child_path = [path, &[name]].concat();
        match &child.content {
            Some((_, items)) => read_items(root, file, &child_folder, &child_path, items, modules)?,
            None if child.attrs.iter().any(|attribute| attribute.path().is_ident("path")) => {
                bail!("{file}: the layout check cannot follow `#[path]` outside tests")
            }
            None => {
                read_file(root, &format!("{child_folder}.rs"), &child_folder, &child_path, modules)?;
            }
        }
    }
    modules.insert(path.to_vec(), module);
    Ok(())
}

impl<'ast> Visit<'ast> for Module {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        if let ImplItem::Fn(function) = item
            && is_for_tests(&function.attrs)
        {
            return;
        }
        visit::visit_impl_item(self, item);
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let is_public = !matches!(item.vis, Visibility::Inherited);
        self.add_uses(&mut Vec::new(), &item.tree, is_public);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.paths.insert(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    /// Leaves out the path in `pub(in path)`, which imports nothing.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.add_paths(list.tokens.clone());
        }
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.visit_path(&call.path);
        self.add_paths(call.tokens.clone());
    }
}

impl Module {
    fn add_uses(&mut self, prefix: &mut Vec<String>, tree: &UseTree, is_public: bool) {
        match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.add_uses(prefix, &path.tree, is_public);
                prefix.pop();
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add_uses(prefix, tree, is_public);
                }
            }
            UseTree::Name(name) if name.ident == "self" => {
                let name = prefix.last().cloned();
                self.uses.push(Use { path: prefix.clone(), name, is_public });
            }
            UseTree::Name(name) => self.add_use(prefix, &name.ident.to_string(), None, is_public),
            UseTree::Rename(rename) => {
                let alias = rename.rename.to_string();
                self.add_use(prefix, &rename.ident.to_string(), Some(alias), is_public);
            }
            UseTree::Glob(_) => {
                let path = [prefix.as_slice(), &["*".to_owned()]].concat();
                self.uses.push(Use { path, name: None, is_public });
            }
        }
    }

    fn add_use(&mut self, prefix: &[String], name: &str, alias: Option<String>, is_public: bool) {
        let path = [prefix, &[name.to_owned()]].concat();
        self.uses.push(Use { path, name: Some(alias.unwrap_or_else(|| name.to_owned())), is_public });
    }

    /// Adds the paths in the tokens of a macro. A single word may be a variable, so it counts only where it is called or begins
    /// with a capital letter.
    fn add_paths(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match &token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.add_path(&mut path, false);
                    }
                    path.push(ident.to_string());
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                _ => self.add_path(&mut path, matches!(token, TokenTree::Group(_))),
            }
            if let TokenTree::Group(group) = token {
                self.add_paths(group.stream());
            }
            colons = 0;
        }
        self.add_path(&mut path, false);
    }

    fn add_path(&mut self, path: &mut Vec<String>, is_called: bool) {
        let is_type = path.first().is_some_and(|name| name.starts_with(char::is_uppercase));
        if is_called || is_type || path.len() > 1 {
            self.paths.insert(std::mem::take(path));
        }
        path.clear();
    }
}

/// Whether something has `#[test]`, `#[cfg(test)]` or the like.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("cfg") => {
            let words: Vec<_> = words(list.tokens.clone());
            words.iter().any(|word| word == "test") && words.iter().all(|word| word != "not")
        }
        _ => false,
    })
}

fn words(tokens: TokenStream) -> Vec<String> {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Ident(ident) => vec![ident.to_string()],
            TokenTree::Group(group) => words(group.stream()),
            _ => Vec::new(),
        })
        .collect()
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
