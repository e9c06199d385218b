//! [`Cli`]: the flags as typed. Names, defaults and environment are upstream's; a file for each group.
//!
//! What they mean together is worked out in `config`.

mod election_flags;
mod go_value;
mod http_flags;
mod key_flags;
mod log_flags;
mod unseal_flags;
mod watch_flags;

pub use election_flags::ElectionFlags;
pub use http_flags::HttpFlags;
pub use key_flags::KeyFlags;
pub use log_flags::LogFlags;
pub use unseal_flags::UnsealFlags;
pub use watch_flags::WatchFlags;

use clap::Parser;

/// Turns every SealedSecret of the cluster into the Secret it stands for.
///
/// Runs in a cluster under its ServiceAccount, or out of one with KUBECONFIG. Every flag can also be set in the
/// environment, as `SEALED_SECRETS_` and its name in upper case with underscores.
#[derive(Debug, Clone, Parser)]
#[command(name = "sealed-secrets-controller", disable_version_flag = true, args_override_self = true)]
pub struct Cli {
    /// Which SealedSecrets.
    #[command(flatten)]
    pub watch: WatchFlags,

    /// What is done with them.
    #[command(flatten)]
    pub unseal: UnsealFlags,

    /// The sealing keys.
    #[command(flatten)]
    pub keys: KeyFlags,

    /// What is served.
    #[command(flatten)]
    pub http: HttpFlags,

    /// Which of several replicas leads.
    #[command(flatten)]
    pub election: ElectionFlags,

    /// What is logged.
    #[command(flatten)]
    pub log: LogFlags,

    /// Print the version and exit.
    #[arg(long)]
    pub version: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    /// Every flag of upstream's v0.38 controller.
    const UPSTREAMS: [&str; 31] = [
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

    #[test]
    fn upstreams_flags_are_all_here_with_their_environment() {
        let command = Cli::command();
        for flag in UPSTREAMS {
            let argument = command.get_arguments().find(|argument| argument.get_long() == Some(flag));
            let argument = argument.unwrap_or_else(|| panic!("no --{flag}"));
            let variable = format!("SEALED_SECRETS_{}", flag.to_uppercase().replace('-', "_"));
            let has = argument.get_env().map(|name| name.to_string_lossy().into_owned());
            assert!(flag == "version" || has.as_ref() == Some(&variable), "--{flag}: {has:?}");
        }
    }

    #[test]
    fn booleans_are_written_as_in_go() {
        for (arguments, expected) in
            [(&["--log-info-stdout"][..], true), (&["--log-info-stdout=false"], false), (&[], true)]
        {
            let arguments = ["controller"].iter().chain(arguments);
            let cli = Cli::try_parse_from(arguments.clone()).unwrap();
            assert_eq!(cli.log.log_info_stdout, expected, "{:?}", arguments.collect::<Vec<_>>());
        }
        let cli = Cli::try_parse_from(["controller", "--update-status=F", "--skip-recreate=1"]).unwrap();
        assert!(!cli.unseal.update_status && cli.unseal.skip_recreate);
    }

    #[test]
    fn the_last_of_a_flag_given_twice_counts() {
        let cli = Cli::try_parse_from(["controller", "--key-size=2048", "--key-size=3072"]).unwrap();
        assert_eq!(cli.keys.key_size, "3072");
    }

    #[test]
    fn unknown_flags_are_refused() {
        assert!(Cli::try_parse_from(["controller", "--nonsense"]).is_err());
    }
}
