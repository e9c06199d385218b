//! A line that is completed with TAB means what a user wants.

use std::sync::Arc;

use anyhow::{Result, ensure};

use crate::shell::Shell;
use crate::stage::{Stand, installed};

/// What is typed, and the arguments that the program then gets.
const LINES: [(&str, &str); 10] = [
    ("kubeseal-rs keys li\t", "[keys][list]"),
    // Under its other name.
    ("kubeseal insp\t", "[inspect]"),
    // After a flag that stands before the command.
    ("kubeseal-rs --context staging keys ret\t", "[--context][staging][keys][retire]"),
    ("kubeseal-rs seal --allow-e\t", "[seal][--allow-empty-data]"),
    ("kubeseal-rs --scope cl\t", "[--scope][cluster-wide]"),
    ("kubeseal-rs --scope=cl\t", "[--scope=cluster-wide]"),
    ("kubeseal-rs keys list --context st\t", "[keys][list][--context][staging]"),
    // Bash splits words at colons.
    ("kubeseal-rs --context arn:aws:e\t", "[--context][arn:aws:eks:eu:1:cluster/prod]"),
    ("kubeseal-rs create db -n we\t", "[create][db][-n][web-shop]"),
    // The shell quotes names of files.
    ("kubeseal-rs inspect manifests/my\t", "[inspect][manifests/my db.yaml]"),
];

fn completes(mut shell: Shell) -> Result<()> {
    for (keys, expected) in LINES {
        let ran = shell.ran(keys)?;
        ensure!(ran == expected, "{keys:?} became {ran}");
    }
    Ok(())
}

pub(crate) async fn in_bash(stand: Arc<Stand>) -> Result<()> {
    let mut command = stand.command(&installed("bash")?);
    command.args(["--noprofile", "--norc", "-i"]).env("INPUTRC", "/dev/null");
    completes(Shell::start(command, &["source <(kubeseal-rs completion bash)"])?)
}

pub(crate) async fn in_zsh(stand: Arc<Stand>) -> Result<()> {
    let mut command = stand.command(&installed("zsh")?);
    command.args(["-f", "-i"]);
    completes(Shell::start(
        command,
        &["autoload -U compinit && compinit -u -D", "source <(kubeseal-rs completion zsh)"],
    )?)
}

pub(crate) async fn in_fish(stand: Arc<Stand>) -> Result<()> {
    let mut command = stand.command(&installed("fish")?);
    command.args(["--no-config", "-i"]);
    completes(Shell::start(command, &["kubeseal-rs completion fish | source"])?)
}
