//! [`Typed`]: what stands on the command line so far, and in the environment.

use crate::cli::Cli;
use crate::cli::early_flags;
use crate::cluster::Cluster;
use crate::settings::connection_flags::ConnectionFlags;
use clap::{ArgMatches, FromArgMatches as _};
use std::any::Any;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// How long a server is waited for: the user has pressed a key.
const TIMEOUT: &str = "1s";

/// The flags and words before the one that is completed.
#[derive(Debug, Default)]
pub(crate) struct Typed {
    matches: ArgMatches,
    words: Vec<OsString>,
}

impl Typed {
    pub(crate) fn read(words: &[OsString]) -> Self {
        let mut command = Cli::definition().ignore_errors(true);
        let in_order = early_flags::moved(&mut command, words).unwrap_or_else(|_| words.to_vec());
        let mut matches = command.try_get_matches_from(in_order).unwrap_or_default();
        while let Some((_, below)) = matches.remove_subcommand() {
            matches = below;
        }
        Self { matches, words: words.to_vec() }
    }

    /// The value of a flag with one value.
    fn value<T: Any + Clone + Send + Sync>(&self, id: &str) -> Option<T> {
        self.matches.try_get_one::<T>(id).ok().flatten().cloned()
    }

    /// The value of a flag whose value is a text.
    pub(crate) fn text(&self, id: &str) -> Option<String> {
        self.value::<String>(id).filter(|value| !value.is_empty())
    }

    /// The kubeconfig that a flag or a variable names.
    pub(crate) fn kubeconfig(&self) -> Option<PathBuf> {
        self.value::<PathBuf>("kubeconfig").filter(|path| !path.as_os_str().is_empty())
    }

    /// The cluster that the flags name, for requests that may take no longer than the user waits.
    pub(crate) fn cluster(&self) -> Option<Cluster> {
        // A command that connects has all of the flags, or those of the kubeconfig alone.
        let has_all = self.matches.try_contains_id("as_user").is_ok();
        let flags = if has_all {
            ConnectionFlags::from_arg_matches(&self.matches).ok()?
        } else {
            ConnectionFlags {
                kubeconfig: self.kubeconfig(),
                context: self.text("context"),
                ..ConnectionFlags::default()
            }
        };
        Cluster::from_args(ConnectionFlags { request_timeout: Some(TIMEOUT.into()), ..flags }).ok()
    }

    /// The words that may be names of files, as in `db.yaml` and `--merge-into=db.yaml`.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.words.iter().map(|word| of_flag(word).unwrap_or(Path::new(word)))
    }
}

fn of_flag(word: &OsString) -> Option<&Path> {
    let (_, value) = word.to_str().filter(|word| word.starts_with("--"))?.split_once('=')?;
    Some(Path::new(value))
}
