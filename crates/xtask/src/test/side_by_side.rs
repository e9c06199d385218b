//! Runs suites side by side, because those with a control plane mostly wait: for a lease, a retry or a renewal.

use std::io::{self, Read as _};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::suites::Suite;
use super::tally::Tally;
use crate::paint;
use crate::span::span;

/// The number of suites that run at the same time, beside the node or after it one more. Each suite decides how many of its own tests it
/// runs at once.
const AT_ONCE: usize = 2;

/// The longest suites, which start first, so that no long one is left at the end.
const LONGEST: [&str; 11] = [
    "lifecycle",
    "faults",
    "keys_commands",
    "gitops",
    "replicas",
    "differential",
    "documents",
    "clusters",
    "kubeseal-rs: it",
    "chart",
    "controller",
];

/// Suites that run one after the other, when the others are done: they compare times.
const ALONE: [&str; 3] = ["effects", "lifecycle: share::", "lifecycle: opens_all_within_a_second"];

/// The suites that need a release build of a program, beside the others once that of the controller is there: that of the node, which
/// mostly waits for its kubelet, and that of the release, which builds the other program first.
const RELEASED: [&str; 2] = ["node", "release"];

/// The results of all suites.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) tally: Tally,
    pub(super) times: Vec<(String, Duration)>,
    /// Whether a suite failed.
    pub(super) failed: bool,
}

/// The results so far, and where the output goes; shared by all lanes.
struct Results<W> {
    outcome: Outcome,
    to: W,
}

/// Runs the suites, with what `prepare` adds to each command, and `build_image` beside those that run beside others. The whole output of
/// a suite goes to `to` when the suite ends.
pub(super) fn run(
    suites: Vec<Suite>,
    prepare: impl Fn(&mut Command) + Sync,
    build_image: impl FnOnce() + Send,
    to: impl io::Write + Send,
) -> Outcome {
    let (alone, shared): (Vec<_>, Vec<_>) =
        suites.into_iter().partition(|suite| ALONE.contains(&suite.name.as_str()));
    let (mut released, mut shared): (Vec<_>, Vec<_>) =
        shared.into_iter().partition(|suite| RELEASED.contains(&suite.name.as_str()));
    released.sort_by_key(|suite| RELEASED.iter().position(|name| *name == suite.name));
    shared.sort_by_key(|suite| LONGEST.iter().position(|name| *name == suite.name).unwrap_or(LONGEST.len()));
    let results = Mutex::new(Results { outcome: Outcome::default(), to });
    let run_lane = |queue: &Mutex<_>| {
        while let Some(mut suite) = next(queue) {
            prepare(&mut suite.command);
            run_one(suite, &results);
        }
    };
    let queue = Mutex::new(shared.into_iter());
    thread::scope(|scope| {
        scope.spawn(|| {
            build_image();
            run_lane(&Mutex::new(released.into_iter()));
            run_lane(&queue);
        });
        for _ in 0..AT_ONCE {
            scope.spawn(|| run_lane(&queue));
        }
    });
    run_lane(&Mutex::new(alone.into_iter()));
    results.into_inner().unwrap_or_else(PoisonError::into_inner).outcome
}

fn next(queue: &Mutex<impl Iterator<Item = Suite>>) -> Option<Suite> {
    locked(queue).next()
}

fn run_one(mut suite: Suite, results: &Mutex<Results<impl io::Write>>) {
    // If nothing reads the output any more, the results are still counted.
    let _ = writeln!(locked(results).to, "{}", paint::dim(&format!("... {}", suite.name)));
    let start = Instant::now();
    let (output, succeeded) = output_of(&mut suite.command).unwrap_or_else(|error| {
        (format!("{} cannot be run: {error}\n", suite.command.get_program().display()).into_bytes(), false)
    });
    let took = start.elapsed();
    let heading = paint::bold(&format!("==> {} ({})", suite.name, span(took)));
    let mut results = locked(results);
    let Results { outcome, to } = &mut *results;
    let _ = writeln!(to, "{heading}").and_then(|()| to.write_all(&output)).and_then(|()| to.flush());
    for line in String::from_utf8_lossy(&output).lines() {
        outcome.tally.read(line);
    }
    outcome.failed |= !succeeded;
    if let Some(target) = suite.target.filter(|_| !succeeded) {
        outcome.tally.target_failed(target);
    }
    outcome.times.push((suite.name, took));
}

/// The output of both streams, in the order in which it was written, and whether the command succeeded.
fn output_of(command: &mut Command) -> io::Result<(Vec<u8>, bool)> {
    let (mut reader, writer) = io::pipe()?;
    let mut child = command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer).spawn()?;
    // The command holds the write ends of the pipe. They are closed here, so that reading ends when the child does.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut output = Vec::new();
    reader.read_to_end(&mut output)?;
    Ok((output, child.wait()?.success()))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suite(name: &str, script: &str) -> Suite {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Suite { name: name.to_owned(), target: Some(format!("-p p --test {name}")), command }
    }

    #[test]
    fn what_each_says_is_counted_and_a_bad_end_is_a_failure() {
        let suites = vec![
            suite(
                "a",
                "echo 'test x ... FAILED'; echo 'test result: FAILED. 2 passed; 1 failed;' >&2; exit 1",
            ),
            suite("b", "echo \"test result: ok. $PASSED passed; 0 failed;\""),
        ];
        let mut shown = Vec::new();
        let passed = |command: &mut Command| {
            command.env("PASSED", "3");
        };
        let outcome = run(suites, passed, || {}, &mut shown);
        assert!(String::from_utf8_lossy(&shown).contains("FAILED\ntest result: FAILED"), "{shown:?}");
        assert!(outcome.failed);
        assert_eq!(outcome.times.len(), 2);
        assert_eq!(outcome.tally.closing_line("1 s"), "1 test failed, 5 passed, in 1 s.");
        assert_eq!(outcome.tally.rerun().as_deref(), Some("cargo xtask test -p p --test a -- x"));
    }

    #[test]
    fn a_program_that_is_not_there_is_a_failure() {
        let command = Command::new("/nowhere/suite");
        let missing = Suite { name: "a".to_owned(), target: None, command };
        assert!(run(vec![missing], |_| {}, || {}, io::sink()).failed);
    }
}
