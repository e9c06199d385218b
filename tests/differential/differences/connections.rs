//! Differences in how the cluster is reached, and as which user.

use super::Difference;
use crate::judge::How::{OursRefuses, UpstreamRefuses};

pub(super) const CONNECTIONS: &[Difference] = &[
    Difference {
        cases: &["*--cluster both-authorities *", "*--user data-before-files"],
        how: UpstreamRefuses,
        because: "where a kubeconfig states a certificate twice, upstream's says which of the two counts, and stops all the same",
    },
    Difference {
        cases: &[
            "*--cluster unverified-with-authority *",
            "flags --user token --insecure-skip-tls-verify --certificate-authority cert.pem",
        ],
        how: UpstreamRefuses,
        because: "nothing is verified, as requested, and an authority beside that changes nothing",
    },
    Difference {
        cases: &["*--user plugin-v1alpha1", "*--user plugin-of-other-version"],
        how: UpstreamRefuses,
        because: "a token is in the same place in all versions of what a plugin prints",
    },
    Difference {
        cases: &["*--user plugin-of-no-mode"],
        how: UpstreamRefuses,
        because: "a plugin whose mode is not stated gets a terminal where there is one, as by the version before",
    },
    Difference {
        cases: &["flags --user token-file --token wrong"],
        how: OursRefuses,
        because: "a flag wins over the kubeconfig; upstream's prefers the kubeconfig's file to the token that was given",
    },
    Difference {
        cases: &["KUBECONFIG=admin --kubeconfig odd --context whole"],
        how: OursRefuses,
        because: "an unknown mode is a mistake in the file; upstream's reports it only when that user is chosen",
    },
];
