//! How sealing keys are stored: the names in a key's Secret. What is in it belongs to `envelope`.

/// Label that makes a `kubernetes.io/tls` Secret a sealing key.
pub const LABEL: &str = "sealedsecrets.bitnami.com/sealed-secrets-key";

/// Value of [`LABEL`] on a key that counts. Any other value takes the key out.
pub const ACTIVE: &str = "active";

/// Value of [`LABEL`] on a key that leaked: it opens nothing any more, and what was sealed with it is marked.
pub const COMPROMISED: &str = "compromised";

/// Value of [`LABEL`] on a key that nothing needs any more: kept, but it does not count.
pub const RETIRED: &str = "retired";

/// Annotation on the newest key's Secret, with any value: renew now. A newer key answers it.
pub const RENEW: &str = "sealedsecrets.bitnami.com/renew";

/// Type of a key's Secret.
pub const SECRET_TYPE: &str = "kubernetes.io/tls";

/// Start of the types reserved for Secrets that hold a sealing key in another form, such as wrapped with a key of a KMS.
pub const RESERVED_TYPES: &str = "sealedsecrets.bitnami.com/";

/// Data key of the private half, PEM.
pub const PRIVATE_KEY: &str = "tls.key";

/// Data key of the certificate, PEM.
pub const CERTIFICATE: &str = "tls.crt";

/// Default of `--key-prefix`: the start of a key's generated name, and the whole name of a legacy key.
pub const DEFAULT_PREFIX: &str = "sealed-secrets-key";

/// The Secret beside the keys of this prefix that the controller makes the names of first keys from.
pub fn origin_name(prefix: &str) -> String {
    format!("{prefix}-origin")
}

/// Data key of that Secret: the text that names of first keys are made of.
pub const ORIGIN: &str = "origin";
