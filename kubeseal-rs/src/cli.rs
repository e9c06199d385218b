//! [`Cli`]: the command line: upstream's flags, or one of the commands. [`Cli::run`] runs it.

pub(crate) mod complete;
pub(crate) mod early_flags;
pub(crate) mod klog_flags;
pub(crate) mod live_flag;
pub(crate) mod man_pages;
pub(crate) mod usage_hints;

use crate::cli::klog_flags::klog_flags;
use crate::commands::Command;
use crate::commands::upstream;
use crate::commands::upstream::flags::UpstreamFlags;
use crate::error::{CommandError, Context as _};
use crate::files::output::Output;
use crate::settings::certificate_flags::CertificateFlags;
use crate::settings::connection_flags::ConnectionFlags;
use crate::settings::flag_value;
use crate::settings::usage_error::UsageError;
use crate::terminal::program::{name, version_line};
use crate::terminal::warnings::{When, say};
use clap::parser::ValueSource;
use clap::{Arg, CommandFactory as _, FromArgMatches as _, Parser, Subcommand as _};
use std::any::TypeId;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

/// The page that `--help` prints, with `{name}` for the program's name and `{commands}` for a line for each command.
///
/// Decided: written by hand, and a test checks that it is complete, because the generated page has a line for each
/// environment variable and optional boolean, and fits no screen.
const HELP: &str = include_str!("cli/help.txt");

/// The examples of the manual; the help page has none.
const EXAMPLES: &str = "Examples:\n  \
    # A Secret for the cluster of the current context\n  \
    kubeseal-rs -f secret.yaml -w sealed-secret.yaml\n\n  \
    # Without access to a cluster\n  \
    kubeseal-rs --fetch-cert > cert.pem\n  \
    kubeseal-rs --cert cert.pem -f secret.yaml -w sealed-secret.yaml\n\n  \
    # One more value for a SealedSecret that exists\n  \
    kubeseal-rs create db --prompt password --merge-into sealed-secret.yaml\n\n  \
    # Does the controller open it?\n  \
    kubeseal-rs --validate -f sealed-secret.yaml";

/// The command line.
#[derive(Debug, Default, Parser)]
#[command(
    name = "kubeseal-rs",
    about = "Seals Kubernetes Secrets, so that only the controller in your cluster can open them",
    disable_version_flag = true,
    args_override_self = true,
    override_usage = format!("{0} [flags] < secret.yaml > sealed-secret.yaml\n       {0} COMMAND ...", name()),
    after_long_help = EXAMPLES
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub upstream: UpstreamFlags,

    /// When to show warnings: auto (the default: on a terminal, and beside an error), always or never.
    #[arg(long, global = true, env = "SEALED_SECRETS_WARN", hide_env = true, value_parser = flag_value::offered_warn(),
          hide_possible_values = true, value_name = "WHEN")]
    pub warn: Option<When>,

    /// No warnings, as --warn=never.
    #[arg(long, global = true, env = "SEALED_SECRETS_QUIET", hide_env = true)]
    pub quiet: Option<bool>,

    #[command(flatten)]
    pub certificate: CertificateFlags,

    #[command(flatten)]
    pub connection: ConnectionFlags,

    // Not from the environment: `SEALED_SECRETS_VERSION=0.38.4` is a likely line in a pipeline.
    /// Print the version.
    #[arg(long)]
    pub version: Option<bool>,

    /// Words that are not a command, which are refused.
    #[arg(hide = true)]
    pub rest: Vec<OsString>,

    /// Not defined with the flags, but in [`Cli::definition`].
    #[arg(skip)]
    pub command: Option<Command>,
}

impl Cli {
    /// The flags and commands.
    pub(crate) fn definition() -> clap::Command {
        let flags = Self::flags();
        // What the enumeration of the commands says of itself is not about the program.
        let about = flags.get_about().cloned().unwrap_or_default();
        with_gos_booleans(Command::augment_subcommands(flags).about(about))
    }

    /// The flags without the commands, whose definitions take longer to make than sealing a Secret.
    fn flags() -> clap::Command {
        with_gos_booleans(Self::command().args(klog_flags()))
    }

    /// Reads the arguments. The error may also be the help text that a flag asks for.
    pub(crate) fn read(arguments: &[OsString]) -> Result<Self, clap::Error> {
        let is_command = |word: &OsString| {
            word.to_str().is_some_and(|word| word == "help" || Command::has_subcommand(word))
        };
        // Without the name of a command, both definitions read the same. Errors and the help page speak of commands.
        if !arguments.iter().skip(1).any(is_command)
            && let Ok(cli) = Self::read_by(Self::flags(), arguments)
        {
            return Ok(cli);
        }
        let definition = Self::definition();
        let page = help_page(&definition);
        Self::read_by(definition.override_help(page), arguments)
    }

    fn read_by(definition: clap::Command, arguments: &[OsString]) -> Result<Self, clap::Error> {
        let mut command = definition
            .bin_name(name())
            .override_usage(format!("{} [flags] < secret.yaml > sealed-secret.yaml", name()))
            .mut_args(as_pflag_takes_values);
        let matches = early_flags::moved(&mut command, arguments)
            .and_then(|words| command.try_get_matches_from_mut(live_flag::named(words)))
            .map_err(|error| {
                usage_hints::with_variable(usage_hints::without_escape(error), &command, arguments)
            })
            .map_err(|error| usage_hints::with_file(error, &command, arguments))
            .map_err(|error| usage_hints::on_one_line(usage_hints::with_command(error, &command)))?;
        let mut cli = Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
        if matches.subcommand_name().is_some() {
            let named = Command::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
            cli.command = Some(named);
        }
        let is_typed = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
        cli.upstream.typed =
            matches.ids().map(clap::Id::as_str).filter(|id| is_typed(id)).map(str::to_owned).collect();
        cli.add_from_environment(is_typed, |name| std::env::var_os(name));
        Ok(cli)
    }

    /// Runs the command.
    pub(crate) fn run(self) -> Result<(), CommandError> {
        if self.version == Some(true) {
            return Ok(Output::Stdout.write(version_line().as_bytes())?);
        }
        if let Some(command) = self.command {
            return command.run(&Self::definition());
        }
        // Values that upstream's flag parser accepts and its program refuses later exit with code 1.
        run_upstream(self).map_err(CommandError::usage_as_failed)
    }

    /// As in upstream's kubeseal: the variable of a repeatable flag adds to the flag, the variable of another flag is
    /// replaced by it; and if modes exclude each other, the typed one wins over `SEALED_SECRETS_RAW`.
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
            self.upstream.recovery.recovery_private_key.splice(..0, files.split(',').map(PathBuf::from));
        }
        if let Some(file) = text("from_file", "SEALED_SECRETS_FROM_FILE") {
            self.upstream.from_file.insert(0, file);
        }
        if let Some(group) = text("as_group", "SEALED_SECRETS_AS_GROUP") {
            self.connection.as_group.insert(0, group);
        }
        let jobs = ["fetch_cert", "validate", "re_encrypt", "rotate", "recovery_unseal", "merge_into"];
        if !is_typed("raw") && jobs.into_iter().any(is_typed) {
            self.upstream.raw = None;
        }
    }
}

fn run_upstream(cli: Cli) -> Result<(), CommandError> {
    if let Some(word) = cli.rest.first() {
        let word = word.to_string_lossy();
        return Err(UsageError::Argument(word.clone().into_owned()))
            .hint(usage_hints::of_argument(&word, &Cli::definition()));
    }
    upstream::run(cli.upstream, cli.certificate, cli.connection)
}

/// Every boolean is written as `--flag`, `--flag=true` or `--flag=false`.
fn with_gos_booleans(command: clap::Command) -> clap::Command {
    let as_go_has_it = |flag: Arg| {
        if flag.get_value_parser().type_id() != TypeId::of::<bool>() {
            return flag;
        }
        let flag = flag.num_args(0..=1).require_equals(true).default_missing_value("true");
        flag.value_parser(flag_value::boolean()).value_name("BOOL")
    };
    command.mut_args(as_go_has_it).mut_subcommands(with_gos_booleans)
}

/// The word after a flag with a value is the value, even if it begins with a hyphen, as passwords and tokens do.
fn as_pflag_takes_values(argument: Arg) -> Arg {
    let wants_one = !argument.is_positional()
        && argument.get_action().takes_values()
        && !argument.is_require_equals_set();
    if wants_one { argument.allow_hyphen_values(true) } else { argument }
}

/// The width of the narrowest terminal.
const PAGE_WIDTH: usize = 80;

fn help_page(root: &clap::Command) -> String {
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

/// Prints clap's message, help to stdout and errors to stderr, and returns the exit code.
pub(crate) fn report(answer: &clap::Error) -> ExitCode {
    if answer.use_stderr() {
        // It shows words of the command line, which a shell may have expanded from names of files.
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
    use crate::settings::recovery_flags::RecoveryFlags;
    use api::Scope;

    fn read(arguments: &[&str]) -> Result<Cli, clap::Error> {
        let all = std::iter::once("kubeseal-rs").chain(arguments.iter().copied());
        Cli::read(&all.map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn is_sound() {
        Cli::definition().debug_assert();
    }

    #[test]
    fn booleans_are_gos() {
        let raw = |arguments: &[&str]| read(arguments).unwrap().upstream.raw;
        assert_eq!(raw(&["--raw"]), Some(true));
        assert_eq!(raw(&["--raw=T"]), Some(true));
        assert_eq!(raw(&["--raw=false"]), Some(false));
        assert_eq!(raw(&["--raw", "--raw=0"]), Some(false));
        assert!(read(&["--raw=maybe"]).is_err() && read(&["--raw="]).is_err());
    }

    #[test]
    fn shorthands_join_their_values() {
        let cli = read(&["-nns", "-oYAML", "-fa.yaml", "-w=b.yaml"]).unwrap();
        assert_eq!(cli.upstream.namespace.as_deref(), Some("ns"));
        assert_eq!(cli.upstream.format.as_deref(), Some("YAML"));
        assert_eq!(cli.upstream.secret_file, Some("a.yaml".into()));
        assert_eq!(cli.upstream.sealed_secret_file, Some("b.yaml".into()));
    }

    #[test]
    fn values_may_begin_with_a_hyphen() {
        let cli = read(&["--password", "-secret", "--as-group", "-x", "--name", "--raw", "-n", "a"]).unwrap();
        assert_eq!(cli.connection.password.unwrap().expose(), "-secret");
        assert_eq!(
            (cli.connection.as_group, cli.upstream.name),
            (vec!["-x".to_owned()], Some("--raw".to_owned()))
        );
        assert_eq!((cli.upstream.raw, cli.upstream.namespace.as_deref()), (None, Some("a")));
        assert_eq!(read(&["--scope", "strict", "--raw"]).unwrap().upstream.raw, Some(true));
    }

    /// The definition without the commands reads what it accepts as the whole one does.
    #[test]
    fn flags_alone_need_no_definition_of_commands() {
        for words in [&["--raw", "--name", "a"][..], &["-f", "a", "-w", "b"], &["--version"], &["stray"], &[]]
        {
            let words: Vec<OsString> =
                std::iter::once("k").chain(words.iter().copied()).map(Into::into).collect();
            let read = |definition| Cli::read_by(definition, &words).map(|cli| format!("{cli:?}"));
            assert_eq!(read(Cli::flags()).unwrap(), read(Cli::definition()).unwrap(), "{words:?}");
        }
        assert!(read(&["help"]).is_err() && read(&["--name", "seal", "--raw"]).unwrap().command.is_none());
    }

    #[test]
    fn flags_stand_before_or_behind_their_command() {
        for words in [&["--cert", "a.pem", "reseal", "."][..], &["reseal", "--cert", "a.pem", "."]] {
            let Some(Command::Reseal(reseal)) = read(words).unwrap().command else { panic!("{words:?}") };
            assert_eq!(reseal.certificate.cert.as_deref(), Some("a.pem"));
        }
        assert_eq!(read(&["--quiet", "reseal", "."]).unwrap().quiet, Some(true));
    }

    #[test]
    fn the_last_one_counts() {
        let cli = read(&["--scope", "strict", "--scope=cluster-wide"]).unwrap();
        assert_eq!(cli.upstream.scope, Some(Scope::ClusterWide));
    }

    #[test]
    fn what_may_be_repeated_adds_to_its_variable() {
        let all = |typed: &'static [&'static str]| {
            let upstream = UpstreamFlags {
                recovery: RecoveryFlags {
                    recovery_private_key: vec!["c".into()],
                    ..RecoveryFlags::default()
                },
                from_file: vec!["c".into()],
                raw: Some(true),
                ..UpstreamFlags::default()
            };
            let mut cli = Cli { upstream, ..Cli::default() };
            cli.connection.as_group = vec!["c".into()];
            cli.add_from_environment(|id| typed.contains(&id), |_| Some("a,b".into()));
            cli
        };
        // Without the flag, clap has read the variable.
        let cli = all(&[]);
        assert_eq!(
            (
                cli.upstream.recovery.recovery_private_key.len(),
                cli.upstream.from_file.len(),
                cli.upstream.raw
            ),
            (1, 1, Some(true))
        );
        let cli = all(&["recovery_private_key", "from_file", "as_group", "fetch_cert"]);
        assert_eq!(cli.upstream.recovery.recovery_private_key, ["a", "b", "c"].map(PathBuf::from));
        assert_eq!(
            (cli.upstream.from_file.as_slice(), cli.connection.as_group.as_slice()),
            (&["a,b".into(), "c".into()][..], &["a,b".into(), "c".into()][..])
        );
        assert_eq!((cli.upstream.raw, all(&["raw", "fetch_cert"]).upstream.raw), (None, Some(true)));
    }

    #[test]
    fn empty_values_are_allowed() {
        let cli = read(&["--scope=", "--format=", "--cert=", "--name=", "--kubeconfig=", "--client-key", ""])
            .unwrap();
        assert_eq!((cli.upstream.scope, cli.upstream.format.as_deref()), (Some(Scope::Strict), Some("")));
    }

    #[test]
    fn every_flag_is_on_the_help_page() {
        for argument in Cli::definition().get_arguments().filter(|argument| !argument.is_hide_set()) {
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
        let command = Cli::definition();
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
        let shown = Cli::definition();
        for argument in shown.get_arguments().filter(|argument| !argument.is_hide_set()) {
            assert!(argument.get_help().is_some(), "{}", argument.get_id());
        }
    }

    #[test]
    fn no_example_is_broken_into_lines() {
        fn check(command: &clap::Command) {
            let text = command.get_after_long_help().or(command.get_after_help());
            for line in text.map(ToString::to_string).unwrap_or_default().lines() {
                // Indented lines are commands to copy.
                assert!(!line.starts_with(' ') || line.chars().count() <= 100, "{line}");
            }
            command.get_subcommands().for_each(check);
        }
        check(&Cli::definition());
    }

    #[test]
    fn the_help_page_fits_a_terminal() {
        for line in help_page(&Cli::definition()).lines() {
            assert!(line.chars().count() <= PAGE_WIDTH, "{line}");
        }
    }
}
