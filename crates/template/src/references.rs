//! `references`: the names of values that a template uses, as far as its text shows.
//!
//! Decided: a name is left out where the template also asks whether there is a value (`if`, `with`, `default`, …), because then it is written for
//! objects that lack it.

use crate::syntax::{Branch, Command, Definitions, Operand, Pipe, Statement};
use std::collections::BTreeSet;

/// Functions that ask whether there is a value.
const ASKING: [&str; 8] = ["default", "coalesce", "empty", "hasKey", "ternary", "and", "or", "not"];

/// A name that a template uses, as in `.password` or `index . "tls.key"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The name.
    pub name: String,
    /// The line of the template on which it is first used.
    pub line: usize,
}

/// What the template `name` uses, each name once.
pub(crate) fn references(definitions: &Definitions, name: &str) -> Vec<Reference> {
    let mut search =
        Search { definitions, entered: BTreeSet::new(), found: Vec::new(), asked_for: BTreeSet::new() };
    search.enter(name);
    let Search { mut found, asked_for, .. } = search;
    let mut seen = BTreeSet::new();
    found.retain(|reference| !asked_for.contains(&reference.name) && seen.insert(reference.name.clone()));
    found
}

struct Search<'t> {
    definitions: &'t Definitions,
    entered: BTreeSet<&'t str>,
    found: Vec<Reference>,
    asked_for: BTreeSet<String>,
}

/// Where a pipe stands. `$` is the values wherever statements are searched: templates that get something else are not entered.
#[derive(Clone, Copy)]
struct Place {
    /// Whether the dot is the values.
    dot: bool,
    line: usize,
    /// Whether it asks for the values that it names.
    asks: bool,
}

impl<'t> Search<'t> {
    /// Searches a template that gets all values.
    fn enter(&mut self, name: &str) {
        if let Some((name, statements)) = self.definitions.get_key_value(name)
            && self.entered.insert(name)
        {
            self.statements(statements, true);
        }
    }

    fn statements(&mut self, statements: &'t [Statement], dot: bool) {
        for statement in statements {
            match statement {
                Statement::Action(pipe) => self.pipe(pipe, dot, false),
                Statement::If(branch) => self.branch(branch, dot, dot, true),
                Statement::With(branch) => self.branch(branch, dot, is_values(&branch.pipe, dot), true),
                Statement::Range(branch) => self.branch(branch, dot, false, false),
                Statement::Template { name, pipe: Some(pipe), .. } => {
                    self.pipe(pipe, dot, false);
                    if is_values(pipe, dot) {
                        self.enter(name);
                    }
                }
                Statement::Text(_) | Statement::Template { .. } | Statement::Break | Statement::Continue => {}
            }
        }
    }

    fn branch(&mut self, branch: &'t Branch, dot: bool, dot_in_body: bool, asks: bool) {
        self.pipe(&branch.pipe, dot, asks);
        self.statements(&branch.body, dot_in_body);
        self.statements(branch.otherwise.as_deref().unwrap_or_default(), dot);
    }

    fn pipe(&mut self, pipe: &Pipe, dot: bool, asks: bool) {
        let is_asking = |command: &Command| matches!(&command.first, Operand::Function(function) if ASKING.contains(&function.name));
        let asks = asks || pipe.commands.iter().any(is_asking);
        let place = Place { dot, line: pipe.line, asks };
        for command in &pipe.commands {
            if let (Operand::Function(function), [values, Operand::Text(name), ..]) =
                (&command.first, &command.arguments[..])
                && function.name == "index"
                && is_values_operand(values, dot)
            {
                self.uses(&String::from_utf8_lossy(name), place);
            }
            for operand in std::iter::once(&command.first).chain(&command.arguments) {
                self.operand(operand, place);
            }
        }
    }

    fn operand(&mut self, operand: &Operand, place: Place) {
        match operand {
            Operand::Field(path) if place.dot => self.uses_first(path, place),
            Operand::Variable(name, path) if name == "$" => self.uses_first(path, place),
            Operand::Pipe(pipe) => self.pipe(pipe, place.dot, place.asks),
            Operand::Chain(start, path) => {
                self.operand(start, place);
                if is_values_operand(start, place.dot) {
                    self.uses_first(path, place);
                }
            }
            _ => {}
        }
    }

    fn uses_first(&mut self, path: &[String], place: Place) {
        if let Some(name) = path.first() {
            self.uses(name, place);
        }
    }

    fn uses(&mut self, name: &str, place: Place) {
        if place.asks {
            self.asked_for.insert(name.to_owned());
        } else {
            self.found.push(Reference { name: name.to_owned(), line: place.line });
        }
    }
}

/// Whether the pipe gives all values.
fn is_values(pipe: &Pipe, dot: bool) -> bool {
    matches!(&pipe.commands[..], [command] if command.arguments.is_empty() && is_values_operand(&command.first, dot))
}

fn is_values_operand(operand: &Operand, dot: bool) -> bool {
    match operand {
        Operand::Dot => dot,
        Operand::Variable(name, path) => name == "$" && path.is_empty(),
        Operand::Pipe(pipe) => is_values(pipe, dot),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::{Limits, Renderer, Values};

    fn references(template: &str) -> Vec<(String, usize)> {
        let values = Values::new();
        let template = Renderer::new(&values, Limits::default()).parse("a", template).unwrap();
        template.references().into_iter().map(|reference| (reference.name, reference.line)).collect()
    }

    #[test]
    fn names_are_found_in_every_notation() {
        for (template, name) in [
            ("{{ .password }}", "password"),
            ("{{ $.password | quote }}", "password"),
            ("{{ index . \"tls.key\" }}", "tls.key"),
            ("{{ index $ \"tls.key\" | b64enc }}", "tls.key"),
            ("{{ printf \"%s\" (.password | trim) }}", "password"),
            ("{{ (.).password }}", "password"),
            ("{{ range list 1 2 }}{{ $.password }}{{ .other }}{{ end }}", "password"),
            ("{{ with . }}{{ .password }}{{ end }}", "password"),
            ("{{ if true }}{{ else }}{{ .password }}{{ end }}", "password"),
            ("{{ $a := .password }}{{ $a.other }}", "password"),
            ("{{ define \"b\" }}{{ .password }}{{ end }}{{ template \"b\" . }}", "password"),
            (
                "{{ define \"b\" }}{{ template \"b\" . }}{{ .password }}{{ end }}{{ template \"b\" $ }}",
                "password",
            ),
        ] {
            assert_eq!(references(template), [(name.to_owned(), 1)], "{template}");
        }
        assert_eq!(references("a\n{{ .b }}\n{{ .c }} {{ .b }}"), [("b".into(), 2), ("c".into(), 3)]);
    }

    #[test]
    fn what_may_be_missing_or_is_no_value_is_left_out() {
        for template in [
            "a .b $.c",
            "{{ . }}{{ $ }}",
            "{{ if .a }}{{ .a }}{{ end }}",
            "{{ with .a }}{{ .b }}{{ end }}",
            "{{ .a | default \"b\" }}",
            "{{ default .b (trim .a) }}",
            "{{ if hasKey . \"a\" }}{{ end }}",
            "{{ range list 1 }}{{ .a }}{{ end }}",
            "{{ define \"b\" }}{{ .a }}{{ end }}{{ template \"b\" \"x\" }}",
            "{{ define \"b\" }}{{ .a }}{{ end }}",
        ] {
            assert_eq!(references(template), [], "{template}");
        }
    }
}
