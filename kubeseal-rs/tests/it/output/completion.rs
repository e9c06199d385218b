//! `completion`: what a shell offers.

use crate::support::program::run;

#[test]
fn values_are_offered_and_hidden_flags_are_not() {
    for shell in ["bash", "zsh", "fish"] {
        let script = String::from_utf8(run(&["completion", shell], b"").stdout).unwrap();
        for word in ["strict", "namespace-wide", "cluster-wide", "yaml", "merge-into", "reseal", "quiet"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
        for flag in ["logtostderr", "vmodule", "log_dir", "stderrthreshold"] {
            assert!(!script.contains(flag), "{shell}: {flag}");
        }
    }
}
