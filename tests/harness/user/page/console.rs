//! [`Console`]: a fenced `console` block of a page, with its commands and what the page shows of their output.

use anyhow::{Context as _, Result, ensure};

/// The mark before a block that the tests do not run: `<!-- unrun: needs Docker -->`.
const MARK: (&str, &str) = ("<!-- unrun: ", " -->");

/// A `console` block.
#[derive(Debug, PartialEq, Eq)]
pub struct Console {
    /// Why the tests do not run the block; None for a block that they run.
    pub unrun: Option<String>,
    /// Its commands, in order.
    pub commands: Vec<Typed>,
}

/// A command, and the lines that the page shows below it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// The command: the lines after `$ `, and those that continue it after a backslash.
    pub command: String,
    /// Lines of its output; `…` stands for any text.
    pub shown: Vec<String>,
}

impl Console {
    /// All blocks of a page, in order.
    pub(super) fn all(text: &str) -> Result<Vec<Self>> {
        let mut blocks = Vec::new();
        let (mut before, mut lines) = ("", text.lines());
        while let Some(line) = lines.next() {
            if line == "```console" {
                let block = lines.by_ref().take_while(|line| *line != "```");
                blocks.push(Self { unrun: mark(before), commands: commands(block)? });
            }
            before = line;
        }
        Ok(blocks)
    }
}

impl Typed {
    /// Whether the page shows that the command fails: by a line that begins with `error:`.
    pub fn fails(&self) -> bool {
        self.shown.iter().any(|line| line.starts_with("error:"))
    }

    /// The first line that the page shows and `output` lacks. The lines must occur in this order; others may stand
    /// between them.
    pub fn missing_in(&self, output: &str) -> Option<&str> {
        let mut lines = output.lines();
        let mut shown = self.shown.iter().map(String::as_str);
        shown.find(|shown| !lines.any(|line| is_like(line.trim_end(), shown)))
    }
}

fn mark(line: &str) -> Option<String> {
    line.strip_prefix(MARK.0)?.strip_suffix(MARK.1).map(str::to_owned)
}

fn commands<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Vec<Typed>> {
    let mut commands: Vec<Typed> = Vec::new();
    let mut continues = false;
    for line in lines {
        if let Some(command) = line.strip_prefix("$ ") {
            commands.push(Typed { command: command.to_owned(), shown: Vec::new() });
        } else {
            let last = commands.last_mut().with_context(|| format!("no command before `{line}`"))?;
            if continues {
                last.command.push('\n');
                last.command.push_str(line);
            } else {
                last.shown.push(line.to_owned());
            }
        }
        continues = line.ends_with('\\') && (continues || line.starts_with("$ "));
    }
    ensure!(!continues, "a command ends with a backslash");
    Ok(commands)
}

/// Whether `line` is `pattern`, where each `…` in the pattern stands for any text.
fn is_like(line: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('…');
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Page\n\n```console\n$ first \\\n    --flag\nits output\n$ second\n```\n\n<!-- unrun: needs Docker -->\n```console\n$ third\n```\n\n```yaml\na: b\n```\n";

    #[test]
    fn blocks_commands_outputs_and_marks_are_found() -> Result<()> {
        let blocks = Console::all(TEXT)?;
        let [run, unrun] = blocks.as_slice() else { panic!("{blocks:?}") };
        assert_eq!((run.unrun.as_deref(), unrun.unrun.as_deref()), (None, Some("needs Docker")));
        let first = Typed { command: "first \\\n    --flag".into(), shown: vec!["its output".into()] };
        assert_eq!(run.commands, [first, Typed { command: "second".into(), ..Typed::default() }]);
        assert_eq!(unrun.commands.len(), 1);
        assert!(Console::all("```console\noutput of nothing\n```\n").is_err());
        Ok(())
    }

    #[test]
    fn shown_lines_are_found_in_order_with_gaps() {
        let typed = |shown: &[&str]| Typed {
            command: String::new(),
            shown: shown.iter().map(ToString::to_string).collect(),
        };
        let output = "NAME  AGE\ndb    12s\ncache 3m\n";
        assert_eq!(typed(&["NAME  AGE", "cache …"]).missing_in(output), None);
        assert_eq!(typed(&["db …s"]).missing_in(output), None);
        assert_eq!(typed(&["cache …", "db …"]).missing_in(output), Some("db …"));
        assert_eq!(typed(&["NAME"]).missing_in(output), Some("NAME"));
        assert_eq!(typed(&["…1…s"]).missing_in(output), None);
        assert!(typed(&["error: no"]).fails() && !typed(&["no error: "]).fails());
    }
}
