//! No error shows a value that is to be sealed, whatever fails.

use crate::support::program::run;

const PLANTED: &str = "hunter2-planted";

fn assert_fails_silently(arguments: &[&str], input: &[u8]) {
    let output = run(arguments, input);
    let shown = [output.stdout, output.stderr].concat();
    let shown = String::from_utf8_lossy(&shown);
    let input = String::from_utf8_lossy(input);
    assert_eq!(output.status.code(), Some(1), "{arguments:?} {input}");
    assert!(!shown.contains("hunter2"), "{arguments:?} {input}: {shown}");
}

#[test]
fn broken_manifests() {
    let start = "metadata: {name: a}\nstringData:\n";
    let inputs = [
        format!("{start}  k: '{PLANTED}\n"),
        format!("{start}  k: *{PLANTED}\n"),
        format!("{start}  k: !{PLANTED} x\n"),
        format!("{start}  k: !!int {PLANTED}\n"),
        format!("{start}  k: @{PLANTED}\n"),
        format!("{start}  k: %{PLANTED}\n"),
        format!("{start}  k: |{PLANTED}\n"),
        format!("{start}  k: {{{PLANTED}\n"),
        format!("{start}  k: a: {PLANTED}\n"),
        format!("{start}  k: [{PLANTED}]\n"),
        format!("{start}  k: {{a: {PLANTED}}}\n"),
        format!("{start}\tk: {PLANTED}\n"),
        format!("{start}  k: {PLANTED}\n k: {PLANTED}\n"),
        format!("{start}  k: {PLANTED}\n  k: {PLANTED}\n"),
        format!("stringData: {PLANTED}\nmetadata: {{name: a}}\n"),
        format!("data: {{k: {PLANTED}}}\nmetadata: {{name: a}}\n"),
        format!("data: {{k: {PLANTED}}}\nmetadata: {PLANTED}\n"),
        format!("kind: {PLANTED} {PLANTED}\n"),
        format!("{PLANTED}\n"),
        format!("- {PLANTED}\n"),
        format!("{{\"stringData\": {{\"k\": \"{PLANTED}\"\n"),
        format!("{{\"stringData\": {{\"k\": \"{PLANTED}\\x\"}}}}\n"),
        format!("{{\"stringData\": {{\"k\": {PLANTED}}}}}\n"),
        format!("{{\"stringData\": [\"{PLANTED}\"], \"metadata\": {{\"name\": \"a\"}}}}\n"),
        format!("{{\"stringData\": {{\"k\": \"{PLANTED}\"}}}} {PLANTED}\n"),
        format!("kind: List\nitems:\n- {PLANTED}\n"),
        format!("kind: List\nitems: {PLANTED}\n"),
        // A sound Secret, refused because it has no name, or because of the output path.
        format!("stringData: {{k: {PLANTED}}}\n"),
        format!("metadata: {{name: a, namespace: b}}\nstringData: {{k: {PLANTED}}}\n"),
    ];
    for input in inputs {
        assert_fails_silently(&["--cert", "test-only.crt", "-n", "shop"], input.as_bytes());
    }
}

#[test]
fn bytes_that_are_no_text() {
    let input = [b"metadata: {name: a}\nstringData: {k: hunter2-planted", &[0xff][..], b"}\n"].concat();
    assert_fails_silently(&["--cert", "test-only.crt", "-n", "shop"], &input);
}

#[test]
fn sound_input_and_no_way_to_seal_it() {
    let input = format!("metadata: {{name: a}}\nstringData: {{k: {PLANTED}}}\n");
    for arguments in [
        &["--cert", "expired.crt", "-n", "shop"][..],
        &["--cert", "nowhere.crt", "-n", "shop"],
        &["--cert", "test-only.crt"],
        &["--kubeconfig", "kubeconfig.yaml"],
        &["--cert", "test-only.crt", "-n", "shop", "-w", "nowhere/a.yaml"],
        &["--cert", "test-only.crt", "--raw", "--name", "a"],
        &["--cert", "expired.crt", "--raw", "--scope", "cluster-wide"],
    ] {
        assert_fails_silently(arguments, input.as_bytes());
    }
}

#[test]
fn errors_do_not_show_the_kubeconfig() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("users:\n- name: a\n  user: {{token: {PLANTED}\n")).unwrap();
    assert_fails_silently(&["--kubeconfig", file.path().to_str().unwrap(), "--fetch-cert"], b"");
}
