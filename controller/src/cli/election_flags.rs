//! [`ElectionFlags`]: which of several replicas leads, as typed.

use crate::cli::go_value;
use clap::Args;
use jiff::SignedDuration;

/// Leader election.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Several replicas")]
pub struct ElectionFlags {
    /// Let one replica unseal and renew, and the others stand by, by a Lease. Unless given: where the Lease may be read,
    /// and otherwise without an election, as upstream's controller.
    #[arg(long, default_missing_value = "true", num_args = 0..=1,
          require_equals = true, value_parser = go_value::boolean, value_name = "BOOL")]
    pub leader_elect: Option<bool>,

    /// How long a leader may be silent before another replica takes over, as in `15s`.
    #[arg(
        long,
        default_value = "15s",
        value_parser = go_value::duration, value_name = "DURATION")]
    pub leader_elect_lease_duration: SignedDuration,

    /// How long a leader goes on writing after its last renewal; what is left of the lease is for requests under way.
    #[arg(
        long,
        default_value = "10s",
        value_parser = go_value::duration, value_name = "DURATION")]
    pub leader_elect_renew_deadline: SignedDuration,

    /// How often a leader renews; a standby looks twice as often.
    #[arg(
        long,
        default_value = "2s",
        value_parser = go_value::duration, value_name = "DURATION")]
    pub leader_elect_retry_period: SignedDuration,

    /// Name of the Lease, in the controller's namespace. Unless given: `sealed-secrets-controller`, and a suffix of its own
    /// for each --key-prefix, --label-selector and list of namespaces.
    #[arg(long, default_value = "", value_name = "NAME")]
    pub leader_elect_resource_name: String,
}
