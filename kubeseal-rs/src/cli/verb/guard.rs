//! [`GuardFlags`]: what `guard` takes.

use crate::cli::flag_value;
use crate::process::program::name;
use clap::Args;
use std::path::PathBuf;

/// What `help guard` begins with. A const, because the one-line description stands on the variant in `Verb`.
pub(crate) const LONG_ABOUT: &str = "Find what is about to be committed in plaintext, for a pre-commit hook.\n\n\
    Looks for Secrets with data or stringData, alone, in Lists and inside other objects; for annotations that \
    repeat a Secret (last-applied-configuration and others); for literals and files of kustomize's \
    secretGenerator; for passwords, tokens and the like in spec.template.data of SealedSecrets; and for \
    private keys (PEM, age), in any file. Manifests are files with .yaml, .yml, .json or .tpl in their names, and \
    editors' leftovers of them (a.yaml~, a.yaml.orig); and whatever is named itself, if it parses as one.\n\n\
    Prints a line for each key, FILE:LINE: what it is and what to do, never the value, and exits 1; is \
    quiet and exits 0 where there is none. Fails, too, where something cannot be read. Values of SOPS, \
    references (<path:…>, ref+…://), and values that are nothing but templates ({{ … }}) or placeholders (${…}), are \
    let pass. So are the values on a line that has, or stands right below, the comment\n\n  \
    # kubeseal-rs: allow";

/// `guard [PATH…] [--staged]`.
#[derive(Debug, Default, Args)]
#[command(after_long_help = format!("Examples:\n  \
        # What is about to be committed, as .git/hooks/pre-commit\n  \
        exec {0} guard --staged\n\n  \
        # Everything below a directory that git tracks or .gitignore does not name; in a pipeline\n  \
        {0} guard deploy\n\n\
        With the pre-commit framework, in .pre-commit-config.yaml:\n  \
        repos:\n  \
        - repo: local\n    \
          hooks:\n    \
          - id: kubeseal-rs-guard\n      \
            name: no plaintext Secrets\n      \
            entry: {0} guard\n      \
            language: system\n      \
            types: [text]", name()))]
pub(crate) struct GuardFlags {
    /// Files, and directories to walk through; else the present directory.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Look at what is staged in Git, as it is staged, instead of at the work tree.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_parser = flag_value::boolean(), value_name = "BOOL")]
    pub staged: Option<bool>,
}
