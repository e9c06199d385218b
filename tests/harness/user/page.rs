//! A page of the documentation whose YAML and commands a test runs.

pub mod console;

use std::fs;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

use self::console::Console;
use crate::programs::Programs;
use crate::workspace;

/// The text of a page.
#[derive(Debug)]
pub struct Page {
    text: String,
}

impl Page {
    /// The page at `path` in the checkout.
    pub fn read(path: &str) -> Result<Self> {
        let text = fs::read_to_string(workspace::root().join(path)).with_context(|| path.to_owned())?;
        Ok(Self { text })
    }

    /// The fenced blocks of this language, in order.
    pub fn blocks(&self, language: &str) -> Vec<&str> {
        let fence = format!("```{language}\n");
        let blocks = self.text.split(fence.as_str()).skip(1);
        blocks.map(|block| block.split("```").next().unwrap_or_default()).collect()
    }

    /// Its `console` blocks, in order.
    pub fn consoles(&self) -> Result<Vec<Console>> {
        Console::all(&self.text)
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The commands after `$ ` in its console blocks, in order.
    pub fn commands(&self) -> Vec<&str> {
        let lines = self.blocks("console").into_iter().flat_map(str::lines);
        lines.filter_map(|line| line.strip_prefix("$ ")).collect()
    }

    /// The only command that contains `part`.
    pub fn command(&self, part: &str) -> Result<&str> {
        let found = self.commands().into_iter().filter(|command| command.contains(part));
        let [command] = found
            .collect::<Vec<_>>()
            .try_into()
            .ok()
            .with_context(|| format!("not one command with {part}"))?;
        Ok(command)
    }
}

/// The first command in a message, between backticks.
pub fn command_in(message: &str) -> Result<&str> {
    message.split('`').nth(1).with_context(|| format!("no command in: {message}"))
}

/// Runs a command as a user with this kubeconfig; returns its standard output.
pub async fn run(command: &str, kubeconfig: &Path) -> Result<String> {
    let path = format!("{}:{}", Programs::dir().display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).env("PATH", path).env("KUBECONFIG", kubeconfig);
    shell.current_dir(workspace::root()).stdin(Stdio::null()).kill_on_drop(true);
    let output = shell.output().await.context("cannot run sh")?;
    ensure!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Page\n\n```console\n$ first one\nits output\n$ second\n```\n\n```yaml\na: b\n```\n";

    #[test]
    fn blocks_and_commands_are_found_in_order() {
        let page = Page { text: TEXT.to_owned() };
        assert_eq!(page.blocks("yaml"), ["a: b\n"]);
        assert_eq!(page.commands(), ["first one", "second"]);
        assert_eq!(page.command("one").ok(), Some("first one"));
        assert!(page.command("third").is_err());
    }
}
