//! The hint for an error of Go's, by its message. Pure; `go` runs Go.

use crate::failure::Failure;

/// Advice that always works for the demo; the tests need upstream's programs too, which must be built.
const ASSETS: &str = "or set KUBEBUILDER_ASSETS to a folder with etcd, kube-apiserver, kube-controller-manager, kubectl and helm";

/// The error that Go is not installed.
pub(crate) fn missing(wanted: &str) -> Failure {
    Failure::new(
        "`go` was not found on the PATH",
        format!("install Go {wanted} or newer (https://go.dev/doc/install), {ASSETS}"),
    )
}

/// The hint for a build that failed with `stderr`, if the user can do something about it.
pub(crate) fn hint(stderr: &str, wanted: &str) -> Option<String> {
    let text = stderr.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["no space left on device", "disk quota exceeded"]) {
        return Some("the disk is full: free some space, then run this again; `go clean -cache` frees Go's build cache".into());
    }
    if has(&[
        "requires go >=",
        "go.mod requires go",
        "toolchain not available",
        "invalid go version",
        "download go1",
    ]) {
        return Some(format!(
            "this Go is too old: install Go {wanted} or newer (https://go.dev/doc/install), {ASSETS}"
        ));
    }
    if has(&["checksum mismatch", "missing go.sum entry", "updates to go.mod needed"]) {
        return Some(
            "go.mod and go.sum under tests/programs do not fit together: restore both from git".into(),
        );
    }
    if has(&[
        "dial tcp",
        "no such host",
        "i/o timeout",
        "connection refused",
        "connection reset",
        "tls handshake",
        "proxyconnect",
        "network is unreachable",
        "module lookup disabled",
        "403 forbidden",
        "502 bad gateway",
        "503 service unavailable",
    ]) {
        return Some(format!(
            "the Go module proxy cannot be reached: check the network, and GOPROXY in `go env GOPROXY`; {ASSETS}"
        ));
    }
    if has(&["signal: killed", "cannot allocate memory", "out of memory"]) {
        return Some(
            "memory ran out: kube-apiserver takes about 3 GB to build; GOMAXPROCS=1 makes do with less"
                .into(),
        );
    }
    if has(&["permission denied", "read-only file system"]) {
        return Some("Go cannot write to its caches or to target/: see `go env GOCACHE GOMODCACHE`".into());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_failure_says_what_to_do() {
        let table = [
            ("write /tmp/go-link/a.out: no space left on device", "the disk is full"),
            (
                "go: go.mod requires go >= 1.26.0 (running go 1.22.2; GOTOOLCHAIN=local)",
                "install Go 1.26.0 or newer",
            ),
            ("go: download go1.26.0 for linux/amd64: toolchain not available", "install Go 1.26.0 or newer"),
            ("invalid go version '1.26.0': must match format 1.23", "install Go 1.26.0 or newer"),
            (
                "k8s.io/kubernetes@v1.36.3: Get \"https://proxy/x\": dial tcp: lookup proxy: no such host",
                "check the network",
            ),
            ("module lookup disabled by GOPROXY=off", "check the network"),
            ("verifying k8s.io/api@v0.36.3: checksum mismatch", "restore both from git"),
            ("/usr/lib/go/compile: signal: killed", "memory ran out"),
            ("open /root/.cache/go-build/00: permission denied", "go env GOCACHE"),
        ];
        for (stderr, expected) in table {
            let hint = hint(stderr, "1.26.0").unwrap_or_default();
            assert!(hint.contains(expected), "{stderr}: {hint:?}");
        }
    }

    #[test]
    fn an_unknown_failure_is_left_to_speak_for_itself() {
        assert_eq!(hint("main.go:3: undefined: x", "1.26.0"), None);
    }
}
