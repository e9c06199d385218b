//! Tests that the functions are those of Go and sprig, and that the corpus calls each with a usual and with an odd argument.

#[path = "../../tests/it/corpus/cases.rs"]
mod cases;

use super::all;
use crate::limits::Budget;
use crate::limits::Limits;
use crate::syntax::{Branch, Command, Operand, Pipe, Statement, parse};
use std::collections::BTreeSet;
use std::path::Path;

/// The functions that the crate's documentation refuses: they reach outside.
const REFUSED: [&str; 3] = ["env", "expandenv", "getHostByName"];

fn corpus(file: &Path) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(file);
    std::fs::read_to_string(path).unwrap_or_default()
}

#[test]
fn they_are_those_of_go_and_sprig() {
    let listed = corpus(Path::new("functions.list"));
    let theirs: BTreeSet<&str> = listed.lines().filter(|name| !REFUSED.contains(name)).collect();
    assert!(theirs.len() > 200, "{}", theirs.len());
    let ours: BTreeSet<&str> = all().map(|function| function.name).collect();
    assert_eq!(ours.len(), all().count(), "a name stands in one area only");
    let missing: Vec<_> = theirs.difference(&ours).collect();
    let invented: Vec<_> = ours.difference(&theirs).collect();
    assert!(missing.is_empty() && invented.is_empty(), "missing {missing:?}, invented {invented:?}");
}

#[test]
fn each_function_has_a_usual_and_an_odd_case() {
    let mut covered = Covered::default();
    for area in ["odd", "printf", "regex", "strings", "syntax", "values"] {
        let expected = corpus(&Path::new(area).with_extension("expected"));
        let cases = cases::parse(&corpus(&Path::new(area).with_extension("cases")));
        assert_eq!(cases.len(), expected.lines().count(), "{area}");
        for (case, expected) in cases.iter().zip(expected.lines()) {
            covered.renders = expected[case_name_end(expected)..].starts_with("ok\t");
            covered.given = case.values.clone();
            let budget = Budget::new(Limits::default());
            // What does not even read calls nothing.
            if let Ok(definitions) = parse(&case.name, &case.text, &budget) {
                for statements in definitions.values() {
                    covered.statements(statements);
                }
            }
        }
    }
    let lacking = |covered: &BTreeSet<&'static str>| -> Vec<&str> {
        all().map(|function| function.name).filter(|name| !covered.contains(name)).collect()
    };
    // These two refuse whatever they are given: no value is a function, and a message is all that `fail` makes.
    covered.usual.extend(["call", "fail"]);
    assert_eq!(lacking(&covered.usual), [] as [&str; 0], "no case with them renders");
    assert_eq!(lacking(&covered.odd), [] as [&str; 0], "no odd case");
}

/// Where the outcome begins, behind the name.
fn case_name_end(line: &str) -> usize {
    line.rfind("\tok\t").or_else(|| line.rfind("\terror")).map_or(0, |end| end + 1)
}

/// The functions called so far.
#[derive(Default)]
struct Covered {
    renders: bool,
    given: cases::Given,
    usual: BTreeSet<&'static str>,
    odd: BTreeSet<&'static str>,
}

impl Covered {
    fn statements(&mut self, statements: &[Statement]) {
        for statement in statements {
            match statement {
                Statement::Action(pipe) => self.pipe(pipe),
                Statement::If(branch) | Statement::With(branch) | Statement::Range(branch) => {
                    self.branch(branch);
                }
                Statement::Template { pipe, .. } => {
                    if let Some(pipe) = pipe {
                        self.pipe(pipe);
                    }
                }
                Statement::Text(_) | Statement::Break | Statement::Continue => {}
            }
        }
    }

    fn branch(&mut self, branch: &Branch) {
        self.pipe(&branch.pipe);
        self.statements(&branch.body);
        if let Some(statements) = &branch.otherwise {
            self.statements(statements);
        }
    }

    fn pipe(&mut self, pipe: &Pipe) {
        let mut piped = None;
        for command in &pipe.commands {
            self.command(command, piped);
            piped = Some(&command.first).filter(|_| command.arguments.is_empty());
        }
    }

    fn command(&mut self, command: &Command, piped: Option<&Operand>) {
        let mut arguments = command.arguments.iter().chain(piped);
        if let Operand::Function(function) = &command.first {
            if self.renders {
                self.usual.insert(function.name);
            }
            if !self.renders || arguments.any(|argument| is_odd(argument, &self.given)) {
                self.odd.insert(function.name);
            }
        }
        for operand in std::iter::once(&command.first).chain(&command.arguments) {
            self.operand(operand);
        }
    }

    fn operand(&mut self, operand: &Operand) {
        match operand {
            Operand::Pipe(pipe) => self.pipe(pipe),
            Operand::Chain(operand, _) => self.operand(operand),
            // As an argument it is called with none of its own.
            Operand::Function(function) if self.renders => {
                self.usual.insert(function.name);
            }
            _ => {}
        }
    }
}

/// Nothing, nothing in it, not a character, below zero, or there but empty.
fn is_odd(operand: &Operand, given: &cases::Given) -> bool {
    match operand {
        Operand::Nil | Operand::Bool(_) | Operand::Dot => true,
        Operand::Text(text) => text.is_empty() || !text.is_ascii(),
        Operand::Number(number) => number.int.is_none_or(|int| int <= 0),
        Operand::Field(path) => {
            path.iter().any(|name| given.get(name).is_none_or(|value| !value.is_ascii() || value.is_empty()))
        }
        Operand::Pipe(pipe) => matches!(
            pipe.commands.as_slice(),
            [Command { first: Operand::Function(function), arguments }]
                if arguments.is_empty() && matches!(function.name, "list" | "dict")
        ),
        _ => false,
    }
}
