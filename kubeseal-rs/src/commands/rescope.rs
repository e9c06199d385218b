//! `rescope`: seals the values of a SealedSecret for another scope, with a private key.

use crate::commands::common::rebind::flags::RebindFlags;
use crate::commands::common::rebind::{Change, rebind};
use crate::error::CommandError;
use crate::settings::flag_value;
use crate::terminal::program::name;
use api::Scope;
use clap::Args;

/// The first part of `help rescope`.
pub(crate) const LONG_ABOUT: &str = "Change the scope of a SealedSecret: what its values are bound to.\n\n\
    A value is sealed with its scope, so that it has to be opened and sealed again: with private keys of a cluster \
    (--recovery-private-key), or with the age identity of a recipient (--identity). The controller does not do it: it would open the values \
    of any name for a user who may use another.\n\n\
    The annotations that state the scope change as well, also those in spec.template. Comments, order and other documents stay as they are. \
    What is in the history of the repository opens as before.";

/// Change the scope of a SealedSecret, with a private key.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
    {0} rescope db.yaml --scope strict --recovery-private-key keys.age --identity age.txt\n  \
    {0} rescope pull.yaml --scope cluster-wide --recovery-private-key keys.age", name()))]
pub(crate) struct RescopeArgs {
    /// What the values are bound to: strict (name and namespace), namespace-wide or cluster-wide.
    #[arg(long, required = true, value_parser = flag_value::offered_scope(), hide_possible_values = true, value_name = "SCOPE")]
    pub scope: Option<Scope>,

    #[command(flatten)]
    pub flags: RebindFlags,
}

pub(crate) fn run(args: RescopeArgs) -> Result<(), CommandError> {
    rebind(args.flags, &Change { scope: args.scope, ..Change::default() })
}
