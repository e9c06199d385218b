//! `answer`: what a shell offers for the word at the cursor. The scripts of the command `completion` ask.
//!
//! `source` says which values a flag or an argument has, `typed` what stands on the command line so far, `bash_words` joins what Bash splits.
//!
//! Decided: the engine of `clap_complete` finds what a word can be; scripts and protocol are ours instead of its `CompleteEnv`, because that
//! offers names of files, which Bash inserts without quotes, splits contexts at their colons, and offers all flags where a value is wanted.
//!
//! A candidate may come from a file in the repository of a stranger: only what means nothing to a shell is offered. No program is run, nothing
//! is asked, and nothing is printed beside the candidates: a failure offers nothing.

pub(crate) mod bash_words;
pub(crate) mod source;
pub(crate) mod typed;

use crate::cli::Cli;
use crate::cli::complete::bash_words::joined;
use crate::cli::complete::source::Sources;
use crate::cli::complete::typed::Typed;
use crate::commands::completion::{FILES, VARIABLE};
use crate::files::output::Output;
use crate::terminal::escape::shown;
use crate::terminal::warnings::{self, When};
use clap_complete::CompletionCandidate;
use clap_complete::engine::complete;
use std::env;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::process::ExitCode;

/// The shells whose scripts ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

/// Answers, if a script asks.
pub(crate) fn answer(arguments: &[OsString]) -> Option<ExitCode> {
    let shell = match env::var(VARIABLE).ok()?.as_str() {
        "bash" => Shell::Bash,
        "zsh" => Shell::Zsh,
        "fish" => Shell::Fish,
        _ => return None,
    };
    let [_, escape, line, index, words @ ..] = arguments else { return None };
    let index = index.to_str()?.parse().ok().filter(|_| escape == "--")?;
    warnings::show(When::Never);
    // A shell that has gone needs no answer.
    let _ = Output::Stdout.write(offered(shell, &line.to_string_lossy(), words, index).as_bytes());
    Some(ExitCode::SUCCESS)
}

/// A line for each candidate.
fn offered(shell: Shell, line: &str, words: &[OsString], index: usize) -> String {
    let mut words: Vec<OsString> = words.iter().take(index).chain(words.get(index)).cloned().collect();
    words.resize(index + 1, OsString::new());
    // What Bash replaces is the end of the word only.
    let mut kept = 0;
    if shell == Shell::Bash {
        (words, kept) = joined(line, &words);
    }
    let index = words.len() - 1;
    let current = words[index].to_string_lossy().into_owned();
    let sources = Sources::new(Typed::read(&words[..index]));
    let mut command = sources.given_to(Cli::definition());
    let mut text = String::new();
    for candidate in complete(&mut command, words, index, None).unwrap_or_default() {
        let value = candidate.get_value().to_string_lossy();
        // Flags are offered to those who begin one.
        let is_wanted = !candidate.is_hide_set() && (current.starts_with('-') || !value.starts_with('-'));
        if let Some(rest) = value.get(kept..).filter(|_| is_wanted && is_safe(&value)) {
            write_line(&mut text, shell, rest, &candidate);
        }
    }
    if sources.want_files() {
        text.push_str(FILES);
        text.push('\n');
    }
    text
}

fn write_line(text: &mut String, shell: Shell, value: &str, candidate: &CompletionCandidate) {
    let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
    let help = shown(help.lines().next().unwrap_or_default());
    // Writing to a String cannot fail.
    let _ = match shell {
        Shell::Bash => writeln!(text, "{value}"),
        Shell::Fish => writeln!(text, "{value}\t{help}"),
        Shell::Zsh => writeln!(text, "{}:{help}", value.replace(':', "\\:")),
    };
}

/// Whether a shell takes the word as it is. Others are left out: they come from files that a stranger may have written.
fn is_safe(value: &str) -> bool {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+,=".contains(c);
    !value.is_empty() && !value.starts_with(':') && value.chars().all(is_safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Vec<String> {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let text = offered(Shell::Fish, line, &words, words.len() - 1);
        text.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
    }

    #[test]
    fn commands_flags_and_values_are_offered() {
        for (line, expected) in [
            ("kubeseal-rs ins", &["inspect"][..]),
            ("kubeseal keys re", &["renew", "retire", "revoke", "restore", "rewrap"]),
            ("kubeseal-rs --scope n", &["namespace-wide"]),
            ("kubeseal-rs seal --scope=c", &["--scope=cluster-wide"]),
            ("kubeseal-rs --context x keys li", &["list"]),
            ("kubeseal-rs keys --context x li", &["list"]),
            ("kubeseal-rs seal --sc", &["--scope"]),
            ("kubeseal-rs seal -w ", &[FILES]),
            ("kubeseal-rs --merge-into=a", &[FILES]),
            ("kubeseal-rs edit ", &[FILES]),
            ("kubeseal-rs completion z", &["zsh"]),
            ("kubeseal-rs seal --name ", &[]),
            ("kubeseal-rs nothing ", &[]),
        ] {
            assert_eq!(of(line), expected, "{line}");
        }
        for hidden in ["--logto", "--rota", "--vmod"] {
            assert_eq!(of(&format!("kubeseal-rs {hidden}")), [""; 0], "{hidden}");
        }
        assert!(of("kubeseal-rs reseal --").contains(&"--quiet".to_owned()));
    }

    #[test]
    fn every_command_completes() {
        fn check(command: &clap::Command, path: &str) {
            for next in command.get_subcommands().filter(|next| !next.is_hide_set()) {
                let line = format!("{path} {}", next.get_name());
                assert!(of(&line).contains(&next.get_name().to_owned()), "{line}");
                assert!(of(&format!("{line} --h")).contains(&"--help".to_owned()), "{line}");
                check(next, &line);
            }
        }
        check(&Cli::definition(), "kubeseal-rs");
    }

    #[test]
    fn a_shell_takes_what_is_offered_as_it_is() {
        for value in ["prod", "arn:aws:eks:eu-1:1:cluster/a", "a@b", "--scope=strict"] {
            assert!(is_safe(value), "{value}");
        }
        for value in ["", ":files", "a b", "$(id)", "`id`", "a;b", "a\nb", "'", "~x", "*", "\u{1b}[2J", "é"]
        {
            assert!(!is_safe(value), "{value:?}");
        }
    }
}
