//! `move`: seals the values of a SealedSecret for another name or namespace, with a private key.

use crate::commands::common::rebind::error::RebindError;
use crate::commands::common::rebind::flags::RebindFlags;
use crate::commands::common::rebind::{Change, rebind};
use crate::error::CommandError;
use crate::manifest::names::is_object_name;
use crate::settings::flag_value::{self, text};
use crate::settings::usage_error::UsageError;
use crate::terminal::program::name;
use clap::Args;

/// The first part of `help move`.
pub(crate) const LONG_ABOUT: &str = "Move a SealedSecret to another name or namespace.\n\n\
    The values of a SealedSecret are bound to its name and namespace, or to its namespace alone, so that they have to be opened and sealed \
    again: with private keys of a cluster (--recovery-private-key), or with the age identity of a recipient (--identity). The controller \
    does not do it: it would open the values of any name for a user who may use another. What is bound to neither needs no key.\n\n\
    The values are sealed for the clusters of the project file's rule for the file; without a rule, to the certificate of --cert or of the \
    controller. Name and namespace change in spec.template too. Comments, order and other documents stay as they are.\n\n\
    In the cluster, the old SealedSecret and its Secret stay until the old SealedSecret is deleted.";

/// Move a SealedSecret to another name or namespace, with a private key.
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_long_help = format!("Examples:\n  \
    {0} move db.yaml --to-namespace prod --recovery-private-key keys.age --identity age.txt\n  \
    {0} move db.yaml --to-name db-2 --recovery-private-key keys.age -w db-2.yaml\n\n  \
    # One of several in a file\n  \
    {0} move all.yaml --name db --to-namespace prod --identity dr.txt", name()))]
pub(crate) struct MoveArgs {
    /// Namespace to move it to.
    #[arg(long, value_name = "NAMESPACE", value_parser = flag_value::namespace)]
    pub to_namespace: Option<String>,

    /// Name to give it.
    #[arg(long, value_name = "NAME")]
    pub to_name: Option<String>,

    #[command(flatten)]
    pub flags: RebindFlags,
}

pub(crate) fn run(args: MoveArgs) -> Result<(), CommandError> {
    let (namespace, name) = (text(args.to_namespace), text(args.to_name));
    if namespace.is_none() && name.is_none() {
        return Err(UsageError::NeedsOneOf("move", "--to-namespace NAMESPACE", "--to-name NAME").into());
    }
    if let Some(name) = name.as_ref().filter(|name| !is_object_name(name)) {
        return Err(RebindError::Name(name.clone()).into());
    }
    rebind(args.flags, &Change { namespace, name, scope: None })
}
