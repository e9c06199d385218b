//! A test binary of system tests: its control plane, started once; its tests, each an async function; its end.
//!
//! ```text
//! fn main() -> ExitCode {
//!     suite::run(async |lab| Ok(lab), tests![seals_and_unseals, keys::are_read_by_both])
//! }
//!
//! async fn seals_and_unseals(lab: Arc<Lab>) -> Result<()> { … }
//! ```
//!
//! Decided: `harness = false` with libtest-mimic, because a control plane takes seconds to start and has to be stopped, and
//! the built-in test harness has no place for either; the command line and the output stay those of `cargo test`.

use std::fmt;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use tokio::runtime::{Handle, Runtime};

use crate::failure::{Unrun, report};
use crate::lab::Lab;
use crate::programs::program::Program;
use crate::test::interruption::interruption;

/// A test that takes longer hangs. It fails with its name, before a time limit ends the whole suite.
const LONGEST: Duration = Duration::from_mins(5);

/// The minutes that a test may take instead, if this variable is set: for a test that was asked for more work than CI asks for.
const MINUTES: &str = "SEALED_SECRETS_TEST_MINUTES";

/// If this variable is set, a test that cannot run on the machine fails, instead of being ignored, unless its
/// [`Unrun`] is optional.
pub const ALL_MUST_RUN: &str = "SEALED_SECRETS_TEST_ALL";

type Body<C> = Box<dyn FnOnce(C) -> LocalBoxFuture<'static, Result<()>> + Send>;

/// A named test that takes `C`, what the suite has set up. Made by [`tests!`](crate::tests).
pub struct Test<C> {
    name: String,
    body: Body<C>,
}

/// What the tests of a suite run on: started before them, stopped after them.
pub trait Stage: Send + Sync + 'static {
    /// Ends everything that runs on it. A second call does nothing.
    fn stop(&self) -> impl Future<Output = Result<()>> + Send;
}

impl Stage for Lab {
    async fn stop(&self) -> Result<()> {
        Self::stop(self).await
    }
}

/// A list of tests, named as their functions: `tests![a, module::b]`.
#[macro_export]
macro_rules! tests {
    ($($function:path),* $(,)?) => {
        vec![$($crate::test::suite::Test::new(stringify!($function), $function)),*]
    };
}

impl<C> Test<C> {
    /// The test `name`, which runs `body`.
    pub fn new<F>(name: &str, body: impl FnOnce(C) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<()>> + 'static,
    {
        Self { name: name.replace(' ', ""), body: Box::new(|context| body(context).boxed_local()) }
    }
}

impl<C> fmt::Debug for Test<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Test").field(&self.name).finish()
    }
}

/// Runs the tests that the command line selects. `setup` makes of the running lab what each test gets a clone of: the lab
/// itself, or an `Arc` of something with a running controller in it. None of it happens if there is no test to run.
///
/// Ctrl-C, SIGTERM and SIGHUP stop the control plane too.
pub fn run<C>(setup: impl AsyncFnOnce(Arc<Lab>) -> Result<C>, tests: Vec<Test<C>>) -> ExitCode
where
    C: Clone + Send + 'static,
{
    run_as(&Arguments::from_args(), async || Lab::start(&Program::SYSTEM).await, setup, tests)
}

/// As [`run`], on another stage than a lab, with one test after the other. Where `start` ends with [`Unrun`], so does
/// each test.
pub fn run_on<S: Stage>(start: impl AsyncFnOnce() -> Result<S>, tests: Vec<Test<Arc<S>>>) -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(1);
    run_as(&arguments, start, async |stage| Ok(stage), tests)
}

/// As [`run`], with this many tests at the same time unless the command line says otherwise: for tests that mostly
/// wait.
pub fn run_side_by_side<C>(
    count: usize,
    setup: impl AsyncFnOnce(Arc<Lab>) -> Result<C>,
    tests: Vec<Test<C>>,
) -> ExitCode
where
    C: Clone + Send + 'static,
{
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(count);
    run_as(&arguments, async || Lab::start(&Program::SYSTEM).await, setup, tests)
}

fn run_as<S: Stage, C>(
    arguments: &Arguments,
    start: impl AsyncFnOnce() -> Result<S>,
    setup: impl AsyncFnOnce(Arc<S>) -> Result<C>,
    tests: Vec<Test<C>>,
) -> ExitCode
where
    C: Clone + Send + 'static,
{
    if arguments.list || !tests.iter().any(|test| is_wanted(arguments, &test.name)) {
        let nothing = tests.into_iter().map(|test| Trial::test(test.name, || Ok(()))).collect();
        return libtest_mimic::run(arguments, nothing).exit_code();
    }
    match run_on_stage(arguments, start, setup, tests) {
        Ok(code) => code,
        Err(error) => {
            print_error(&error);
            ExitCode::FAILURE
        }
    }
}

fn run_on_stage<S: Stage, C>(
    arguments: &Arguments,
    start: impl AsyncFnOnce() -> Result<S>,
    setup: impl AsyncFnOnce(Arc<S>) -> Result<C>,
    tests: Vec<Test<C>>,
) -> Result<ExitCode>
where
    C: Clone + Send + 'static,
{
    let longest = longest()?;
    let runtime = Runtime::new().context("cannot start the async runtime")?;
    let stage = match runtime.block_on(start()) {
        Ok(stage) => Arc::new(stage),
        Err(error) => {
            let reason = error.downcast::<Unrun>()?;
            let unrun = |test: Test<C>| {
                let error = anyhow::Error::new(reason.clone());
                Trial::ignorable_test(test.name, move || outcome(Err(error)))
            };
            return Ok(libtest_mimic::run(arguments, tests.into_iter().map(unrun).collect()).exit_code());
        }
    };
    runtime.spawn(stop_on_signal(Arc::clone(&stage)));
    let concluded = match runtime.block_on(setup(Arc::clone(&stage))) {
        Ok(context) => {
            let handle = runtime.handle();
            let trials =
                tests.into_iter().map(|test| trial(test, context.clone(), handle.clone(), longest)).collect();
            // What the setup made is dropped within the runtime, before its control plane is stopped.
            let _inside = handle.enter();
            let conclusion = libtest_mimic::run(arguments, trials);
            drop(context);
            Ok(conclusion.exit_code())
        }
        Err(error) => Err(error.context("the tests could not be set up")),
    };
    runtime.block_on(stage.stop())?;
    concluded
}

fn longest() -> Result<Duration> {
    let Ok(minutes) = std::env::var(MINUTES) else { return Ok(LONGEST) };
    let minutes = minutes.parse().with_context(|| format!("{MINUTES} is no number"))?;
    Ok(Duration::from_mins(minutes))
}

fn trial<C: Send + 'static>(test: Test<C>, context: C, runtime: Handle, longest: Duration) -> Trial {
    Trial::ignorable_test(test.name, move || {
        let body = async { tokio::time::timeout(longest, (test.body)(context)).await };
        match runtime.block_on(body) {
            Ok(ended) => outcome(ended),
            Err(_) => Err(Failed::from(format!("not done after {longest:?}"))),
        }
    })
}

fn outcome(ended: Result<()>) -> Result<Completion, Failed> {
    let Err(error) = ended else { return Ok(Completion::Completed) };
    match error.downcast_ref::<Unrun>() {
        Some(unrun) if !unrun.is_failure(std::env::var_os(ALL_MUST_RUN).is_some()) => {
            Ok(Completion::ignored_with(unrun))
        }
        _ => Err(Failed::from(report(&error))),
    }
}

fn is_wanted(arguments: &Arguments, name: &str) -> bool {
    !arguments.is_filtered_out(&Trial::test(name, || Ok(())))
}

async fn stop_on_signal(stage: Arc<impl Stage>) -> Result<()> {
    interruption().await?;
    if let Err(error) = stage.stop().await {
        print_error(&error);
    }
    // The exit code by which a shell knows that the program was interrupted.
    std::process::exit(130)
}

#[expect(clippy::print_stderr, reason = "the standard error of a test binary is this module's to write")]
fn print_error(error: &anyhow::Error) {
    eprintln!("{}", report(error));
}
