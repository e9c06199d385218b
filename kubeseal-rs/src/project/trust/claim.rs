//! [`Claim`]: something that a project file says, and that a pull request could have put there.

use crate::project::cluster::{Cluster, Connection};
use crate::project::cluster_name::ClusterName;
use crate::project::key_id::KeyId;
use jiff::Timestamp;

/// A statement of the project file.
#[derive(Debug, Clone)]
pub(crate) enum Claim {
    /// Values for this cluster are sealed with this key.
    Key {
        cluster: ClusterName,
        key: KeyId,
        /// When the certificate expires.
        not_after: Option<Timestamp>,
    },
    /// The controller of this cluster is reached so, and its certificate fetched.
    Connection { cluster: ClusterName, connection: Connection },
    /// Files are sealed by these rules, which are normalised.
    Rules(Vec<String>),
}

impl Claim {
    /// How this cluster is reached, which has to be accepted before a request is sent.
    pub(crate) fn connection(cluster: &Cluster) -> Self {
        Self::Connection { cluster: cluster.name.clone(), connection: cluster.connection.clone() }
    }
}

/// The clusters of the claims, each once; none if one of them is about the rules, which are for all clusters.
pub(crate) fn clusters(claims: &[Claim]) -> Vec<ClusterName> {
    let mut clusters = Vec::new();
    for claim in claims {
        match claim {
            Claim::Key { cluster, .. } | Claim::Connection { cluster, .. } => {
                if !clusters.contains(cluster) {
                    clusters.push(cluster.clone());
                }
            }
            Claim::Rules(_) => return Vec::new(),
        }
    }
    clusters
}
