//! Findings in texts that do not parse, such as templates.

use super::folder::{directory, found, guard};

#[test]
fn what_does_not_parse_is_searched_and_reported() {
    let helm =
        "{{ if .x }}\napiVersion: v1\nkind: Secret\nstringData:\n  a: hunter2\n  b: {{ .b }}\n{{ end }}\n";
    let broken = "apiVersion: v1\nkind: Secret\ndata:\n a: [\n";
    let tree = directory(&[("templates/s.yaml", helm), ("broken.yaml", broken)]);
    let output = guard(tree.path(), &[]);
    assert_eq!(found(&output), ["broken.yaml:4", "templates/s.yaml:5"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("warning: broken.yaml:") && stderr.contains("does not parse"), "{stderr}");
    assert!(stderr.contains("templates/s.yaml does not parse, as templates may"), "{stderr}");
}

#[test]
fn what_does_not_parse_is_found_in_any_style() {
    for (name, text, line) in [
        ("a.yaml", "kind: Secret\nmetadata: {name: x}\nstringData: {a: hunter2, a: hunter2}\n", 3),
        (
            "a.yaml",
            "kind: Secret\nmetadata: {name: x, labels: {a: {{ .Values.x }}}}\nstringData: {password: hunter2}\n",
            3,
        ),
        ("a.json", "{\"kind\": \"Secret\",\n // why\n \"stringData\": {\"a\": \"hunter2\"}}\n", 3),
        ("a.json", "// why\n{\"kind\": \"Secret\",\n \"data\": {\n  \"a\": \"aHVudGVyMg==\"}}\n", 4),
        ("a.json", "{\"kind\": \"Secret\", // why\n \"stringData\": {\"a\": \"hunter2\"}}\n", 2),
        (
            "a.json",
            "{\"kind\": \"Secret\", \"metadata\": {\"name\": {{ .x | quote }}},\n\"stringData\": {\"a\": \"hunter2\"}}\n",
            2,
        ),
    ] {
        let output = guard(directory(&[(name, text)]).path(), &[]);
        assert_eq!(found(&output), [format!("{name}:{line}")], "{text}");
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(stdout.contains(": document 1: a Secret holds plaintext ("), "{stdout}");
        let other = text.replace("aHVudGVyMg==", "hunter2").replace("hunter2", "{{ .Values.a }}");
        assert_eq!(found(&guard(directory(&[(name, &other)]).path(), &[])), [] as [&str; 0], "{other}");
    }
}

/// kubectl takes the last of two equal keys, and knows each way to write a word.
#[test]
fn what_is_written_twice_or_with_escapes_is_found() {
    for (name, text, line) in [
        (
            "a.json",
            "{\"kind\": \"ConfigMap\", \"kind\": \"Secret\",\n\"stringData\": {\"a\": \"hunter2\"}}\n",
            2,
        ),
        ("a.json", "{\"kind\": \"Secret\", \"stringData\": {},\n\"stringData\": {\"a\": \"hunter2\"}}\n", 2),
        ("a.json", "{\"kind\": \"\\u0053ecr\\u0065t\",\n\"stringData\": {\"a\": \"hunter2\"}}\n", 1),
        (
            "a.json",
            "{\"kind\": \"a\", \"kind\": \"\\u0053ecr\\u0065t\",\n\"string\\u0044ata\": {\"a\": \"hunter2\"}}\n",
            2,
        ),
        ("a.yaml", "kind: ConfigMap\nkind: Secret\nstringData: {a: hunter2}\n", 3),
        ("a.yaml", "kind: Secret\nstringData: {}\nstringData:\n  a: hunter2\n", 4),
        ("a.yaml", "kind: !!binary U2VjcmV0\nstringData: {a: hunter2}\n", 2),
        ("a.yaml", "kind: \"S\\x65cret\"\nstringData:\n  a: hunter2\n", 3),
        ("a.yaml", "kind: \"Sec\\\n  ret\"\nstringData:\n  a: hunter2\n", 4),
        ("a.yaml", "kind: x\nkind: \"Sec\\\n  ret\"\n\"string\\x44ata\":\n  a: hunter2\n", 5),
    ] {
        let output = guard(directory(&[(name, text)]).path(), &[]);
        assert_eq!(found(&output), [format!("{name}:{line}")], "{text}");
    }
}
