//! `clusters schema`: the JSON Schema of the project file, for editors.

use crate::error::CommandError;
use crate::files::output::Output;
use crate::project::file::SCHEMA;
use crate::terminal::program::name;
use clap::Args;

/// Print the JSON Schema of the project file, for editors.
#[derive(Debug, Args)]
#[command(after_long_help = format!("Examples:\n  \
        # With the line `# yaml-language-server: $schema=.sealed-secrets/schema.json` in the project file\n  \
        {0} clusters schema > .sealed-secrets/schema.json", name()))]
pub(crate) struct SchemaArgs {}

pub(crate) fn run(_: &SchemaArgs) -> Result<(), CommandError> {
    Ok(Output::Stdout.write(SCHEMA.as_bytes())?)
}
