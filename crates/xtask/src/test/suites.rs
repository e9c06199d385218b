//! The test binaries that cargo builds, each with the environment in which `cargo test` would run it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::cargo::cargo;

/// Tests that assert times, by suite. Another suite that runs beside them would make them fail, so each is a suite of its own, whose
/// name has both.
const TIMED: [(&str, &str); 2] = [("lifecycle", "share::"), ("lifecycle", "opens_all_within_a_second")];

/// A test binary, or the documentation tests.
#[derive(Debug)]
pub(super) struct Suite {
    /// The name that is shown: `lifecycle`, or `envelope: lib`.
    pub(super) name: String,
    /// What makes `cargo test` run it alone: `-p tests --test lifecycle`. None where its own output says so.
    pub(super) target: Option<String>,
    pub(super) command: Command,
}

/// Builds all, with cargo's usual output on standard error. Documentation tests come last.
pub(super) fn build() -> Result<Vec<Suite>> {
    let mut command = cargo(&["test", "--workspace", "--no-run", "--message-format=json-render-diagnostics"]);
    command.stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().context("cannot run cargo")?;
    ensure!(output.status.success(), "cargo test --no-run ended with {}", output.status);
    let mut suites = built(&String::from_utf8_lossy(&output.stdout))?;
    suites.push(Suite {
        name: "documentation".to_owned(),
        target: None,
        command: cargo(&["test", "--workspace", "--no-fail-fast", "--doc"]),
    });
    Ok(suites)
}

/// The suites in cargo's messages, of which each is a line of JSON.
fn built(messages: &str) -> Result<Vec<Suite>> {
    let artifacts = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let artifacts: Vec<_> = artifacts.filter(|message| message["executable"].is_string()).collect();
    let (tests, programs): (Vec<_>, Vec<_>) =
        artifacts.iter().partition(|artifact| artifact["profile"]["test"] == true);
    let mut suites = Vec::new();
    for test in tests {
        let mut whole = suite(test, &programs)?;
        for (_, timed) in TIMED.iter().filter(|(name, _)| *name == whole.name) {
            whole.command.args(["--skip", timed]);
            let mut apart = suite(test, &programs)?;
            apart.name = format!("{}: {timed}", whole.name);
            apart.command.arg(timed);
            suites.push(apart);
        }
        suites.push(whole);
    }
    Ok(suites)
}

fn suite(artifact: &Value, programs: &[&Value]) -> Result<Suite> {
    let text =
        |value: &Value| value.as_str().map(str::to_owned).context("a message of cargo's lacks a field");
    let manifest = PathBuf::from(text(&artifact["manifest_path"])?);
    let dir = manifest.parent().unwrap_or(&manifest);
    let package = package(&text(&artifact["package_id"])?, dir);
    let name = text(&artifact["target"]["name"])?;
    let (name, target) = match artifact["target"]["kind"][0].as_str() {
        Some("test") if package == "tests" => (name.clone(), format!("-p {package} --test {name}")),
        Some("test") => (format!("{package}: {name}"), format!("-p {package} --test {name}")),
        Some("bin") => (format!("{package}: program"), format!("-p {package} --bin {name}")),
        _ => (format!("{package}: lib"), format!("-p {package} --lib")),
    };
    let mut command = Command::new(text(&artifact["executable"])?);
    // Of what cargo sets, tests and their libraries read these when they run.
    command.current_dir(dir).env("CARGO_MANIFEST_DIR", dir).env("CARGO_MANIFEST_PATH", &manifest);
    for program in programs.iter().filter(|program| program["package_id"] == artifact["package_id"]) {
        let variable = format!("CARGO_BIN_EXE_{}", text(&program["target"]["name"])?);
        command.env(variable, text(&program["executable"])?);
    }
    Ok(Suite { name, target: Some(target), command })
}

/// `path+file:///work/crates/api#0.1.0`, or `…#kubeseal-rs@0.1.0` where the folder has another name.
fn package(id: &str, dir: &Path) -> String {
    let named = id.rsplit_once('#').and_then(|(_, rest)| rest.split_once('@'));
    named.map_or_else(
        || dir.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        |(name, _)| name.to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    const MESSAGES: &str = r#"{"package_id":"path+file:///w/cli#0.1.0","manifest_path":"/w/cli/Cargo.toml","target":{"name":"cli","kind":["bin"]},"profile":{"test":false},"executable":"/t/cli"}
{"package_id":"path+file:///w/cli#0.1.0","manifest_path":"/w/cli/Cargo.toml","target":{"name":"cases","kind":["test"]},"profile":{"test":true},"executable":"/t/cases-1"}
not json
{"package_id":"path+file:///w/api#the-api@0.1.0","manifest_path":"/w/api/Cargo.toml","target":{"name":"the_api","kind":["lib"]},"profile":{"test":true},"executable":"/t/the_api-1"}
{"package_id":"path+file:///w/api#the-api@0.1.0","manifest_path":"/w/api/Cargo.toml","target":{"name":"the_api","kind":["lib"]},"profile":{"test":false},"executable":null}"#;

    #[test]
    fn a_suite_is_what_was_built_as_a_test() -> Result<()> {
        let suites = built(MESSAGES)?;
        let targets: Vec<_> = suites.iter().filter_map(|suite| suite.target.as_deref()).collect();
        assert_eq!(targets, ["-p cli --test cases", "-p the-api --lib"]);
        Ok(())
    }

    #[test]
    fn tests_that_hold_times_against_bounds_are_a_suite_of_their_own() -> Result<()> {
        let messages = r#"{"package_id":"path+file:///w/tests#0.1.0","manifest_path":"/w/tests/Cargo.toml","target":{"name":"lifecycle","kind":["test"]},"profile":{"test":true},"executable":"/t/lifecycle-1"}"#;
        let suites = built(messages)?;
        let names: Vec<_> = suites.iter().map(|suite| suite.name.as_str()).collect();
        assert_eq!(names, ["lifecycle: share::", "lifecycle: opens_all_within_a_second", "lifecycle"]);
        let arguments = |suite: &Suite| suite.command.get_args().map(OsStr::to_owned).collect::<Vec<_>>();
        assert_eq!(arguments(&suites[0]), ["share::"]);
        assert_eq!(arguments(&suites[1]), ["opens_all_within_a_second"]);
        assert_eq!(arguments(&suites[2]), ["--skip", "share::", "--skip", "opens_all_within_a_second"]);
        Ok(())
    }

    #[test]
    fn it_runs_where_and_as_cargo_test_runs_it() -> Result<()> {
        let suites = built(MESSAGES)?;
        let command = &suites[0].command;
        assert_eq!(command.get_program(), "/t/cases-1");
        assert_eq!(command.get_current_dir(), Some(Path::new("/w/cli")));
        let set: Vec<_> = command.get_envs().collect();
        for (name, value) in [("CARGO_MANIFEST_DIR", "/w/cli"), ("CARGO_BIN_EXE_cli", "/t/cli")] {
            assert!(set.contains(&(OsStr::new(name), Some(OsStr::new(value)))), "{set:?}");
        }
        Ok(())
    }
}
