//! `--merge-into`: the new values open under the target's name and namespace, and nothing else in the file changes.

use crate::support::program::{program, run};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Output;

const SECRET: &[u8] =
    b"apiVersion: v1\nkind: Secret\nmetadata: {name: other, labels: {team: web}, annotations: {note: x}}\n\
                        stringData: {password: new, extra: added}\n";

fn target(directory: &Path, scope: &str) -> (PathBuf, String) {
    let secret = b"metadata: {name: db, namespace: shop}\nstringData: {user: admin, password: old}\n";
    let sealed = run(&["--cert", "test-only.crt", "--scope", scope, "-o", "yaml"], secret).stdout;
    let text = format!(
        "# Ours.\n{}",
        String::from_utf8(sealed).unwrap().replace("  template:", "  # Kept.\n  template:")
    );
    let path = directory.join("sealed.yaml");
    std::fs::write(&path, &text).unwrap();
    (path, text)
}

fn merge(path: &Path, arguments: &[&str], secret: &[u8]) -> Output {
    run(&[&["--cert", "test-only.crt", "--merge-into", path.to_str().unwrap()], arguments].concat(), secret)
}

fn opened(path: &Path) -> Value {
    let output = run(
        &["--recovery-unseal", "--recovery-private-key=test-only.key", "-f", path.to_str().unwrap()],
        b"",
    );
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn values_open_and_the_rest_stays() {
    let directory = tempfile::tempdir().unwrap();
    for scope in ["strict", "namespace-wide", "cluster-wide"] {
        let (path, before) = target(directory.path(), scope);
        let output = merge(&path, &[], SECRET);
        assert!(
            output.status.success() && output.stdout.is_empty(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let after = std::fs::read_to_string(&path).unwrap();
        let unchanged = before.lines().filter(|line| !line.trim().starts_with("password:"));
        for line in unchanged {
            assert!(after.contains(line), "{line} is gone from\n{after}");
        }
        let secret = opened(&path);
        assert_eq!(secret["data"]["password"], "bmV3", "{scope}");
        assert_eq!(secret["data"]["extra"], "YWRkZWQ=");
        assert_eq!(secret["data"]["user"], "YWRtaW4=");
        assert_eq!(secret["metadata"]["labels"]["team"], "web");
        assert_eq!(secret["metadata"]["annotations"]["note"], "x");
    }
}

#[test]
fn a_wrong_fingerprint_annotation_is_removed() {
    const PRESENT: &str = "f5b8ca6cdb64f96f0fd3e0d50116cafb3664a3a52afdb229260d9d8c1054c057";
    let directory = tempfile::tempdir().unwrap();
    let (path, before) = target(directory.path(), "strict");
    let check = || {
        let arguments = ["reseal", "--check", "--cert", "test-only.crt", path.to_str().unwrap()];
        run(&arguments, b"").status.code()
    };
    assert!(merge(&path, &[], SECRET).status.success());
    assert_eq!((std::fs::read_to_string(&path).unwrap().contains(PRESENT), check()), (true, Some(0)));

    // Items of an older certificate stay beside those of this one.
    let old = before.replace(PRESENT, &"0a".repeat(32));
    std::fs::write(&path, &old).unwrap();
    assert!(merge(&path, &[], SECRET).status.success());
    let after = std::fs::read_to_string(&path).unwrap();
    assert!(!after.contains("certificate-fingerprint") && after.contains("item-certificates"), "{after}");
    assert_eq!(check(), Some(1));

    // A target of upstream's kubeseal gets no annotation that upstream's would not write.
    let foreign = before.replace("sealedsecrets.bitnami.com/certificate-fingerprint", "x");
    std::fs::write(&path, foreign).unwrap();
    assert!(merge(&path, &[], SECRET).status.success());
    let after = std::fs::read_to_string(&path).unwrap();
    assert!(!after.contains("-fingerprint") && !after.contains("item-certificates"), "{after}");

    // No old item stays.
    std::fs::write(&path, &old).unwrap();
    assert!(merge(&path, &[], b"stringData: {user: new, password: new}\n").status.success());
    assert_eq!((std::fs::read_to_string(&path).unwrap().contains(PRESENT), check()), (true, Some(0)));
}

#[test]
fn another_scope_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let (path, before) = target(directory.path(), "namespace-wide");
    let refused = [merge(&path, &["--scope", "cluster-wide"], SECRET), {
        let annotated = String::from_utf8_lossy(SECRET)
            .replace("note: x", "sealedsecrets.bitnami.com/cluster-wide: 'true'");
        merge(&path, &[], annotated.as_bytes())
    }];
    for output in refused {
        let printed = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        let printed = printed.replace(path.to_str().unwrap(), "FILE");
        assert_eq!(printed, include_str!("../../error_messages/merge-other-scope.stderr"));
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
    assert!(merge(&path, &["--scope", "namespace-wide"], SECRET).status.success());
}

#[test]
fn among_several_the_name_decides() {
    let directory = tempfile::tempdir().unwrap();
    let (path, before) = target(directory.path(), "strict");
    let other = before.replace("name: db", "name: other").replace("# Ours.", "# Theirs.");
    std::fs::write(&path, format!("{before}{other}")).unwrap();
    assert!(merge(&path, &[], SECRET).status.success());
    let after = std::fs::read_to_string(&path).unwrap();
    assert!(after.starts_with(&before), "{after}");
    assert_eq!(after.matches("extra:").count(), 1);
    let unnamed = b"stringData: {a: b}\n";
    let printed = String::from_utf8(merge(&path, &[], unnamed).stderr).unwrap();
    assert!(printed.contains("into which of 2 SealedSecrets"), "{printed}");
}

#[test]
fn mistakes_are_errors_and_change_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let (path, before) = target(directory.path(), "strict");
    let printed = |output: Output| {
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(printed(merge(&path, &["-n", "web"], SECRET)).contains("--namespace says \"web\""));
    assert!(printed(merge(&path, &[], b"metadata: {name: a}\n")).contains("has no data"));
    assert!(printed(merge(&path, &[], &[SECRET, b"---\n", SECRET].concat())).contains("there are 2 Secrets"));
    assert!(
        printed(merge(&directory.path().join("none"), &[], SECRET)).contains("cannot read the SealedSecret")
    );
    let empty = directory.path().join("empty");
    std::fs::write(&empty, SECRET).unwrap();
    assert!(printed(merge(&empty, &[], SECRET)).contains("found no SealedSecret"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
}

#[test]
fn what_has_no_name_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    for scope in ["strict", "cluster-wide"] {
        let (path, before) = target(directory.path(), scope);
        let nameless = before.replace("\n  name: db\n", "\n");
        std::fs::write(&path, &nameless).unwrap();
        let output = merge(&path, &[], SECRET);
        let printed = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{printed}");
        assert!(printed.contains("has no metadata.name\nhint: is the file whole?"), "{printed}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), nameless);
        // The cluster generates the name, so the scope must not bind to it.
        std::fs::write(&path, before.replace("\n  name: db\n", "\n  generateName: db-\n")).unwrap();
        assert_eq!(merge(&path, &[], SECRET).status.success(), scope == "cluster-wide");
    }
}

#[test]
fn flags_without_effect_are_reported() {
    let directory = tempfile::tempdir().unwrap();
    let (yaml, _) = target(directory.path(), "strict");
    let json = directory.path().join("sealed.json");
    let secret = b"metadata: {name: db, namespace: shop}\nstringData: {user: admin}\n";
    std::fs::write(&json, run(&["--cert", "test-only.crt"], secret).stdout).unwrap();
    let elsewhere = directory.path().join("elsewhere.yaml");
    let elsewhere = elsewhere.to_str().unwrap();
    let warnings = |path: &Path, arguments: &[&str]| {
        let output = merge(path, &[arguments, &["--warn=always"]].concat(), SECRET);
        let printed = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && !Path::new(elsewhere).exists(), "{printed}");
        printed
            .lines()
            .map(|line| line[..line.find(" has no effect").unwrap()].to_owned())
            .collect::<Vec<_>>()
    };
    for (path, own, other) in [(&yaml, "yaml", "json"), (&json, "json", "yaml")] {
        assert!(warnings(path, &["-o", own]).is_empty());
        assert_eq!(warnings(path, &["-o", other]), ["warning: --format"]);
        assert_eq!(
            warnings(path, &["-w", elsewhere]),
            [format!("warning: --sealed-secret-file {elsewhere}")]
        );
        assert!(warnings(path, &["-w", elsewhere, "-o", other, "--quiet"]).is_empty());
    }
}

#[cfg(unix)]
#[test]
fn a_cause_is_printed_once() {
    let output = merge(Path::new("/nowhere/none.yaml"), &[], SECRET);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("none.yaml\n  because: no such file or directory"), "{stderr}");
}

#[test]
fn what_is_saved_meanwhile_is_merged_into() {
    let directory = tempfile::tempdir().unwrap();
    let (path, before) = target(directory.path(), "strict");
    let pipe = directory.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let arguments =
        ["--cert", "test-only.crt", "--merge-into", path.to_str().unwrap(), "-f", pipe.to_str().unwrap()];
    let child = program(&arguments).spawn().unwrap();
    // The pipe opens for writing once the program opens it, which has read the target by then.
    let mut writer = std::fs::File::options().write(true).open(&pipe).unwrap();
    std::fs::write(&path, format!("{before}# saved meanwhile\n")).unwrap();
    std::io::Write::write_all(&mut writer, SECRET).unwrap();
    drop(writer);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let after = std::fs::read_to_string(&path).unwrap();
    assert!(after.ends_with("# saved meanwhile\n") && after.contains("    extra: "), "{after}");
}
