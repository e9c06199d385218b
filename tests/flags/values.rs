//! The values that each flag gets: by its type in upstream's `--help`, and for some flags by name.

use anyhow::{Context as _, Result};
use tests::programs::upstream_flags::Difference;

const BOOLEANS: &[&str] = &["", "true", "F", "0", "TRUE", "yes", "2"];
const INTEGERS: &[&str] = &[
    "5",
    "3000",
    "-1",
    "0",
    "+2",
    "0x1000",
    "1_000",
    "",
    "x",
    "1.5",
    "10s",
    "9223372036854775807",
    "99999999999999999999",
];
const NUMBERS: &[&str] = &["5", "0.5", "-1", "0", "1e2", "inf", "NaN", "1e300", "0x1p3", "", "x", "5s"];
const DURATIONS: &[&str] = &["1h30m", "720h0m0s", "1.5h", "0", "0s", "-1s", "", "5", "1d", "soon", "1h 30m"];
const TEXTS: &[&str] = &["", "x", "a=b,c=d", "a b", "-x"];

/// Values of flags whose texts have a meaning.
const BY_NAME: &[(&str, &[&str])] = &[
    ("log-level", &["INFO", "ERROR", "DEBUG", "WARN", "info", "INFO+2", "ERROR-", "LOUD"]),
    ("log-format", &["text", "json", "JSON", "xml"]),
    ("key-order-priority", &["CertNotBefore", "SecretCreationTimestamp", "certnotbefore"]),
    ("key-cutoff-time", &["Mon, 02 Jan 2006 15:04:05 -0700", "2006-01-02T15:04:05Z"]),
    ("listen-addr", &[":8080", "127.0.0.1:0", "[::1]:80", ":http", ":65536"]),
    ("listen-metrics-addr", &[":8081", "127.0.0.1:0", ":65536"]),
    ("key-prefix", &["sealed-secrets-key", "A_"]),
    ("privatekey-labels", &["a=b", "a=", "=b", "a=b,c"]),
    ("privatekey-annotations", &["example.com/a=b c", "a=b,c"]),
    ("additional-namespaces", &["a,b", "a,,a"]),
    ("label-selector", &["team=shop", "team in (a,b)", "!!"]),
];

/// One value for one flag.
#[derive(Debug)]
pub(crate) struct Way {
    pub flag: String,
    /// None is the flag without a value.
    pub value: Option<&'static str>,
    /// In the environment instead of on the command line.
    pub variable: bool,
}

impl Way {
    /// Whether both programs are known to differ about it.
    pub(crate) fn is_in(&self, difference: &Difference) -> bool {
        self.flag == difference.flag && self.value.is_some_and(|value| difference.values.contains(&value))
    }

    pub(crate) fn arguments(&self) -> Vec<String> {
        let argument = match self.value {
            Some(value) => format!("--{}={value}", self.flag),
            None => format!("--{}", self.flag),
        };
        if self.variable { Vec::new() } else { vec![argument] }
    }

    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        let name = format!("SEALED_SECRETS_{}", self.flag.to_uppercase().replace('-', "_"));
        let value = self.value.filter(|_| self.variable);
        value.into_iter().map(|value| (name.clone(), value.to_owned())).collect()
    }
}

/// Every value to try.
pub(crate) fn values(help: &str) -> Result<Vec<Way>> {
    let listed = help.lines().filter_map(|line| line.trim_start().strip_prefix("--"));
    // Not in the list, because it is an old name.
    let flags = listed.chain(["rotate-period duration  "]);
    let mut all = Vec::new();
    for line in flags {
        let (flag, rest) = line.split_once(' ').context("a flag without a description")?;
        let texts = match rest.split("  ").next().unwrap_or_default() {
            "" => BOOLEANS,
            "int" => INTEGERS,
            "float32" => NUMBERS,
            "duration" => DURATIONS,
            "string" => TEXTS,
            other => anyhow::bail!("--{flag} is of the unknown type {other:?}"),
        };
        let by_name = BY_NAME.iter().filter(|(name, _)| *name == flag).flat_map(|(_, values)| *values);
        let way = |value, variable| Way { flag: flag.to_owned(), value, variable };
        all.push(way(None, false));
        for value in texts.iter().chain(by_name) {
            all.extend([false, true].map(|variable| way(Some(*value), variable)));
        }
    }
    Ok(all)
}
