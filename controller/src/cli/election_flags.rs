//! [`ElectionFlags`]: the flags of leader election.

use crate::cli::go_value;
use clap::Args;
use jiff::SignedDuration;

/// Leader election.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Several replicas")]
#[expect(clippy::struct_field_names, reason = "clap names the flags after the fields")]
pub(crate) struct ElectionFlags {
    /// Elect one replica by a Lease: it unseals and renews, the others stand by. Without this flag, the controller elects a leader
    /// if RBAC permits the Lease, and runs without an election otherwise, as upstream's controller.
    #[arg(long, value_parser = go_value::boolean)]
    pub leader_elect: Option<bool>,

    /// Time after which another replica takes over from a leader that does not renew the Lease, as in `15s`.
    #[arg(long, default_value = "15s", value_parser = go_value::duration, value_name = "DURATION")]
    pub leader_elect_lease_duration: SignedDuration,

    /// Time after its last renewal of the Lease for which a leader goes on writing. The rest of the lease duration is for requests
    /// under way.
    #[arg(long, default_value = "10s", value_parser = go_value::duration, value_name = "DURATION")]
    pub leader_elect_renew_deadline: SignedDuration,

    /// Time between two renewals of the Lease by the leader. A standby reads it twice as often.
    #[arg(long, default_value = "2s", value_parser = go_value::duration, value_name = "DURATION")]
    pub leader_elect_retry_period: SignedDuration,

    /// Name of the Lease, in the controller's namespace. Default: `sealed-secrets-controller`, with a suffix
    /// that depends on --key-prefix, --label-selector and the namespaces where these are not the defaults.
    #[arg(long, default_value = "", value_name = "NAME")]
    pub leader_elect_resource_name: String,
}
