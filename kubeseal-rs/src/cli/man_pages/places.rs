//! What commands read beside their flags, variables and files, each with the way to know whether a command uses it.
//!
//! Decided: by the flags that the command has, and by what its help mentions, instead of a list for each command, which a new command would
//! not be in.

use clap::Command;

/// A variable or a file.
pub(crate) struct Place {
    pub name: &'static str,
    pub meaning: &'static str,
    /// A command with this flag uses it, and one whose help mentions the name. Empty if every command does.
    flag: &'static str,
}

const fn place(flag: &'static str, name: &'static str, meaning: &'static str) -> Place {
    Place { name, meaning, flag }
}

/// Variables, beside those of the flags.
pub(crate) const VARIABLES: [Place; 11] = [
    place(
        "kubeconfig",
        "KUBECONFIG",
        "Kubeconfig files, with a colon between them, where no flag names one.",
    ),
    place(
        "kubeconfig",
        "HTTPS_PROXY",
        "Proxy for requests to the API server, where neither a flag nor the kubeconfig names one.",
    ),
    place("kubeconfig", "NO_PROXY", "Hosts, with a comma between them, that are reached without a proxy."),
    place("cert", "SSL_CERT_FILE", "PEM file with the authorities that may have signed the server of a URL."),
    place("-", "VISUAL", "The editor."),
    place("-", "EDITOR", "The editor, where VISUAL is not set (default: vi)."),
    place("-", "XDG_RUNTIME_DIR", "Where the text is while it is edited."),
    place("controller-name", "XDG_CACHE_HOME", "Where certificates are cached (default: ~/.cache)."),
    place("trusted", "XDG_CONFIG_HOME", "Where it is stored what you trust (default: ~/.config)."),
    place("", "NO_COLOR", "If set and not empty, output has no colours."),
    place("", "TERM", "If it is dumb, output has no colours and no progress bar."),
];

/// Files, beside those that the command line names.
pub(crate) const FILES: [Place; 4] = [
    place("kubeconfig", "~/.kube/config", "The kubeconfig, where neither a flag nor KUBECONFIG names one."),
    place(
        "trusted",
        ".sealed-secrets.yaml",
        "The project file, at the root of the repository: its clusters, and which files are sealed for which. Upstream's flags do not read it.",
    ),
    place(
        "trusted",
        "~/.config/kubeseal-rs/trust",
        "The keys, connections and rules of project files that you accepted.",
    ),
    place(
        "controller-name",
        "~/.cache/kubeseal-rs",
        "Certificates that controllers served, for --offline and to notice a change. It may be deleted.",
    ),
];

impl Place {
    /// Whether the command, or one below it, uses it.
    pub(crate) fn is_used_by(&self, command: &Command) -> bool {
        let has_flag = || command.get_arguments().any(|flag| flag.get_long() == Some(self.flag));
        let help = || command.get_long_about().map(ToString::to_string).unwrap_or_default();
        let is_mentioned = || help().contains(self.name);
        self.flag.is_empty()
            || has_flag()
            || is_mentioned()
            || command.get_subcommands().any(|next| self.is_used_by(next))
    }
}
