//! `guard`: what it finds in files and in what is staged, what it lets pass, and that it never shows a value.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/program.rs"]
mod program;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use program::{finish, fixture, program};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n  password: hunter2-planted\n";

fn directory(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

fn guard(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = program(&[&["guard"], arguments].concat());
    command.current_dir(directory).env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let output = finish(command, b"");
    let shown = [&output.stdout[..], &output.stderr[..]].concat();
    let shown = String::from_utf8_lossy(&shown).into_owned();
    assert!(!shown.contains("hunter2") && !shown.contains("aHVudGVyMg"), "{shown}");
    output
}

/// `FILE:LINE` of each finding.
fn found(output: &Output) -> Vec<String> {
    let stdout = String::from_utf8(output.stdout.clone()).unwrap();
    let places: Vec<String> =
        stdout.lines().map(|line| line.split(':').take(2).collect::<Vec<_>>().join(":")).collect();
    assert_eq!(output.status.code(), Some(i32::from(!places.is_empty())));
    places
}

fn found_in(text: &str) -> Vec<String> {
    found(&guard(directory(&[("a.yaml", text)]).path(), &[]))
}

#[test]
fn secrets_are_found_wherever_they_are() {
    assert_eq!(found_in(SECRET), ["a.yaml:5"]);
    assert_eq!(found_in(&format!("# nothing\n---\na: 1\n---\n{SECRET}")), ["a.yaml:9"]);
    assert_eq!(found_in("apiVersion: v1\nkind: Secret\ndata: {n: 5}\n"), ["a.yaml:3"]);
    assert_eq!(found_in("kind: Secret\nstringData: {a: hunter2}\n"), ["a.yaml:2"]);
    let list = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  data: {a: b}\n- apiVersion: v1\n  \
                kind: Secret\n  data: {a: aHVudGVyMg==}\n";
    assert_eq!(found_in(list), ["a.yaml:9"]);
    assert_eq!(
        found_in("apiVersion: v1\nkind: SecretList\nitems:\n- data: {a: aHVudGVyMg==}\n"),
        ["a.yaml:4"]
    );
    let inside = "apiVersion: template.openshift.io/v1\nkind: Template\nobjects:\n- apiVersion: v1\n  kind: Secret\n  data:\n    \
                  a: aHVudGVyMg==\n";
    assert_eq!(found_in(inside), ["a.yaml:7"]);
    let applied = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  annotations:\n    \
                   kubectl.kubernetes.io/last-applied-configuration: |\n      \
                   {\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"data\":{\"a\":\"aHVudGVyMg==\"}}\n";
    assert_eq!(found_in(applied).len(), 1);
    let template = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec:\n  template:\n    data:\n      \
                    sound: 'x {{ .a }}'\n      password: hunter2\n      host: db.example.com\n      app.ini: |\n        \
                    [db]\n        host = db\n";
    assert_eq!(found_in(template), ["a.yaml:7"]);
}

#[test]
fn what_is_no_plaintext_is_let_pass_quietly() {
    for text in [
        "apiVersion: v1\nkind: Secret\ndata:\n",
        "apiVersion: v1\nkind: Secret\ndata: {a: '', b: }\n",
        "apiVersion: v1\nkind: Secret\nstringData: {a: '{{ .Values.a }}', b: '${B}'}\n",
        "apiVersion: v1\nkind: Secret\ndata: {a: 'ENC[AES256_GCM,data:aHVu,iv:YQ==,tag:Yg==,type:str]'}\nsops: {}\n",
        "apiVersion: example.com/v1\nkind: Secret\ndata: {a: b}\n",
        "apiVersion: v1\nkind: ConfigMap\ndata: {secretKind: Secret}\n",
        "apiVersion: v1\nkind: Pod\nspec: {ref: {kind: Secret, name: x}}\n",
        "",
    ] {
        let output = guard(directory(&[("a.yaml", text)]).path(), &[]);
        assert_eq!(found(&output), [] as [&str; 0], "{text}");
        assert!(output.stderr.is_empty(), "{text}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_value_with_a_reference_in_it_is_still_one() {
    for value in [
        "postgres://admin:hunter2@{{ .host }}/db",
        "hunter2 {{",
        "{{ \"hunter2\" }}",
        "${DB_PASSWORD:-hunter2}",
        "ENC[hunter2]",
    ] {
        let text = format!("apiVersion: v1\nkind: Secret\nstringData:\n  a: '{value}'\n");
        assert_eq!(found_in(&text), ["a.yaml:4"], "{value}");
    }
    let lines = "kind: Secret\nstringData:\n  a: |\n    host: {{ .Values.host }}\n    password: hunter2\n";
    assert_eq!(found_in(lines).len(), 1);
}

#[test]
fn charts_are_let_pass() {
    let chart = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ include \"x.name\" . }}\ntype: Opaque\ndata:\n  \
                 {{- if .Values.existing }}\n  a: {{ .Values.password | b64enc | quote }}\n  {{- else }}\n  \
                 a: {{ include \"x.y\" (dict \"key\" \"a\") | b64enc }}\n  {{- end }}\n  b: {{ randAlphaNum 16 | b64enc }}\n  \
                 {{- range $k, $v := .Values.more }}\n  {{ $k }}: {{ $v | b64enc }}\n  {{- end }}\n  c: |-\n    \
                 {{ .Files.Get \"c.txt\" | b64enc }}\n";
    assert_eq!(found_in(chart), [] as [&str; 0]);
}

#[test]
fn json_and_utf16_are_read_too() {
    let json = r#"{"apiVersion": "v1", "kind": "Secret", "data": {"a": "aHVudGVyMg=="}}"#;
    let tree = directory(&[("a.json", json)]);
    let utf16: Vec<u8> =
        std::iter::once(0xfeff_u16).chain(SECRET.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    fs::write(tree.path().join("b.yaml"), utf16).unwrap();
    assert_eq!(found(&guard(tree.path(), &[])), ["a.json:1", "b.yaml:5"]);
}

#[test]
fn private_keys_are_found_in_files_of_any_kind() {
    let key = fs::read_to_string(fixture("test-only.key")).unwrap();
    let config_map =
        format!("apiVersion: v1\nkind: ConfigMap\ndata:\n  key: |\n    {}\n", key.replace('\n', "\n    "));
    let tree = directory(&[("server.key", &key), ("a.yaml", &config_map)]);
    let begin = |text: &str| text.lines().position(|line| line.contains("-----BEGIN")).unwrap() + 1;
    let expected = [format!("a.yaml:{}", begin(&config_map)), format!("server.key:{}", begin(&key))];
    assert_eq!(found(&guard(tree.path(), &[])), expected);
}

#[test]
fn what_does_not_parse_is_searched_and_told() {
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

#[test]
fn what_is_not_utf8_is_judged_as_the_rest() {
    let tree = directory(&[]);
    let latin = [&b"kind: Secret\nstringData:\n  user: j\xfcrgen\n  password: "[..], b"hunter2\n"].concat();
    fs::write(tree.path().join("a.yaml"), &latin).unwrap();
    fs::write(tree.path().join("b.yaml"), b"kind: ConfigMap\ndata: {secretKind: Secret, a: j\xfcrgen}\n")
        .unwrap();
    fs::write(tree.path().join("c.txt"), latin).unwrap();
    assert_eq!(found(&guard(tree.path(), &[])), ["a.yaml:3", "a.yaml:4"]);
    assert_eq!(found(&guard(tree.path(), &["c.txt"])), ["c.txt:3", "c.txt:4"]);
}

#[test]
fn a_comment_lets_one_place_pass() {
    assert_eq!(found_in(&SECRET.replace("planted", "planted # kubeseal-rs: allow")), [] as [&str; 0]);
    assert_eq!(
        found_in(&SECRET.replace("  password", "  # kubeseal-rs: allow\n  password")),
        [] as [&str; 0]
    );
    assert_eq!(found_in(&format!("# kubeseal-rs: allow\n{SECRET}")), ["a.yaml:6"]);
}

#[test]
fn an_allowed_value_does_not_hide_the_key_on_the_next_line() {
    let key = fs::read_to_string(fixture("test-only.key")).unwrap();
    let key = BASE64_STANDARD.encode(&key[key.find("-----BEGIN").unwrap()..]);
    let config = format!(
        "apiVersion: v1\nkind: List\nitems:\n- kind: Secret\n  stringData:\n    user: hunter2 # kubeseal-rs: allow\n-          key: {key}\n"
    );
    assert_eq!(found_in(&config), ["a.yaml:7"]);
    assert_eq!(found_in(&config.replace(" # kubeseal-rs: allow", "")), ["a.yaml:6"]);
    assert_eq!(found_in(&format!("{} # kubeseal-rs: allow\n", config.trim_end())), [] as [&str; 0]);
}

#[test]
fn thousands_of_values_and_marks_take_seconds() {
    use std::fmt::Write as _;
    let mut text = "kind: Secret\nstringData:\n".to_owned();
    let mut kustomization = "secretGenerator:\n- name: app\n  files:\n".to_owned();
    let mut files = Vec::new();
    for number in 0..20_000 {
        writeln!(text, "  key{number}: hunter2").unwrap();
        writeln!(kustomization, "  - f{number}").unwrap();
        if number < 500 {
            files.push((format!("f{number}"), "hunter2"));
        }
    }
    text.push_str("  last: hunter2 # kubeseal-rs: allow\n");
    let mut files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    files.extend([("a.yaml", text.as_str()), ("kustomization.yaml", &kustomization)]);
    let tree = directory(&files);
    let begin = std::time::Instant::now();
    let output = guard(tree.path(), &["."]);
    assert!(begin.elapsed() < std::time::Duration::from_mins(1), "{:?}", begin.elapsed());
    assert_eq!(found(&output).len(), 20_500);
}

#[test]
fn a_comment_lets_pass_what_is_on_its_line_and_nothing_else() {
    let key = fs::read_to_string(fixture("test-only.key")).unwrap();
    let key = key[key.find("-----BEGIN").unwrap()..].replace('\n', "\n    ");
    let secret = format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: db}}\nstringData:\n  user: hunter2 # kubeseal-rs: allow\n  \
         password: hunter2\n  token: |\n    hunter2\n  tls.key: |\n    {key}\n"
    );
    let tree = directory(&[("a.yaml", &secret)]);
    let output = guard(tree.path(), &[]);
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(stdout.lines().count(), 3, "{stdout}");
    for (line, name) in stdout.lines().zip(["password", "token", "tls.key"]) {
        assert!(line.contains(&format!("Secret db holds plaintext ({name})")), "{line}");
    }
    // Above a block it is for all of it, and above the map for none of its keys.
    let allowed = secret.replace("  tls.key", "  # kubeseal-rs: allow\n  tls.key");
    assert_eq!(found_in(&allowed), found_in(&secret)[..2]);
    for above in ["apiVersion", "kind", "stringData"] {
        let above = secret.replacen(above, &format!("# kubeseal-rs: allow\n{above}"), 1);
        assert_eq!(found_in(&above).len(), 3, "{above}");
    }
    let flow = "kind: Secret\ndata: {a: aHVudGVyMg==,\n  b: aHVudGVyMg==, # kubeseal-rs: allow\n  c: aHVudGVyMg==}\n";
    assert_eq!(found_in(flow), ["a.yaml:2", "a.yaml:4"]);
}

#[test]
fn what_kustomize_makes_a_secret_of_is_found() {
    let kustomization = "resources: [a.yaml]\nsecretGenerator:\n- name: app\n  literals:\n  - user=hunter2\n  - host=${HOST}\n  \
                         - known=hunter2 # kubeseal-rs: allow\n  envs:\n  - .env\n  files:\n  - sub/key.bin\n  - ca.crt\n";
    let tree = directory(&[
        ("base/kustomization.yaml", kustomization),
        ("base/.env", "# A=b\nA=hunter2\nB=\n# kubeseal-rs: allow\nC=hunter2\n"),
        ("base/other.env", "A=hunter2\n"),
        ("base/sub/key.bin", "\0hunter2"),
        ("base/ca.crt", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"),
    ]);
    let path = tree.path();
    let all = ["base/.env:2", "base/kustomization.yaml:5", "base/sub/key.bin:1"];
    let output = guard(path, &[]);
    assert_eq!(found(&output), all);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains("2: plaintext (A), which secretGenerator app makes a Secret of"), "{stdout}");
    // A hook may be given the file alone, or have it staged alone.
    assert_eq!(found(&guard(&path.join("base"), &[".env"])), [".env:2"]);
    git(path, &["init", "-q"]);
    git(path, &["add", "base/kustomization.yaml"]);
    git(path, &["commit", "-q", "-m", "one"]);
    git(path, &["add", "."]);
    assert_eq!(found(&guard(path, &["--staged"])), [all[0], all[2]]);
    // As it should be: it is generated from what is not committed.
    git(path, &["rm", "-q", "--cached", "base/.env"]);
    fs::write(path.join(".gitignore"), ".env\n").unwrap();
    assert_eq!(found(&guard(path, &[])), all[1..]);
    let alone = "apiVersion: builtin\nkind: SecretGenerator\nmetadata: {name: x}\nliterals:\n- a=hunter2\n";
    assert_eq!(found_in(alone), ["a.yaml:5"]);
}

#[test]
fn annotations_that_repeat_a_secret_are_found_however_they_are_packed() {
    let secret = r#"{"apiVersion":"v1","data":{"a":"aHVudGVyMg=="},"kind":"Secret","metadata":{"name":"x"}}"#;
    let sealed = secret.replace("\"Secret\"", "\"SealedSecret\"");
    let manifest = |name: &str, value: &str| {
        format!("kind: SealedSecret\nmetadata:\n  name: x\n  annotations:\n    {name}: '{value}'\n")
    };
    for (name, secret, sealed) in [
        ("kapp.k14s.io/original", secret.to_owned(), sealed.clone()),
        ("kubectl.kubernetes.io/last-applied-configuration", secret.to_owned(), sealed.clone()),
        ("objectset.rio.cattle.io/applied", gzip(secret.as_bytes()), gzip(sealed.as_bytes())),
        ("example.com/other", BASE64_STANDARD.encode(secret), BASE64_STANDARD.encode(&sealed)),
    ] {
        assert_eq!(found_in(&manifest(name, &secret)), ["a.yaml:5"], "{name}");
        assert_eq!(found_in(&manifest(name, &sealed)), [] as [&str; 0], "{name}");
    }
}

fn gzip(text: &[u8]) -> String {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(text).unwrap();
    BASE64_STANDARD.encode(encoder.finish().unwrap())
}

#[test]
fn what_unpacks_to_too_much_leaves_the_file_unread() {
    let spaces = |mebibytes: usize| gzip(&[&b"{"[..], &vec![b' '; mebibytes << 20], b"}"].concat());
    let manifest = |copies: &[String]| {
        use std::fmt::Write as _;
        let mut text = "kind: ConfigMap\nmetadata:\n  annotations:\n".to_owned();
        for (number, copy) in copies.iter().enumerate() {
            writeln!(text, "    copy{number}: {copy}").unwrap();
        }
        text
    };
    let copies = vec![spaces(3); 3];
    // In a copy of a copy, too.
    let nested = gzip(format!(r#"{{"metadata":{{"annotations":{{"a":"{}"}}}}}}"#, spaces(9)).as_bytes());
    for (text, line) in [(manifest(&copies), 6), (manifest(&[nested]), 4)] {
        let output = guard(directory(&[("a.yaml", &text)]).path(), &[]);
        assert_eq!(output.status.code(), Some(1));
        let stderr = String::from_utf8_lossy(&output.stderr);
        let words =
            format!("a.yaml:{line}: document 1: the annotations of this file unpack to more than 8 MiB");
        assert!(stderr.contains(&words), "{stderr}");
        let allowed = text.trim_end().to_owned() + " # kubeseal-rs: allow\n";
        assert_eq!(found_in(&allowed), [] as [&str; 0]);
    }
    assert_eq!(found_in(&manifest(&copies[..2])), [] as [&str; 0]);
}

#[test]
fn packed_copies_are_found_on_objects_of_every_kind() {
    let compact = r#"{"data":{"a":"aHVudGVyMg=="},"kind":"Secret"}"#;
    for kind in ["Deployment", "ConfigMap"] {
        for copy in [compact.to_owned(), compact.replacen('{', "{\n", 1), format!("[{compact}]")] {
            let copy = BASE64_STANDARD.encode(copy);
            let text = format!("kind: {kind}\nmetadata:\n  annotations:\n    example.com/applied: {copy}\n");
            assert_eq!(found_in(&text), ["a.yaml:4"], "{text}");
        }
    }
}

#[test]
fn references_are_let_pass() {
    for value in [
        "<path:secret/data/db#password>",
        "ref+vault://secret/db#/password",
        "op://shop/db/password",
        "vault:secret/data/db#password",
    ] {
        let base64 = BASE64_STANDARD.encode(value);
        let text = format!("kind: Secret\nstringData: {{a: '{value}'}}\ndata: {{b: {base64}}}\n");
        assert_eq!(found_in(&text), [] as [&str; 0], "{value}");
    }
    let keys =
        "kind: Secret\nmetadata: {annotations: {avp.kubernetes.io/path: a/b}}\nstringData: {a: <word>}\n";
    assert_eq!(found_in(keys), [] as [&str; 0]);
    assert_eq!(found_in(&keys.replace("avp.kubernetes.io", "example.com")), ["a.yaml:3"]);
    assert_eq!(found_in("kind: Secret\nstringData: {a: 'ref+echo://hunter2'}\n"), ["a.yaml:2"]);
}

#[test]
fn ignored_files_are_not_walked_into_and_hidden_ones_are() {
    let tree = directory(&[
        (".gitignore", "ignored.yaml\n"),
        ("ignored.yaml", SECRET),
        (".github/a.yaml", SECRET),
        (".git/a.yaml", SECRET),
        ("notes.md", SECRET),
    ]);
    assert_eq!(found(&guard(tree.path(), &[])), [".github/a.yaml:5"]);
    assert_eq!(found(&guard(tree.path(), &["ignored.yaml"])), ["ignored.yaml:5"]);
}

#[test]
fn an_object_that_cannot_be_read_leaves_the_other_findings() {
    let tree = directory(&[("a.yaml", "a: 1\n"), ("b.yaml", SECRET)]);
    let path = tree.path();
    git(path, &["init", "-q"]);
    git(path, &["add", "."]);
    // The name of `a: 1` and a line end.
    let id = Command::new("git").args(["hash-object", "a.yaml"]).current_dir(path).output().unwrap();
    let id = String::from_utf8(id.stdout).unwrap();
    fs::remove_file(path.join(".git/objects").join(&id[..2]).join(id[2..].trim())).unwrap();
    let output = guard(path, &["--staged"]);
    assert_eq!(found(&output), ["b.yaml:5"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("cannot look into a.yaml: cannot read the object"), "{stderr}");
    git(path, &["rm", "-q", "--cached", "b.yaml"]);
    assert_eq!(guard(path, &["--staged"]).status.code(), Some(1));
}

#[test]
fn what_is_not_there_is_a_failure() {
    let output = guard(directory(&[]).path(), &["nowhere"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot read nowhere"));
}

fn git(directory: &Path, arguments: &[&str]) {
    let status = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(status.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&status.stderr));
}

#[test]
fn what_is_staged_counts_and_not_what_is_in_the_work_tree() {
    let tree = directory(&[("a \u{e9}.yaml", SECRET), ("sub/b.yaml", SECRET), ("untracked.yaml", SECRET)]);
    let path = tree.path();
    git(path, &["init", "-q"]);
    assert_eq!(found(&guard(path, &["--staged"])), [] as [&str; 0]);
    git(path, &["add", "a \u{e9}.yaml", "sub"]);
    // Sealed after it was staged.
    fs::write(path.join("sub/b.yaml"), "a: 1\n").unwrap();
    assert_eq!(found(&guard(path, &["--staged"])), ["a \u{e9}.yaml:5", "sub/b.yaml:5"]);
    assert_eq!(found(&guard(path, &["--staged", "sub"])), ["sub/b.yaml:5"]);
    // Git may have been told to show only what is below the present directory.
    git(path, &["config", "diff.relative", "true"]);
    assert_eq!(found(&guard(&path.join("sub"), &["--staged"])), ["a \u{e9}.yaml:5", "sub/b.yaml:5"]);
    git(path, &["commit", "-q", "-m", "plaintext"]);
    assert_eq!(found(&guard(path, &["--staged"])), [] as [&str; 0]);
    git(path, &["rm", "-q", "--cached", "a \u{e9}.yaml"]);
    git(path, &["mv", "-f", "sub/b.yaml", "sub/c.yaml"]);
    assert_eq!(found(&guard(path, &["--staged"])), ["sub/c.yaml:5"]);
}

#[test]
fn what_git_tracks_counts_whatever_is_ignored() {
    let tree = directory(&[
        (".gitignore", "a.yaml\nout/\nuntracked.yaml\nlet.yaml\n"),
        (".ignore", "let.yaml\n!keep.yaml\n"),
        ("sub/.gitignore", "keep.yaml\n"),
        ("sub/keep.yaml", SECRET),
        ("a.yaml", SECRET),
        ("sub/out/deep/b.yaml", SECRET),
        ("sub/out/untracked.yaml", SECRET),
        ("sub/z.yaml", SECRET),
        ("untracked.yaml", SECRET),
        ("let.yaml", SECRET),
    ]);
    let path = tree.path();
    git(path, &["init", "-q"]);
    git(path, &["add", "-f", "a.yaml", "sub/out/deep/b.yaml", "sub/z.yaml", "let.yaml"]);
    let below = ["sub/keep.yaml:5", "sub/out/deep/b.yaml:5", "sub/z.yaml:5"];
    assert_eq!(found(&guard(path, &[])), [&["a.yaml:5"][..], &below].concat());
    assert_eq!(found(&guard(path, &["sub"])), below);
    // As a hook, git says where its index is, seen from elsewhere.
    let mut command = program(&["guard", "sub/out"]);
    command.current_dir(path).env("GIT_DIR", ".git").env("GIT_INDEX_FILE", ".git/index");
    assert_eq!(found(&finish(command, b"")), ["sub/out/deep/b.yaml:5"]);
    // What cannot be told is a failure.
    fs::write(path.join(".git/config"), "[core]\nrepositoryformatversion = 99\n").unwrap();
    let output = guard(path, &["."]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.contains("warning: cannot tell which of the ignored files git tracks in "), "{stderr}");
    assert!(stderr.contains("core.repositoryformatversion = 99"), "{stderr}");
}

#[test]
fn a_name_that_nothing_has_is_a_failure_where_it_is_staged_too() {
    let tree = directory(&[("a.yaml", "a: 1\n"), ("b.yaml", "a: 1\n"), ("p.txt", SECRET), ("q.txt", SECRET)]);
    let path = tree.path();
    git(path, &["init", "-q"]);
    git(path, &["add", "."]);
    let output = guard(path, &["--staged", "a.yaml", "tpyo.yaml"]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("there is no tpyo.yaml, and nothing of that name is staged"), "{stderr}");
    assert_eq!(found(&guard(path, &["--staged", "*.yaml"])), [] as [&str; 0]);
    assert_eq!(found(&guard(path, &["--staged", "./p.txt"])), ["p.txt:5"]);
    git(path, &["commit", "-q", "-m", "all"]);
    git(path, &["rm", "-q", "b.yaml"]);
    assert_eq!(found(&guard(path, &["--staged", "b.yaml"])), [] as [&str; 0]);
}

#[test]
fn what_is_named_is_looked_into_whatever_it_is_called() {
    let tree =
        directory(&[("p.txt", SECRET), ("values", SECRET), ("a.yaml~", SECRET), ("a.yaml.orig", SECRET)]);
    assert_eq!(found(&guard(tree.path(), &["p.txt", "values"])), ["p.txt:5", "values:5"]);
    assert_eq!(found(&guard(tree.path(), &["."])), ["a.yaml.orig:5", "a.yaml~:5"]);
}

#[test]
#[cfg(unix)]
fn no_name_breaks_a_line() {
    let tree = directory(&[("a\n\u{1b}[31m.yaml", SECRET)]);
    let stdout = String::from_utf8(guard(tree.path(), &[]).stdout).unwrap();
    assert!(stdout.starts_with("\"a\\n\\033[31m.yaml\":5: document 1: Secret shop/db"), "{stdout}");
}

/// What `git commit` lets its hook see: all that `arguments` commit, from an index of its own.
#[test]
#[cfg(unix)]
fn a_hook_sees_what_its_commit_takes() {
    use std::os::unix::fs::PermissionsExt as _;
    let tree = directory(&[("a.yaml", "a: 1\n"), ("b.yaml", "b: 1\n")]);
    let path = tree.path();
    git(path, &["init", "-q"]);
    git(path, &["add", "."]);
    git(path, &["commit", "-q", "-m", "clean"]);
    git(path, &["worktree", "add", "-q", "other"]);
    let hook = path.join(".git/hooks/pre-commit");
    let program = env!("CARGO_BIN_EXE_kubeseal-rs");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, format!("#!/bin/sh\nexec {program} guard --staged\n")).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    let commit = |directory: &Path, arguments: &[&str]| {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "x"])
            .args(arguments)
            .current_dir(directory)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        let told = [&output.stdout[..], &output.stderr[..]].concat();
        (output.status.success(), String::from_utf8(told).unwrap())
    };
    for directory in [path.to_owned(), path.join("other")] {
        fs::write(directory.join("b.yaml"), SECRET).unwrap();
        fs::write(directory.join("a.yaml"), "a: 2\n").unwrap();
        let (done, told) = commit(&directory, &["-a"]);
        assert!(!done && told.contains("b.yaml:5"), "{told}");
        let (done, told) = commit(&directory, &["b.yaml"]);
        assert!(!done && told.contains("b.yaml:5"), "{told}");
        let (done, told) = commit(&directory, &["a.yaml"]);
        assert!(done, "{told}");
    }
}

#[test]
fn every_kind_of_index_and_repository_is_read() {
    let clone = |path: &Path, arguments: &[&str]| {
        let other = tempfile::tempdir().unwrap();
        let all = [&["clone", "-q"], arguments, &[path.to_str().unwrap(), other.path().to_str().unwrap()]];
        git(path, &all.concat());
        other
    };
    for format in ["sha1", "sha256"] {
        let tree =
            directory(&[("a.yaml", "a: 1\n"), ("sub/deep/b.yaml", "b: 1\n"), ("other/c.yaml", "c: 1\n")]);
        let path = tree.path();
        git(path, &["init", "-q", "--object-format", format]);
        git(path, &["add", "."]);
        git(path, &["commit", "-q", "-m", "one"]);
        git(path, &["gc", "-q"]);
        for (what, commands) in [
            ("packed", &[][..]),
            ("version 4", &[&["update-index", "--index-version", "4"][..]][..]),
            ("split", &[&["update-index", "--split-index"]]),
            ("sparse", &[&["sparse-checkout", "set", "--cone", "--sparse-index", "sub"]]),
            ("detached", &[&["checkout", "-q", "--detach"]]),
        ] {
            let copy = clone(path, if what == "detached" { &["--shared"] } else { &[] });
            let path = copy.path();
            for command in commands {
                git(path, command);
            }
            assert_eq!(found(&guard(path, &["--staged"])), [] as [&str; 0], "{format}, {what}");
            fs::write(path.join("sub/deep/b.yaml"), SECRET).unwrap();
            fs::write(path.join("new.yaml"), SECRET).unwrap();
            git(path, &["add", "--intent-to-add", "new.yaml"]);
            git(path, &["add", "sub"]);
            let staged = guard(path, &["--staged"]);
            assert_eq!(found(&staged), ["sub/deep/b.yaml:5"], "{format}, {what}");
            fs::write(path.join(".gitignore"), "*\n").unwrap();
            assert_eq!(found(&guard(path, &[])), ["new.yaml:5", "sub/deep/b.yaml:5"], "{format}, {what}");
        }
    }
}

#[test]
fn a_submodule_has_an_index_of_its_own() {
    let inner = directory(&[(".gitignore", "s.yaml\n"), ("s.yaml", SECRET)]);
    git(inner.path(), &["init", "-q"]);
    git(inner.path(), &["add", "-f", "."]);
    git(inner.path(), &["commit", "-q", "-m", "one"]);
    let outer = directory(&[(".gitignore", "*.yaml\n")]);
    let path = outer.path();
    git(path, &["init", "-q"]);
    let source = inner.path().to_str().unwrap();
    git(path, &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", source, "sub"]);
    assert_eq!(found(&guard(path, &[])), ["sub/s.yaml:5"]);
    assert_eq!(found(&guard(&path.join("sub"), &["--staged"])), [] as [&str; 0]);
    assert_eq!(found(&guard(path, &["--staged"])), [] as [&str; 0]);
}

#[test]
fn what_is_not_merged_is_not_passed() {
    let tree = directory(&[("a.yaml", "a: 1\n")]);
    let path = tree.path();
    git(path, &["init", "-q", "-b", "main"]);
    git(path, &["add", "."]);
    git(path, &["commit", "-q", "-m", "one"]);
    git(path, &["checkout", "-q", "-b", "side"]);
    fs::write(path.join("a.yaml"), "a: 2\n").unwrap();
    git(path, &["commit", "-q", "-am", "two"]);
    git(path, &["checkout", "-q", "main"]);
    fs::write(path.join("a.yaml"), "a: 3\n").unwrap();
    git(path, &["commit", "-q", "-am", "three"]);
    let merge = ["-c", "user.name=a", "-c", "user.email=a@example.com", "merge", "side"];
    let merged = Command::new("git").args(merge).current_dir(path).output().unwrap();
    assert!(!merged.status.success());
    let output = guard(path, &["--staged"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && stderr.contains("a.yaml is not merged"), "{stderr}");
}

#[test]
fn what_is_too_large_is_a_failure_that_names_it() {
    let tree = directory(&[("a.yaml", "a: 1\n")]);
    let path = tree.path();
    for name in ["large.yaml", "large.bin"] {
        let file = fs::File::create(path.join(name)).unwrap();
        file.set_len((64 << 20) + 1).unwrap();
    }
    // Without zeros at its beginning it is text.
    fs::write(path.join("large.txt"), vec![b'a'; (64 << 20) + 1]).unwrap();
    let output = guard(path, &[]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.contains("cannot look into large.txt: ") && !stderr.contains("large.bin"), "{stderr}");
    assert!(stderr.contains("large.yaml: not text; was not looked into"), "{stderr}");
    assert!(stderr.contains("cannot look into 2 files"), "{stderr}");
    fs::write(path.join(".ignore"), "large.*\n").unwrap();
    assert_eq!(found(&guard(path, &[])), [] as [&str; 0]);
}

#[test]
fn staged_needs_a_work_tree() {
    let output = guard(directory(&[]).path(), &["--staged"]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("not a git repository") && stderr.contains("hint:"), "{stderr}");
}
