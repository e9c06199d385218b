//! [`Runner`]: what a runner of GitHub does with the steps of a composite action: it fills in inputs, sets the environment, and carries
//! the PATH and the outputs from one step to the next. [`Action`] is the action's definition.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;
use tempfile::TempDir;
use tests::process::cli::Cli;
use tests::workspace;

use crate::stage::Release;

const FOLDER: &str = "kubeseal-rs/action";

/// `action.yml`, as far as a test uses it.
#[derive(Debug, Deserialize)]
pub(crate) struct Action {
    inputs: BTreeMap<String, Input>,
    runs: Runs,
}

#[derive(Debug, Deserialize)]
struct Input {
    #[serde(default)]
    default: String,
}

#[derive(Debug, Deserialize)]
struct Runs {
    using: String,
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    #[serde(rename = "id")]
    _id: Option<String>,
    #[serde(rename = "if")]
    condition: Option<String>,
    shell: String,
    run: String,
    #[serde(default)]
    env: BTreeMap<String, String>,
}

/// How a run of the action ended.
pub(crate) struct Outcome {
    /// Number of steps that were run; the last of them may have failed.
    pub(crate) steps: usize,
    pub(crate) succeeded: bool,
    /// Both streams of all steps.
    pub(crate) output: String,
}

/// A machine on which nothing of the action is installed.
pub(crate) struct Runner<'a> {
    release: &'a Release,
    dir: TempDir,
}

impl Action {
    pub(crate) fn read() -> Result<Self> {
        let path = workspace::root().join(FOLDER).join("action.yml");
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let action: Self = serde_saphyr::from_str(&text).context("action.yml")?;
        ensure!(action.runs.using == "composite", "it is no composite action");
        Ok(action)
    }

    pub(crate) fn default_of(&self, input: &str) -> &str {
        self.inputs.get(input).map_or("", |input| &input.default)
    }
}

impl<'a> Runner<'a> {
    pub(crate) fn new(release: &'a Release) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        for folder in ["workspace", "temporary", "tools"] {
            fs::create_dir(dir.path().join(folder))?;
        }
        for file in ["path", "output"] {
            fs::write(dir.path().join(file), "")?;
        }
        Ok(Self { release, dir })
    }

    /// The checkout of the user's repository.
    pub(crate) fn workspace(&self) -> PathBuf {
        self.dir.path().join("workspace")
    }

    /// A folder on the PATH.
    pub(crate) fn tools(&self) -> PathBuf {
        self.dir.path().join("tools")
    }

    /// The program that the output `path` names.
    pub(crate) fn installed(&self) -> Result<PathBuf> {
        let outputs = fs::read_to_string(self.dir.path().join("output"))?;
        let path = outputs.lines().find_map(|line| line.strip_prefix("path="));
        Ok(path.context("there is no output `path`")?.into())
    }

    /// Runs the steps until one fails.
    pub(crate) async fn run(&self, action: &Action, inputs: &[(&str, String)]) -> Result<Outcome> {
        let value = |name: &str| {
            let given = inputs.iter().find(|(input, _)| *input == name);
            given.map_or_else(|| action.default_of(name).to_owned(), |(_, value)| value.clone())
        };
        for (name, _) in inputs {
            ensure!(action.inputs.contains_key(*name), "the action has no input `{name}`");
        }
        let mut outcome = Outcome { steps: 0, succeeded: true, output: String::new() };
        for step in &action.runs.steps {
            let wanted = match step.condition.as_deref().map(|it| it.strip_suffix(" != ''")) {
                None => true,
                Some(Some(expression)) => !evaluate(expression, &value)?.is_empty(),
                Some(None) => bail!("the test does not know the condition {:?}", step.condition),
            };
            if !wanted {
                continue;
            }
            let output = self.step(step, &value)?.run(&["-eo", "pipefail", "-c", &step.run], b"").await?;
            outcome.steps += 1;
            outcome.succeeded = output.status.success();
            outcome.output += &String::from_utf8_lossy(&output.stdout);
            outcome.output += &output.stderr;
            if !outcome.succeeded {
                break;
            }
        }
        Ok(outcome)
    }

    /// The shell of a step, in its environment.
    fn step(&self, step: &Step, value: &impl Fn(&str) -> String) -> Result<Cli> {
        ensure!(step.shell == "bash", "the test has no shell {}", step.shell);
        ensure!(!step.run.contains("${{"), "an expression in a script can be a command: {}", step.run);
        let dir = self.dir.path();
        let added = fs::read_to_string(dir.join("path"))?;
        let tools = self.tools();
        let folders: Vec<_> = added.lines().map(Path::new).chain([tools.as_path()]).collect();
        let architecture = if cfg!(target_arch = "x86_64") { "X64" } else { "ARM64" };
        let mut shell = Cli::new(Path::new("bash"))
            .current_dir(&self.workspace())
            .env("PATH", self.release.search_path(&folders))
            .env("RUNNER_OS", "Linux")
            .env("RUNNER_ARCH", architecture)
            .env("RUNNER_TEMP", dir.join("temporary"))
            .env("GITHUB_PATH", dir.join("path"))
            .env("GITHUB_OUTPUT", dir.join("output"))
            .env("GITHUB_ACTION_PATH", workspace::root().join(FOLDER));
        for (name, text) in &step.env {
            let expression = text.strip_prefix("${{ ").and_then(|rest| rest.strip_suffix(" }}"));
            shell = shell.env(name, evaluate(expression.context("no expression")?, value)?);
        }
        Ok(shell)
    }
}

/// The value of an expression of those that the action has.
fn evaluate(expression: &str, value: &impl Fn(&str) -> String) -> Result<String> {
    match expression.split_once('.') {
        Some(("inputs", name)) => Ok(value(name)),
        Some(("github", "action_repository || github.repository")) => Ok("owner/repository".to_owned()),
        _ => bail!("the test does not know the expression {expression}"),
    }
}
