//! The annotations that Sealed Secrets reads and writes, by name. One that is read from a SealedSecret's own metadata also belongs to
//! `OF_SEALED_SECRETS`: what is not listed there is not decoded.

use sha2::{Digest as _, Sha256};

/// On a SealedSecret: `"true"` binds its values to nothing. Wins over [`NAMESPACE_WIDE`].
pub const CLUSTER_WIDE: &str = "sealedsecrets.bitnami.com/cluster-wide";

/// On a SealedSecret: `"true"` binds its values to the namespace only.
pub const NAMESPACE_WIDE: &str = "sealedsecrets.bitnami.com/namespace-wide";

/// In `spec.template`: `"true"` leaves the Secret without an owner, so that it outlives its SealedSecret.
pub const SKIP_SET_OWNER_REFERENCES: &str = "sealedsecrets.bitnami.com/skip-set-owner-references";

/// On a Secret that is there already: `"true"` lets a SealedSecret of its name take it over, values and all.
pub const MANAGED: &str = "sealedsecrets.bitnami.com/managed";

/// On a Secret that is there already: `"true"` lets a SealedSecret of its name add to it, keeping the rest.
pub const PATCH: &str = "sealedsecrets.bitnami.com/patch";

/// On a SealedSecret: `"false"` leaves changes to its Secret uncorrected, until the SealedSecret itself changes.
pub const CORRECT_DRIFT: &str = "sealedsecrets.bitnami.com/correct-drift";

/// On a Secret, written by the controller alone: a digest of the `spec` that it was unsealed from, which is public.
/// Templates that ask for randomness were rendered from that spec, and are not rendered again while it stays.
pub const UNSEALED_FROM: &str = "sealedsecrets.bitnami.com/unsealed-from";

/// On a SealedSecret: the fingerprint of the certificate that its values were sealed with. The key is tried first, which saves time; it
/// is never trusted.
pub const CERTIFICATE_FINGERPRINT: &str = "sealedsecrets.bitnami.com/certificate-fingerprint";

/// On a SealedSecret whose items are sealed with several certificates, in place of [`CERTIFICATE_FINGERPRINT`]: which items are sealed with
/// which. A hint as well.
pub const ITEM_CERTIFICATES: &str = "sealedsecrets.bitnami.com/item-certificates";

/// The longest text of [`ITEM_CERTIFICATES`] that is read and written, in bytes: a watch keeps it of every object.
pub const LONGEST_ITEM_CERTIFICATES: usize = 4 << 10;

/// On a SealedSecret: the clusters and age identities that open it beside the one that its values are sealed to, and the keys for them. The
/// crate `recipients` specifies it.
pub const RECIPIENTS: &str = "sealedsecrets.bitnami.com/recipients";

/// The annotations that are read from a SealedSecret's own metadata. The others are not decoded.
pub(crate) const OF_SEALED_SECRETS: [&str; 6] =
    [CLUSTER_WIDE, NAMESPACE_WIDE, CORRECT_DRIFT, CERTIFICATE_FINGERPRINT, ITEM_CERTIFICATES, RECIPIENTS];

/// Where `kubectl apply` and kubecfg keep a copy of the object, values included. Never passed on.
pub const LAST_APPLIED: [&str; 2] =
    ["kubectl.kubernetes.io/last-applied-configuration", "kubecfg.ksonnet.io/last-applied-configuration"];

/// Where other tools keep a copy of the object, as JSON or compressed, values included.
const COPIES: [&str; 10] = [
    // kapp; those of the difference quote lines of the copy.
    "kapp.k14s.io/original",
    "kapp.k14s.io/original-diff",
    "kapp.k14s.io/original-diff-full",
    "kapp.k14s.io/original-diff-md5",
    // Rancher's Fleet and Wrangler: gzip in base64.
    "objectset.rio.cattle.io/applied",
    // Operators on objectmatcher: zip in base64.
    "banzaicloud.com/last-applied",
    // KubeVela.
    "app.oam.dev/last-applied-configuration",
    "kudo.dev/last-applied-configuration",
    // qbec, and ksonnet before it: gzip in base64.
    "qbec.io/last-applied",
    "ksonnet.io/managed",
];

/// SHA-256 of the text of [`RECIPIENTS`], in hex, as the status records it.
#[must_use]
pub fn recipients_digest(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// Whether an annotation of this name holds a copy of its object. Such annotations are never passed on.
#[must_use]
pub fn repeats_object(name: &str) -> bool {
    LAST_APPLIED.contains(&name) || COPIES.contains(&name)
}
