//! [`Cli`]: the command line as typed. What it means together is in `mode`.

pub(crate) mod certificate_flags;
pub(crate) mod connection_flags;
pub(crate) mod flag_value;
pub(crate) mod hidden;
pub(crate) mod klog_flags;
pub(crate) mod known;
pub(crate) mod man_pages;
pub(crate) mod misplaced;
pub(crate) mod unlock_flags;
pub(crate) mod verb;

use crate::cli::certificate_flags::CertificateFlags;
use crate::cli::connection_flags::ConnectionFlags;
use crate::cli::unlock_flags::UnlockFlags;
use crate::cli::verb::Verb;
use crate::error::CommandError;
use crate::files::output::Output;
use crate::process::program::name;
use crate::terminal::warnings::{When, say};
use api::Scope;
use clap::parser::ValueSource;
use clap::{CommandFactory as _, FromArgMatches as _, Parser};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

/// The page that `--help` prints, with `{name}` for the program's name and `{commands}` for a line for each command.
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
#[command(
    name = "kubeseal-rs",
    about = "Seals Kubernetes Secrets, so that only the controller in your cluster can open them",
    disable_version_flag = true,
    args_override_self = true
)]
pub(crate) struct Cli {
    /// Secrets to read; else standard input.
    #[arg(short = 'f', long, env = "SEALED_SECRETS_SECRET_FILE", hide_env = true, value_name = "FILE", value_parser = flag_value::path())]
    pub secret_file: Option<PathBuf>,

    /// Where to write; else standard output.
    #[arg(
        short = 'w',
        long,
        env = "SEALED_SECRETS_SEALED_SECRET_FILE",
        hide_env = true,
        value_name = "FILE",
        value_parser = flag_value::path()
    )]
    pub sealed_secret_file: Option<PathBuf>,

    /// Output format: json (the default), or yaml, which is also that of a file named so.
    #[arg(short = 'o', long, env = "SEALED_SECRETS_FORMAT", value_parser = flag_value::unchecked_format(), hide_possible_values = true, value_name = "FORMAT")]
    pub format: Option<String>,

    /// What the values are bound to: strict (the default), namespace-wide or cluster-wide.
    #[arg(long, env = "SEALED_SECRETS_SCOPE", value_parser = flag_value::offered_scope(), hide_possible_values = true, value_name = "SCOPE")]
    pub scope: Option<Scope>,

    /// Name to seal for, over the Secret's own.
    #[arg(long, env = "SEALED_SECRETS_NAME", hide_env = true, value_name = "NAME")]
    pub name: Option<String>,

    /// Namespace of Secrets that name none; else that of the context.
    #[arg(short = 'n', long, env = "SEALED_SECRETS_NAMESPACE", hide_env = true, value_parser = flag_value::unchecked_namespace(), value_name = "NAMESPACE")]
    pub namespace: Option<String>,

    /// Seal a Secret that has no data.
    #[arg(long, env = "SEALED_SECRETS_ALLOW_EMPTY_DATA", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = flag_value::boolean(), value_name = "BOOL")]
    pub allow_empty_data: Option<bool>,

    /// Keep an annotation of this name though it repeats a sealed value; may be repeated.
    #[arg(
        long,
        env = "SEALED_SECRETS_ALLOW_ANNOTATION",
        hide_env = true,
        value_delimiter = ',',
        value_name = "NAME"
    )]
    pub allow_annotation: Vec<String>,

    /// Seal one bare value and print it in base64.
    #[arg(long, env = "SEALED_SECRETS_RAW", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = flag_value::boolean(), value_name = "BOOL")]
    pub raw: Option<bool>,

    /// With --raw: the file that holds the value; else standard input.
    #[arg(long, env = "SEALED_SECRETS_FROM_FILE", hide_env = true, value_name = "[KEY=]FILE")]
    pub from_file: Vec<String>,

    /// Print the cluster's certificate, for --cert.
    #[arg(long, env = "SEALED_SECRETS_FETCH_CERT", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = flag_value::boolean(), value_name = "BOOL")]
    pub fetch_cert: Option<bool>,

    /// Seal into the SealedSecret in this file, in place.
    #[arg(long, env = "SEALED_SECRETS_MERGE_INTO", hide_env = true, value_name = "FILE", value_parser = flag_value::path())]
    pub merge_into: Option<PathBuf>,

    /// Ask the controller whether SealedSecrets open.
    #[arg(long, env = "SEALED_SECRETS_VALIDATE", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = flag_value::boolean(), value_name = "BOOL")]
    pub validate: Option<bool>,

    /// Have SealedSecrets sealed to the newest key; those in the file of -f in place.
    #[arg(long, env = "SEALED_SECRETS_RE_ENCRYPT", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = flag_value::boolean(), value_name = "BOOL")]
    pub re_encrypt: Option<bool>,

    /// The old name of `--re-encrypt`.
    #[arg(long, env = "SEALED_SECRETS_ROTATE", hide = true, num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = flag_value::boolean())]
    pub rotate: Option<bool>,

    /// Open SealedSecrets without a cluster.
    #[arg(long, env = "SEALED_SECRETS_RECOVERY_UNSEAL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", value_parser = flag_value::boolean(), value_name = "BOOL")]
    pub recovery_unseal: Option<bool>,

    /// With --recovery-unseal: a private key (PEM) or a backup of sealing keys, encrypted or not; may be repeated.
    #[arg(
        long,
        env = "SEALED_SECRETS_RECOVERY_PRIVATE_KEY",
        hide_env = true,
        value_delimiter = ',',
        value_name = "FILE",
        value_parser = flag_value::path()
    )]
    pub recovery_private_key: Vec<PathBuf>,

    #[command(flatten)]
    pub unlock: UnlockFlags,

    /// When to show warnings: auto (the default: on a terminal, and beside an error), always or never.
    #[arg(long, global = true, env = "SEALED_SECRETS_WARN", hide_env = true, value_parser = flag_value::offered_warn(),
          hide_possible_values = true, value_name = "WHEN")]
    pub warn: Option<When>,

    /// No warnings, as --warn=never.
    #[arg(long, global = true, env = "SEALED_SECRETS_QUIET", hide_env = true, num_args = 0..=1,
          require_equals = true, default_missing_value = "true", value_parser = flag_value::boolean(), value_name = "BOOL")]
    pub quiet: Option<bool>,

    #[command(flatten)]
    pub certificate: CertificateFlags,

    #[command(flatten)]
    pub connection: ConnectionFlags,

    #[command(flatten)]
    pub klog: klog_flags::KlogFlags,

    // Not from the environment: `SEALED_SECRETS_VERSION=0.38.4` is a likely line in a pipeline.
    /// Print the version.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_parser = flag_value::boolean(), value_name = "BOOL")]
    pub version: Option<bool>,

    /// Nothing is meant to stand here; `mode` says what to write instead.
    #[arg(hide = true)]
    pub rest: Vec<OsString>,

    #[command(subcommand)]
    pub verb: Option<Verb>,
}

impl Cli {
    /// Reads the arguments. The error may as well be the help that was asked for.
    pub(crate) fn read(arguments: &[OsString]) -> Result<Self, clap::Error> {
        let mut command = Self::command()
            .bin_name(name())
            .override_usage(format!("{} [flags] < secret.yaml > sealed-secret.yaml", name()))
            .override_help(help_page())
            .mut_args(as_pflag_takes_values);
        let matches = command
            .try_get_matches_from_mut(arguments)
            .map_err(|error| known::with_variable(known::without_escape(error), &command, arguments))
            .map_err(known::on_one_line)?;
        misplaced::check(&mut command, &matches)?;
        let mut cli = Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
        let is_typed = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
        cli.add_from_environment(is_typed, |name| std::env::var_os(name));
        Ok(cli)
    }

    /// As upstream has it: of its flags, one that may be repeated adds to its variable, where any other replaces it; and
    /// of jobs that exclude each other, what was typed counts over `SEALED_SECRETS_RAW`.
    fn add_from_environment(
        &mut self,
        is_typed: impl Fn(&str) -> bool,
        variable: impl Fn(&str) -> Option<OsString>,
    ) {
        let text = |id: &str, name: &str| {
            let value = variable(name).filter(|_| is_typed(id));
            value.map(|value| value.to_string_lossy().into_owned())
        };
        if let Some(files) = text("recovery_private_key", "SEALED_SECRETS_RECOVERY_PRIVATE_KEY") {
            self.recovery_private_key.splice(..0, files.split(',').map(PathBuf::from));
        }
        if let Some(file) = text("from_file", "SEALED_SECRETS_FROM_FILE") {
            self.from_file.insert(0, file);
        }
        if let Some(group) = text("as_group", "SEALED_SECRETS_AS_GROUP") {
            self.connection.as_group.insert(0, group);
        }
        let jobs = ["fetch_cert", "validate", "re_encrypt", "rotate", "recovery_unseal", "merge_into"];
        if !is_typed("raw") && jobs.into_iter().any(is_typed) {
            self.raw = None;
        }
    }
}

/// Whatever follows a flag that wants a value is that, even if it begins with a hyphen: passwords and tokens do.
fn as_pflag_takes_values(argument: clap::Arg) -> clap::Arg {
    let wants_one = !argument.is_positional()
        && argument.get_action().takes_values()
        && !argument.is_require_equals_set();
    if wants_one { argument.allow_hyphen_values(true) } else { argument }
}

/// No terminal is narrower.
const PAGE_WIDTH: usize = 80;

fn help_page() -> String {
    let root = Cli::command();
    let commands: Vec<_> = root.get_subcommands().filter(|command| !command.is_hide_set()).collect();
    let width = commands.iter().map(|command| command.get_name().len()).max().unwrap_or_default();
    let mut lines = String::new();
    for command in commands {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let mut line = format!("  {:width$} ", command.get_name());
        for word in about.trim_end_matches('.').split(' ') {
            if line.chars().count() + 1 + word.chars().count() > PAGE_WIDTH {
                lines.push_str(&line);
                line = format!("\n{:1$}", "", width + 3);
            }
            line.push(' ');
            line.push_str(word);
        }
        lines.push_str(&line);
        lines.push('\n');
    }
    HELP.replace("{name}", name()).replace("{commands}", &lines)
}

/// Prints clap's answer, help to stdout and errors to stderr, and gives its exit code.
pub(crate) fn answer(answer: &clap::Error) -> ExitCode {
    if answer.use_stderr() {
        // It quotes what was typed, which a shell may have taken from the names of files.
        say(answer.render());
        return ExitCode::from(2);
    }
    match answer.print() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => CommandError::from(Output::Stdout.failed(error)).report(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Cli, clap::Error> {
        let all = std::iter::once("kubeseal-rs").chain(arguments.iter().copied());
        Cli::read(&all.map(OsString::from).collect::<Vec<_>>())
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
        assert!(read(&["--raw=maybe"]).is_err() && read(&["--raw="]).is_err());
    }

    #[test]
    fn shorthands_join_their_values() {
        let cli = read(&["-nns", "-oYAML", "-fa.yaml", "-w=b.yaml"]).unwrap();
        assert_eq!(cli.namespace.as_deref(), Some("ns"));
        assert_eq!(cli.format.as_deref(), Some("YAML"));
        assert_eq!(cli.secret_file, Some("a.yaml".into()));
        assert_eq!(cli.sealed_secret_file, Some("b.yaml".into()));
    }

    #[test]
    fn values_may_begin_with_a_hyphen() {
        let cli = read(&["--password", "-secret", "--as-group", "-x", "--name", "--raw", "-n", "a"]).unwrap();
        assert_eq!(cli.connection.password.unwrap().expose(), "-secret");
        assert_eq!((cli.connection.as_group, cli.name), (vec!["-x".to_owned()], Some("--raw".to_owned())));
        assert_eq!((cli.raw, cli.namespace.as_deref()), (None, Some("a")));
        assert_eq!(read(&["--scope", "strict", "--raw"]).unwrap().raw, Some(true));
    }

    #[test]
    fn flags_stand_behind_their_command() {
        assert!(read(&["--quiet", "reseal", "--cert", "a.pem", "."]).is_ok());
        let error = read(&["--cert", "a.pem", "reseal", "."]).unwrap_err().to_string();
        assert!(error.contains("reseal --cert"), "{error}");
    }

    #[test]
    fn the_last_one_counts() {
        let cli = read(&["--scope", "strict", "--scope=cluster-wide"]).unwrap();
        assert_eq!(cli.scope, Some(Scope::ClusterWide));
    }

    #[test]
    fn what_may_be_repeated_adds_to_its_variable() {
        let all = |typed: &'static [&'static str]| {
            let mut cli = Cli {
                recovery_private_key: vec!["c".into()],
                from_file: vec!["c".into()],
                raw: Some(true),
                ..Cli::default()
            };
            cli.connection.as_group = vec!["c".into()];
            cli.add_from_environment(|id| typed.contains(&id), |_| Some("a,b".into()));
            cli
        };
        // Without the flag, clap has read the variable.
        let cli = all(&[]);
        assert_eq!((cli.recovery_private_key.len(), cli.from_file.len(), cli.raw), (1, 1, Some(true)));
        let cli = all(&["recovery_private_key", "from_file", "as_group", "fetch_cert"]);
        assert_eq!(cli.recovery_private_key, ["a", "b", "c"].map(PathBuf::from));
        assert_eq!(
            (cli.from_file.as_slice(), cli.connection.as_group.as_slice()),
            (&["a,b".into(), "c".into()][..], &["a,b".into(), "c".into()][..])
        );
        assert_eq!((cli.raw, all(&["raw", "fetch_cert"]).raw), (None, Some(true)));
    }

    #[test]
    fn empty_values_are_allowed() {
        let cli = read(&["--scope=", "--format=", "--cert=", "--name=", "--kubeconfig=", "--client-key", ""])
            .unwrap();
        assert_eq!((cli.scope, cli.format.as_deref()), (Some(Scope::Strict), Some("")));
    }

    #[test]
    fn every_flag_is_on_the_help_page() {
        for argument in Cli::command().get_arguments().filter(|argument| !argument.is_hide_set()) {
            if let Some(long) = argument.get_long() {
                assert!(HELP.contains(&format!("--{long}")), "{long}");
            }
            if let Some(short) = argument.get_short() {
                assert!(HELP.contains(&format!("-{short}, ")), "{short}");
            }
        }
    }

    #[test]
    fn every_flag_has_its_variable() {
        let command = Cli::command();
        for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
            let Some(long) = argument.get_long().filter(|long| *long != "version") else { continue };
            let variable = format!("SEALED_SECRETS_{}", long.to_ascii_uppercase().replace('-', "_"));
            assert_eq!(argument.get_env(), Some(OsString::from(variable).as_os_str()), "{long}");
        }
    }

    #[test]
    fn the_flags_of_klog_are_taken() {
        let flags =
            ["-v5", "-v=3", "--v", "2", "--logtostderr=false", "--alsologtostderr", "--log_dir", "/x"];
        assert!(read(&flags).is_ok());
        assert!(read(&["-v", "x"]).is_err());
    }

    #[test]
    fn every_flag_has_its_words() {
        let shown = Cli::command();
        for argument in shown.get_arguments().filter(|argument| !argument.is_hide_set()) {
            assert!(argument.get_help().is_some(), "{}", argument.get_id());
        }
    }

    #[test]
    fn no_example_is_broken_into_lines() {
        fn check(command: &clap::Command) {
            let text = command.get_after_long_help().or(command.get_after_help());
            for line in text.map(ToString::to_string).unwrap_or_default().lines() {
                // What is indented is to be copied.
                assert!(!line.starts_with(' ') || line.chars().count() <= 100, "{line}");
            }
            command.get_subcommands().for_each(check);
        }
        check(&Cli::command());
    }

    #[test]
    fn the_help_page_fits_a_terminal() {
        for line in help_page().lines() {
            assert!(line.chars().count() <= PAGE_WIDTH, "{line}");
        }
    }
}
