//! How the flags of our controller differ from upstream's: `tests/flags` compares them with upstream's program, and
//! `cargo xtask generate` writes them into `controller/docs/flags.md`.

/// Values of a flag that upstream's controller accepts and ours refuses at the start, and why. Most of them stop
/// upstream's program too, but later.
#[derive(Debug)]
pub struct Difference {
    /// Without `--`.
    pub flag: &'static str,
    /// Some of these values, which `tests/flags` tries.
    pub values: &'static [&'static str],
    /// The text in parentheses in `flags.md`.
    pub reason: &'static str,
}

/// Flags that upstream's controller does not have.
pub const ONLY_OURS: &[&str] = &[
    "key-publish-delay",
    "leader-elect",
    "leader-elect-lease-duration",
    "leader-elect-renew-deadline",
    "leader-elect-resource-name",
    "leader-elect-retry-period",
    "serve-rotate",
    "serve-verify",
    "shutdown-delay-duration",
    "templates",
    "templates-except",
    "cluster-name",
    "key-unwrap-all",
    "key-unwrap-with",
    "key-wrap-required",
    "key-wrap-with",
];

const fn differ(flag: &'static str, values: &'static [&'static str], reason: &'static str) -> Difference {
    Difference { flag, values, reason }
}

/// All flags whose values are accepted differently.
pub const DIFFERENCES: &[Difference] = &[
    differ(
        "key-size",
        &["-1", "0", "9223372036854775807"],
        "no key of that size can be made; upstream's fails when it makes one",
    ),
    differ(
        "key-ttl",
        &["0", "0s", "-1s"],
        "upstream's makes a certificate that has expired, with which no user can seal",
    ),
    differ(
        "key-prefix",
        &["", "a=b,c=d", "a b", "-x", "A_"],
        "no Secret can be named so; upstream's stops, or fails when it makes a key",
    ),
    differ(
        "key-cutoff-time",
        &["x", "a=b,c=d", "a b", "-x", "2006-01-02T15:04:05Z"],
        "no date; upstream's stops once it has read its keys",
    ),
    differ(
        "privatekey-labels",
        &["x", "a b", "-x", "=b", "a=b,c"],
        "no list of pairs; upstream's panics, or is refused by the API server, when it makes a key",
    ),
    differ(
        "privatekey-annotations",
        &["x", "a b", "-x", "a=b,c"],
        "no list of pairs; upstream's panics when it makes a key",
    ),
    differ(
        "listen-addr",
        &["", "x", "a=b,c=d", "a b", "-x", ":http", ":65536"],
        "upstream's runs on without serving anything",
    ),
    differ(
        "listen-metrics-addr",
        &["", "x", "a=b,c=d", "a b", "-x", ":65536"],
        "upstream's runs on without serving metrics",
    ),
    differ("rate-limit", &["-1", "0"], "upstream's panics, or stops, once it has read its keys"),
    differ("rate-limit-burst", &["-1"], "upstream's stops once it has read its keys"),
    differ("kubeclient-qps", &["0x1p3"], "a number in a form that is not used for rates"),
];
