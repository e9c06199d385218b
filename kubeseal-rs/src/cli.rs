//! [`Cli`]: the command line as typed. What it means together is in `mode`.

mod certificate_flags;
mod connection_flags;
mod flag_value;
pub(crate) mod verb;

pub(crate) use certificate_flags::CertificateFlags;
pub(crate) use connection_flags::ConnectionFlags;
pub(crate) use verb::Verb;

use crate::program::Program;
use api::Scope;
use clap::{CommandFactory as _, FromArgMatches as _, Parser};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

/// The page that `--help` prints, with `{name}` for the program's name.
///
/// Decided: written by hand and held complete by a test, because the generated page has a line for each
/// environment variable and optional boolean, and fits no screen.
const HELP: &str = include_str!("cli/help.txt");

/// Output formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Format {
    /// Indented JSON objects.
    #[default]
    Json,
    /// YAML documents.
    Yaml,
}

/// Every flag, under upstream's names. Empty values count as not given, as upstream has it.
#[derive(Debug, Default, Parser)]
#[command(disable_version_flag = true, args_override_self = true)]
pub(crate) struct Cli {
    #[arg(short = 'f', long, env = "SEALED_SECRETS_SECRET_FILE", hide_env = true)]
    pub secret_file: Option<PathBuf>,

    #[arg(short = 'w', long, env = "SEALED_SECRETS_SEALED_SECRET_FILE", hide_env = true)]
    pub sealed_secret_file: Option<PathBuf>,

    #[arg(short = 'o', long, env = "SEALED_SECRETS_FORMAT", value_parser = flag_value::format)]
    pub format: Option<Format>,

    #[arg(long, env = "SEALED_SECRETS_SCOPE", value_parser = flag_value::scope)]
    pub scope: Option<Scope>,

    #[arg(long, env = "SEALED_SECRETS_NAME", hide_env = true)]
    pub name: Option<String>,

    #[arg(short = 'n', long, env = "SEALED_SECRETS_NAMESPACE", hide_env = true)]
    pub namespace: Option<String>,

    #[arg(long, env = "SEALED_SECRETS_ALLOW_EMPTY_DATA", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = flag_value::boolean)]
    pub allow_empty_data: Option<bool>,

    #[arg(long, env = "SEALED_SECRETS_RAW", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = flag_value::boolean)]
    pub raw: Option<bool>,

    #[arg(long, env = "SEALED_SECRETS_FROM_FILE", hide_env = true)]
    pub from_file: Vec<String>,

    #[arg(long, env = "SEALED_SECRETS_FETCH_CERT", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = flag_value::boolean)]
    pub fetch_cert: Option<bool>,

    #[command(flatten)]
    pub certificate: CertificateFlags,

    #[command(flatten)]
    pub connection: ConnectionFlags,

    // Not from the environment: `SEALED_SECRETS_VERSION=0.38.4` is a likely line in a pipeline.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_parser = flag_value::boolean)]
    pub version: Option<bool>,

    /// Nothing is meant to stand here; `mode` says what to write instead.
    #[arg(hide = true)]
    pub rest: Vec<OsString>,

    #[command(subcommand)]
    pub verb: Option<Verb>,
}

impl Cli {
    /// Reads the arguments. The error may as well be the help that was asked for.
    pub(crate) fn read(program: &Program, arguments: Vec<OsString>) -> Result<Self, clap::Error> {
        let mut command = Self::command()
            .bin_name(program.name())
            .override_usage(format!("{} [flags] < secret.yaml > sealed-secret.yaml", program.name()))
            .override_help(HELP.replace("{name}", program.name()));
        let matches = command.try_get_matches_from_mut(arguments)?;
        Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
    }
}

/// Prints clap's answer, help to stdout and errors to stderr, and gives its exit code.
pub(crate) fn answer(answer: &clap::Error) -> ExitCode {
    // A reader that went away has seen enough.
    let _ = answer.print();
    if answer.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Cli, clap::Error> {
        let program = Program::named_by(None);
        let all = std::iter::once("kubeseal-rs").chain(arguments.iter().copied());
        Cli::read(&program, all.map(OsString::from).collect())
    }

    #[test]
    fn is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn booleans_are_gos() {
        let raw = |arguments: &[&str]| read(arguments).unwrap().raw;
        assert_eq!(raw(&["--raw"]), Some(true));
        assert_eq!(raw(&["--raw=T"]), Some(true));
        assert_eq!(raw(&["--raw=false"]), Some(false));
        assert_eq!(raw(&["--raw", "--raw=0"]), Some(false));
        assert!(read(&["--raw=maybe"]).is_err());
    }

    #[test]
    fn shorthands_join_their_values() {
        let cli = read(&["-nns", "-oYAML", "-fa.yaml", "-w=b.yaml"]).unwrap();
        assert_eq!(cli.namespace.as_deref(), Some("ns"));
        assert_eq!(cli.format, Some(Format::Yaml));
        assert_eq!(cli.secret_file, Some("a.yaml".into()));
        assert_eq!(cli.sealed_secret_file, Some("b.yaml".into()));
    }

    #[test]
    fn the_last_one_counts() {
        let cli = read(&["--scope", "strict", "--scope=cluster-wide"]).unwrap();
        assert_eq!(cli.scope, Some(Scope::ClusterWide));
    }

    #[test]
    fn empty_values_are_allowed() {
        let cli = read(&["--scope=", "--format=", "--cert=", "--name="]).unwrap();
        assert_eq!((cli.scope, cli.format), (Some(Scope::Strict), Some(Format::Json)));
    }

    #[test]
    fn every_flag_is_on_the_help_page() {
        for argument in Cli::command().get_arguments() {
            if let Some(long) = argument.get_long() {
                assert!(HELP.contains(&format!("--{long}")), "{long}");
            }
            if let Some(short) = argument.get_short() {
                assert!(HELP.contains(&format!("-{short}, ")), "{short}");
            }
        }
    }

    #[test]
    fn the_help_page_fits_a_terminal() {
        for line in HELP.replace("{name}", "kubeseal-rs").lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}
