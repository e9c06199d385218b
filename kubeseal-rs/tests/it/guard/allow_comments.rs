//! The comment `kubeseal-rs: allow`: what it allows.

use super::folder::{SECRET, directory, found, found_in, guard};
use crate::support::program::fixture;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::fs;

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
    // Above a block scalar the comment covers all its lines; above a map it covers none of the map's keys.
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
