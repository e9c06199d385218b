//! How each program of the control plane is run: tied to the life of the harness, with a lazy garbage collector.

use anyhow::Result;
use tokio::process::Command;

use crate::process::lifeline;
use crate::programs::Programs;
use crate::programs::program::Program;

/// Go collects garbage when the heap has grown by so many percent. At its default of 100, an API server that just starts spends a sixth of
/// its time on it.
const GOGC: &str = "400";

pub(crate) fn command(programs: &Programs, program: Program) -> Result<Command> {
    let mut command = lifeline::command(programs.path(program)?);
    command.env("GOGC", GOGC);
    Ok(command)
}
