//! How sealing keys are stored: the labels, annotations and data keys of a key's Secret. What the data means is in `envelope`.

/// Label that makes a `kubernetes.io/tls` Secret a sealing key.
pub const LABEL: &str = "sealedsecrets.bitnami.com/sealed-secrets-key";

/// Value of [`LABEL`] on a key that opens and seals. A key with any other value does not.
pub const ACTIVE: &str = "active";

/// Value of [`LABEL`] on a key that leaked: it opens nothing any more, and the SealedSecrets that it opened get the condition
/// `Compromised`.
pub const COMPROMISED: &str = "compromised";

/// Value of [`LABEL`] on a key that no SealedSecret needs any more. The Secret stays, and opens nothing.
pub const RETIRED: &str = "retired";

/// The `kubectl` command that gives these Secrets this value of [`LABEL`].
#[must_use]
pub fn label_command(namespace: &str, secrets: &[String], value: &str) -> String {
    format!("kubectl label secret -n {namespace} {} {LABEL}={value} --overwrite", secrets.join(" "))
}

/// Annotation on the newest key's Secret, with any value: requests a new key.
pub const RENEW: &str = "sealedsecrets.bitnami.com/renew";

/// Annotation on a key's Secret: which recipients have a backup of it, and since when, as a JSON object. With any value, there is a backup.
pub const BACKED_UP: &str = "sealedsecrets.bitnami.com/backed-up";

/// Annotation on a Secret or ConfigMap that holds backups: the fingerprints of the keys in `keys.age`, with spaces between them; then for each
/// other item its name with a colon, and its fingerprints.
pub const BACKUP_OF: &str = "sealedsecrets.bitnami.com/backup-of";

/// Type of a key's Secret.
pub const SECRET_TYPE: &str = "kubernetes.io/tls";

/// Start of the types reserved for Secrets that hold a sealing key in another form, such as wrapped with a key of a KMS.
pub const RESERVED_TYPES: &str = "sealedsecrets.bitnami.com/";

/// Type of the Secret of a wrapped key, whose format is in the crate `key-wrapping`. The type says what a key is, not the label.
pub const WRAPPED_TYPE: &str = "sealedsecrets.bitnami.com/wrapped-key";

/// Value of [`LABEL`] on a wrapped key that opens and seals. Upstream's controller does not see it.
pub const WRAPPED: &str = "wrapped";

/// Value of [`LABEL`] on a copy of a plain key, wrapped for an age recipient. No controller opens it.
pub const ESCROW: &str = "escrow";

/// Data key of a wrapped private half, JSON.
pub const WRAPPED_KEY: &str = "wrapped.json";

/// Annotation on the Secret of a plain key, with any value: requests that the controller wraps it.
pub const WRAP: &str = "sealedsecrets.bitnami.com/wrap";

/// Annotation on the Secret of a wrapped key, with any value: requests that the controller wraps it anew, with the providers that are
/// configured now.
pub const REWRAP: &str = "sealedsecrets.bitnami.com/rewrap";

/// Annotation on the Secret of a wrapped key: the providers, with spaces between them, that decrypt what they encrypted in any context.
pub const UNBOUND: &str = "sealedsecrets.bitnami.com/unbound-providers";

/// Annotation on the Secret of an escrow copy: what shows that it was made with the private key, as the format of wrapped keys has it.
pub const ESCROW_PROOF: &str = "sealedsecrets.bitnami.com/escrow-proof";

/// Annotation on the Secret of a wrapped key: what the controller finds wrong with its slots, in words with spaces between them: `slots` (others than it was
/// wrapped with, or than configured) and `stale` (of an earlier key of their provider).
pub const KEY_WARNINGS: &str = "sealedsecrets.bitnami.com/key-warnings";

/// Annotation on the Secret of a wrapped key: what shows that it was made to replace another Secret with the same key, as the format of wrapped keys
/// has it.
pub const REPLACES: &str = "sealedsecrets.bitnami.com/replaces";

/// Annotations about the form in which a Secret holds its key. A Secret with the key in another form does not take them over.
pub const OF_FORM: [&str; 6] = [WRAP, REWRAP, UNBOUND, ESCROW_PROOF, KEY_WARNINGS, REPLACES];

/// Data key of the private half, PEM.
pub const PRIVATE_KEY: &str = "tls.key";

/// Data key of the certificate, PEM.
pub const CERTIFICATE: &str = "tls.crt";

/// Default of `--key-prefix`: the start of a key's generated name, and the whole name of a legacy key.
pub const DEFAULT_PREFIX: &str = "sealed-secrets-key";

/// Name of the Secret whose text ([`ORIGIN`]) the controller derives the name of a first key from.
pub fn origin_name(prefix: &str) -> String {
    format!("{prefix}-origin")
}

/// Data key of the Secret [`origin_name`].
pub const ORIGIN: &str = "origin";
