//! `runs_guard`: whether a hook that another program or the user wrote runs guard before each commit, and refuses the commit if guard does.
//!
//! Decided: guard must be the first command, written as the hint of `install` writes it, because of what stands further down only a shell knows
//! whether it runs: `exit 0`, `set +e`, a function or a heredoc may come before it. For others the user is told which line to add.

use std::path::Path;

/// What the hook runs, behind the name of the program.
pub(crate) const GUARD: &str = "guard --staged";

/// The names of the program.
const NAMES: [&str; 2] = ["kubeseal-rs", "kubeseal"];

/// Shells that know `|| exit 1` and `exec`.
const SHELLS: [&str; 6] = ["sh", "bash", "dash", "ash", "ksh", "zsh"];

/// Whether the first command of the script is guard, and the script fails if guard does.
pub(crate) fn runs_guard(text: &str) -> bool {
    let Some(mut fails_at_once) = shell_flag(text) else { return false };
    // `lines` would take the \r from the ends of lines, and a shell does not.
    let lines = text.split('\n').map(|line| line.trim_matches([' ', '\t']));
    let mut commands = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut first = commands.next();
    while let Some(sets) = first.and_then(sets_errexit) {
        fails_at_once |= sets;
        first = commands.next();
    }
    match first.and_then(Run::of) {
        None => false,
        Some(Run::Ends) => true,
        Some(Run::Returns) => fails_at_once || commands.next().is_none(),
    }
}

/// Whether the first line names such a shell.
pub(crate) fn is_for_a_shell(text: &str) -> bool {
    shell_flag(text).is_some()
}

/// Whether the first line runs a shell with `-e`. None if it runs another program, or with other flags.
fn shell_flag(text: &str) -> Option<bool> {
    let first = text.split('\n').next()?.strip_prefix("#!")?;
    let mut words = first.split_ascii_whitespace();
    let mut program = Path::new(words.next()?).file_name()?.to_str()?;
    if program == "env" {
        program = words.next()?;
    }
    let is_shell = SHELLS.contains(&program) && !first.ends_with('\r');
    let sets = match words.next() {
        None => false,
        Some("-e" | "-eu" | "-ue") => true,
        Some(_) => return None,
    };
    (is_shell && words.next().is_none()).then_some(sets)
}

/// Whether a line that only sets options of the shell makes it end at the first failure. None of other lines, and of options that keep commands from being run.
fn sets_errexit(line: &str) -> Option<bool> {
    let options = line.strip_prefix("set -")?;
    let letters = options.strip_suffix("o pipefail").unwrap_or(options);
    letters.chars().all(|letter| "eux".contains(letter)).then(|| letters.contains('e'))
}

/// What a line that runs guard and nothing else does if guard fails.
enum Run {
    /// The script ends, and fails.
    Ends,
    /// The script goes on, but for `set -e`.
    Returns,
}

impl Run {
    fn of(line: &str) -> Option<Self> {
        let (program, arguments) = line.split_once(&format!(" {GUARD}"))?;
        let (program, is_exec) = match program.strip_prefix("exec ") {
            Some(program) => (program, true),
            None => (program, false),
        };
        let stem = Path::new(literal(program)?).file_stem()?.to_str()?;
        if !NAMES.contains(&stem) {
            return None;
        }
        let (arguments, is_ended) = match arguments.strip_suffix(" || exit 1") {
            Some(arguments) => (arguments, true),
            None => (arguments, false),
        };
        let is_known = arguments.is_empty()
            || arguments
                .strip_prefix(" --trusted ")
                .and_then(literal)
                .is_some_and(|file| !file.starts_with('-'));
        is_known.then_some(if is_exec || is_ended { Self::Ends } else { Self::Returns })
    }
}

/// What one word of the shell stands for, if nothing in it is expanded.
fn literal(word: &str) -> Option<&str> {
    for quote in ['\'', '"'] {
        if let Some(inner) = word.strip_prefix(quote) {
            return inner.strip_suffix(quote).filter(|inner| !inner.contains([quote, '$', '`', '\\']));
        }
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@~".contains(c);
    (!word.is_empty() && word.chars().all(is_plain)).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_first_command_that_is_guard_is_sure_to_run() {
        for script in [
            "kubeseal-rs guard --staged || exit 1\nmake lint\n",
            "# Ours.\n\nset -u\n\t'/my tools/kubeseal' guard --staged --trusted 't t' || exit 1\nmake lint\n",
            "exec ~/bin/kubeseal-rs guard --staged --trusted ci/trusted.yaml\n",
            "exec kubeseal-rs guard --staged || exit 1\n",
            "set -euo pipefail\nkubeseal-rs guard --staged\nmake lint\n",
            "kubeseal-rs guard --staged\n# The end.\n",
        ] {
            assert!(runs_guard(&format!("#!/bin/sh\n{script}")), "{script}");
            assert!(runs_guard(&format!("#!/usr/bin/env bash\n{script}")), "{script}");
            assert!(!runs_guard(&format!("#!/usr/bin/fish\n{script}")), "{script}");
            assert!(!runs_guard(&format!("#!/bin/sh -n\n{script}")), "{script}");
            assert!(!runs_guard(&format!("#!/bin/sh\n{script}").replace('\n', "\r\n")), "{script}");
        }
        assert!(runs_guard("#!/bin/bash -e\nkubeseal-rs guard --staged\nmake lint\n"));
        for script in [
            "set -e\nkubeseal-rs guard --staged \\\n|| true\n",
            "exit 0\nexec kubeseal-rs guard --staged\n",
            "if false; then\nexec kubeseal-rs guard --staged\nfi\n",
            "cat <<E\nexec kubeseal-rs guard --staged\nE\n",
            "set -e\nset +e\nkubeseal-rs guard --staged\ntrue\n",
            "exec true\nkubeseal-rs guard --staged || exit 1\n",
            "kubeseal-rs guard --staged --help || exit 1\n",
            "kubeseal-rs guard --staged --trusted --help || exit 1\n",
            "kubeseal-rs guard --staged --trusted a --help || exit 1\n",
            "kubeseal-rs guard --staged apps/ || exit 1\n",
            "kubeseal-rs guard --staged-not || exit 1\n",
            "kubeseal-rs guard --staged || exit 0\n",
            "kubeseal-rs guard --staged || exit 1 &\n",
            "kubeseal-rs guard --staged &\n",
            "kubeseal-rs guard --staged\nmake lint\n",
            "set -n\nkubeseal-rs guard --staged || exit 1\n",
            "set -e; exit 0\nkubeseal-rs guard --staged || exit 1\n",
            "true||/bin/kubeseal-rs guard --staged || exit 1\n",
            "\"x\"; true \"/kubeseal-rs\" guard --staged || exit 1\n",
            "\"$NOWHERE/kubeseal-rs\" guard --staged || exit 1\n",
            "! kubeseal-rs guard --staged\n",
            "kubeseal-rs() { true; }\nkubeseal-rs guard --staged || exit 1\n",
        ] {
            assert!(!runs_guard(&format!("#!/bin/sh\n{script}")), "{script}");
        }
        assert!(!runs_guard("kubeseal-rs guard --staged || exit 1\n"));
    }
}
