//! [`Cli`]: the command line, with a file for each group of flags. Names, defaults and environment variables are upstream's.
//!
//! `config` checks and combines the flags. `go_value` parses values in the syntax of Go's flag packages; `environment` gives a flag
//! that is not on the command line the value of its variable. A new flag is a field in one of the `_flags` files, and a field in
//! `config`, where the flags of unsealing are in `config.rs` itself and each other group has a file.

pub(crate) mod election_flags;
pub(crate) mod environment;
pub(crate) mod go_duration;
pub(crate) mod go_value;
pub(crate) mod http_flags;
pub(crate) mod key_flags;
pub(crate) mod key_wrap_flags;
pub(crate) mod log_flags;
pub(crate) mod unseal_flags;
pub(crate) mod watch_flags;

use crate::cli::election_flags::ElectionFlags;
use crate::cli::environment::Unreadable;
use crate::cli::http_flags::HttpFlags;
use crate::cli::key_flags::KeyFlags;
use crate::cli::key_wrap_flags::KeyWrapFlags;
use crate::cli::log_flags::LogFlags;
use crate::cli::unseal_flags::UnsealFlags;
use crate::cli::watch_flags::WatchFlags;
use clap::{CommandFactory as _, FromArgMatches as _, Parser};
use std::ffi::OsString;

/// Turns every SealedSecret of the cluster into the Secret it stands for.
///
/// Runs in a cluster under its ServiceAccount, or out of one with KUBECONFIG. Every flag can also be set in the
/// environment, as `SEALED_SECRETS_` and its name in upper case with underscores.
#[derive(Debug, Clone, Parser)]
#[command(name = "sealed-secrets-controller", disable_version_flag = true, args_override_self = true)]
#[command(mut_args = go_value::optional_boolean)]
pub struct Cli {
    /// Which SealedSecrets are unsealed.
    #[command(flatten)]
    pub(crate) watch: WatchFlags,

    /// How SealedSecrets are unsealed.
    #[command(flatten)]
    pub(crate) unseal: UnsealFlags,

    /// The sealing keys.
    #[command(flatten)]
    pub(crate) keys: KeyFlags,

    /// Wrapped keys.
    #[command(flatten)]
    pub(crate) key_wrap: KeyWrapFlags,

    /// What is served.
    #[command(flatten)]
    pub(crate) http: HttpFlags,

    /// Which of several replicas leads.
    #[command(flatten)]
    pub(crate) election: ElectionFlags,

    /// What is logged.
    #[command(flatten)]
    pub(crate) log: LogFlags,

    /// Print the version and exit.
    #[arg(long, default_value = "false", value_parser = go_value::boolean, hide_default_value = true)]
    pub(crate) version: bool,

    /// Arguments that belong to no flag.
    #[arg(hide = true)]
    pub(crate) ignored: Vec<String>,

    /// Variables whose values their flags do not accept.
    #[arg(skip)]
    pub(crate) unreadable: Vec<Unreadable>,
}

impl Cli {
    /// Parses the arguments, of which the first is the program's name, and then the environment.
    pub(crate) fn read<T: Into<OsString> + Clone>(
        arguments: impl IntoIterator<Item = T>,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, clap::Error> {
        let command = environment::any_next_argument(Self::command());
        let (mut command, unreadable) = environment::behind(command, variable);
        let matches = command.try_get_matches_from_mut(arguments)?;
        let cli = Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
        Ok(Self { unreadable, ..cli })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::environment::CountsAs;

    /// Every flag of upstream's v0.40 controller.
    const UPSTREAMS: [&str; 32] = [
        "accept-deprecated-v1-data",
        "additional-namespaces",
        "all-namespaces",
        "key-cutoff-time",
        "key-order-priority",
        "key-prefix",
        "key-renew-period",
        "key-size",
        "key-ttl",
        "kubeclient-burst",
        "kubeclient-qps",
        "label-selector",
        "listen-addr",
        "listen-metrics-addr",
        "log-format",
        "log-info-stdout",
        "log-level",
        "max-unseal-retries",
        "metrics-omit-secret-labels",
        "my-cn",
        "old-gc-behavior",
        "privatekey-annotations",
        "privatekey-labels",
        "rate-limit",
        "rate-limit-burst",
        "read-timeout",
        "rotate-period",
        "skip-recreate",
        "update-status",
        "version",
        "watch-for-secrets",
        "write-timeout",
    ];

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    fn read(arguments: &[&str], variables: &[(&str, &str)]) -> Cli {
        let variable = |name: &str| {
            let said = variables.iter().find(|(variable, _)| *variable == name)?;
            Some(OsString::from(said.1))
        };
        Cli::read(["controller"].iter().chain(arguments), variable).unwrap()
    }

    #[test]
    fn upstreams_flags_are_all_here() {
        let command = Cli::command();
        for flag in UPSTREAMS {
            let has = |argument: &clap::Arg| {
                argument.get_long() == Some(flag)
                    || argument.get_all_aliases().is_some_and(|it| it.contains(&flag))
            };
            assert!(command.get_arguments().any(has), "no --{flag}");
        }
    }

    #[test]
    fn booleans_are_written_as_in_go() {
        for (arguments, expected) in
            [(&["--log-info-stdout"][..], true), (&["--log-info-stdout=false"], false), (&[], true)]
        {
            assert_eq!(read(arguments, &[]).log.log_info_stdout, expected, "{arguments:?}");
        }
        let cli = read(&["--update-status=F", "--skip-recreate=1"], &[]);
        assert!(!cli.unseal.update_status && cli.unseal.skip_recreate);
    }

    #[test]
    fn the_last_of_a_flag_given_twice_counts() {
        assert_eq!(read(&["--key-size=2048", "--key-size=3072"], &[]).keys.key_size, 3072);
        let hours = |arguments: &[&str]| read(arguments, &[]).keys.key_renew_period.as_hours();
        assert_eq!(hours(&["--rotate-period=1h", "--key-renew-period=2h"]), 2);
        assert_eq!(hours(&["--key-renew-period=2h", "--rotate-period=1h"]), 1);
    }

    #[test]
    fn a_value_may_be_the_next_argument_and_begin_with_anything() {
        let cli =
            read(&["--kubeclient-qps", "-1", "--max-unseal-retries", "-1", "--my-cn", "--key-size=1"], &[]);
        assert_eq!(cli.watch.kubeclient_qps, Some(-1.0));
        assert_eq!((cli.unseal.max_unseal_retries, cli.keys.key_size), (-1, 4096));
        assert_eq!(cli.keys.my_cn, "--key-size=1");
    }

    #[test]
    fn what_belongs_to_no_flag_is_ignored() {
        let cli = read(&["serve", "--update-status", "false", "--", "--nonsense"], &[]);
        assert!(cli.unseal.update_status);
        assert_eq!(cli.ignored, ["serve", "false", "--nonsense"]);
    }

    #[test]
    fn unknown_flags_are_refused() {
        assert!(Cli::read(["controller", "--nonsense"], |_| None).is_err());
    }

    #[test]
    fn the_environment_counts_where_the_command_line_is_silent() {
        let variables = [
            ("SEALED_SECRETS_KEY_SIZE", "2048"),
            ("SEALED_SECRETS_VERSION", "true"),
            ("SEALED_SECRETS_MY_CN", ""),
        ];
        let cli = read(&[], &variables);
        assert!(cli.keys.key_size == 2048 && cli.version && cli.unreadable.is_empty(), "{cli:?}");
        assert_eq!(read(&["--key-size=3072"], &variables).keys.key_size, 3072);
        assert_eq!(read(&[], &[("SEALED_SECRETS_LEADER_ELECT", "F")]).election.leader_elect, Some(false));
    }

    #[test]
    fn an_old_names_variable_counts_before_the_new_ones_and_after_the_command_line() {
        let variables = [("SEALED_SECRETS_ROTATE_PERIOD", "0"), ("SEALED_SECRETS_KEY_RENEW_PERIOD", "2h")];
        let hours =
            |arguments: &[&str], variables| read(arguments, variables).keys.key_renew_period.as_hours();
        assert_eq!(hours(&[], &variables), 0);
        assert_eq!(hours(&["--key-renew-period=24h"], &variables), 24);
        assert_eq!(hours(&[], &variables[1..]), 2);
        assert_eq!(hours(&[], &[("SEALED_SECRETS_ROTATE_PERIOD", "soon"), variables[1]]), 2);
    }

    #[test]
    fn an_unreadable_variable_is_false_or_as_if_it_were_not_set() {
        let [no, soon, size, elect] = [
            ("SEALED_SECRETS_UPDATE_STATUS", ""),
            ("SEALED_SECRETS_KEY_RENEW_PERIOD", "soon"),
            ("SEALED_SECRETS_KEY_SIZE", ""),
            ("SEALED_SECRETS_LEADER_ELECT", "no"),
        ];
        let cli = read(&[], &[no, soon, size, elect]);
        assert!(!cli.unseal.update_status);
        assert_eq!(cli.keys.key_renew_period.as_hours(), 720);
        assert_eq!((cli.keys.key_size, cli.election.leader_elect), (4096, None));
        let mut unreadable: Vec<_> =
            cli.unreadable.iter().map(|it| (it.variable.as_str(), it.counts_as)).collect();
        unreadable.sort_by_key(|(variable, _)| *variable);
        let [soon, size, elect] = [soon, size, elect].map(|(variable, _)| (variable, CountsAs::Unset));
        assert_eq!(unreadable, [soon, size, elect, (no.0, CountsAs::False)]);
        assert!(read(&["--update-status"], &[no]).unseal.update_status);
    }
}
