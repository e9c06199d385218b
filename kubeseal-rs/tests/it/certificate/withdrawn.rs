//! What happens to the cached certificate when its key is revoked, retired or renewed.

use super::laptop::Laptop;
use crate::support::certificates::{fingerprint, pem, serving};
use crate::support::key_lines::{KEY, LABELLED, LEGACY, changed, key, list, newer, nothing_sealed};
use crate::support::program::{finish, fixture, program};
use crate::support::server::{PORTS, Server};
use crate::support::wrapped::wrapped;
use serde_json::json;

#[test]
fn nothing_is_sealed_to_a_key_that_was_revoked() {
    let mut lines = vec![(LABELLED, 200, list(&[key()])), (LEGACY, 200, list(&[])), changed()];
    lines.extend(serving(&[&pem()]));
    lines.push(nothing_sealed());
    let laptop = Laptop::new(Server::start_tls(lines, false));
    assert!(laptop.seals(&[]).0);
    let (revoked, printed) = laptop.keys(&["revoke", &fingerprint(&pem()), "--yes", "--no-renew"]);
    assert!(revoked, "{printed}");
    let (sealed, printed) = laptop.run(&["--offline"]);
    assert!(!sealed && printed.contains("no certificate of"), "{printed}");
    // The revoked certificate appears again: from a file, and from a controller that was not restarted.
    for (sealed, printed) in [laptop.run(&["--cert", "test-only.crt"]), laptop.seals(&[])] {
        assert!(!sealed && printed.contains("because: its key was revoked on "), "{printed}");
        assert!(printed.contains("delete "), "{printed}");
    }
    assert!(!laptop.seals(&["--fetch-cert"]).0);
    assert!(!laptop.run(&["--offline"]).0);
    // Deletes the file that the hint names.
    let (_, printed) = laptop.run(&["--cert", "test-only.crt"]);
    std::fs::remove_file(printed.trim_end().rsplit_once("delete ").unwrap().1).unwrap();
    assert!(laptop.run(&["--cert", "test-only.crt"]).0);
}

#[test]
fn an_object_sealed_to_a_revoked_key_is_reported() {
    let mut lines = vec![(LABELLED, 200, list(&[key()])), (LEGACY, 200, list(&[])), changed()];
    lines.extend(serving(&[&pem()]));
    lines.push(nothing_sealed());
    lines.push(("/services/sealed-secrets-controller", 200, PORTS.to_owned()));
    lines.push(("verify", 409, String::new()));
    let laptop = Laptop::new(Server::start_tls(lines, false));
    let file = laptop.home.path().join("a.yaml");
    let file = file.to_str().unwrap();
    assert!(laptop.seals(&["-w", file]).0);
    let (revoked, printed) = laptop.keys(&["revoke", &fingerprint(&pem()), "--yes", "--no-renew"]);
    assert!(revoked, "{printed}");

    let text = |arguments: &[&str]| {
        let mut command = program(arguments);
        command.env("XDG_CACHE_HOME", laptop.home.path());
        let output = finish(command, b"");
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, printed) = text(&["inspect", file]);
    assert!(code == Some(0) && printed.contains("its key was revoked\n"), "{printed}");
    assert!(printed.contains("COMPROMISED: ") && !printed.contains("reseal it"), "{printed}");
    let (_, printed) = text(&["inspect", "-o", "json", file]);
    assert!(printed.contains(r#""code": "compromised""#), "{printed}");

    let (_, newer) = newer();
    let newer_file = laptop.home.path().join("newer.pem");
    std::fs::write(&newer_file, newer).unwrap();
    let (code, printed) = text(&["reseal", "--check", "--cert", newer_file.to_str().unwrap(), file]);
    assert!(code == Some(1) && printed.contains(", whose key was revoked; change its values\n"), "{printed}");
    let (valid, printed) = laptop.seals(&["--validate", "-f", file]);
    assert!(
        !valid && printed.contains("hint: it was sealed with a key that leaked and was revoked"),
        "{printed}"
    );
    // A key from a backup still opens it. After that the object is up to date, but its value stays compromised.
    let key = fixture("test-only.key");
    let with_key = ["--recovery-private-key", key.to_str().unwrap()];
    let (code, printed) =
        text(&[&["reseal", "--cert", newer_file.to_str().unwrap()], &with_key[..], &[file]].concat());
    assert!(
        code == Some(0) && printed.contains(": resealed; its old key was revoked: change its values"),
        "{printed}"
    );
}

/// One value is changed after a leak, and another is forgotten.
#[test]
fn an_item_that_stays_with_a_revoked_key_is_reported() {
    let mut lines = vec![(LABELLED, 200, list(&[key()])), (LEGACY, 200, list(&[])), changed()];
    lines.extend(serving(&[&pem()]));
    lines.push(nothing_sealed());
    lines.push(("/services/sealed-secrets-controller", 200, PORTS.to_owned()));
    lines.push(("verify", 409, String::new()));
    let laptop = Laptop::new(Server::start_tls(lines, false));
    let path = |name: &str| laptop.home.path().join(name).to_str().unwrap().to_owned();
    let (file, newer_file) = (path("a.yaml"), path("newer.pem"));
    std::fs::write(&newer_file, newer().1).unwrap();
    let run = |arguments: &[&str], input: &[u8]| {
        let mut command = program(arguments);
        command.env("XDG_CACHE_HOME", laptop.home.path());
        let output = finish(command, input);
        let printed = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(printed).unwrap())
    };
    let two = b"metadata: {name: db, namespace: shop}\nstringData: {password: hunter2, user: admin}\n";
    let (code, printed) = run(&["--cert", "test-only.crt", "-o", "yaml", "-w", &file], two);
    assert_eq!(code, Some(0), "{printed}");
    // Too many names for an annotation.
    let many_file = path("many.yaml");
    let items: Vec<String> =
        (0..120).map(|number| format!("an-item-with-a-long-name-{number:07}: x")).collect();
    let many = format!("metadata: {{name: many, namespace: shop}}\nstringData: {{{}}}\n", items.join(", "));
    let (code, printed) = run(&["--cert", "test-only.crt", "-o", "yaml", "-w", &many_file], many.as_bytes());
    assert_eq!(code, Some(0), "{printed}");
    let moved_file = path("moved.yaml");
    let (code, printed) = run(&["--cert", "test-only.crt", "-o", "yaml", "-w", &moved_file], two);
    assert_eq!(code, Some(0), "{printed}");
    let (revoked, printed) = laptop.keys(&["revoke", &fingerprint(&pem()), "--yes", "--no-renew"]);
    assert!(revoked, "{printed}");

    let to = ["--to-name", "db-2", "--cert", &newer_file, "--recovery-private-key", "test-only.key"];
    let (code, printed) = run(&[&["move", &moved_file], &to[..]].concat(), b"");
    let words = "shop/db-2: its old key leaked and was revoked: change the values where they come from";
    assert!(code == Some(0) && printed.contains(words), "{printed}");

    let merge = ["--cert", &newer_file, "--merge-into", &file];
    let (code, printed) = run(&merge, b"stringData: {user: new}\n");
    let words = "password of document 1 (SealedSecret shop/db), line 2: still sealed with a key that leaked and was revoked; change";
    assert!(code == Some(0) && printed.contains(words), "{printed}");
    let (code, printed) = run(&["inspect", "--check", "--cert", &newer_file, &file], b"");
    assert!(code == Some(1) && printed.contains("COMPROMISED: "), "{printed}");
    let item = format!("password: {}, whose key was revoked\n", &fingerprint(&pem())[..12]);
    assert!(printed.contains(&item) && !printed.contains("reseal it"), "{printed}");
    let (code, printed) = run(&["reseal", "--check", "--cert", &newer_file, &file], b"");
    assert!(code == Some(1) && printed.contains(", whose key was revoked; change its values\n"), "{printed}");
    let (valid, printed) = laptop.seals(&["--validate", "-f", &file]);
    assert!(
        !valid && printed.contains("because: it does not open: sealed with a key that leaked"),
        "{printed}"
    );

    let many_merge = ["--cert", &newer_file, "--merge-into", &many_file];
    for item in &items[..2] {
        let (code, printed) = run(&many_merge, format!("stringData: {{{item}}}\n").as_bytes());
        let words =
            "0000119 of document 1 (SealedSecret shop/many), line 2: still sealed with a key that leaked";
        assert!(code == Some(0) && printed.contains(words), "{printed}");
        let (code, printed) = run(&["inspect", "--check", "--cert", &newer_file, &many_file], b"");
        assert!(code == Some(1) && printed.contains("COMPROMISED: "), "{printed}");
    }

    // The item of the leaked key is removed by hand, and the annotation still names it.
    let removed_file = path("removed.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let removed: Vec<&str> =
        text.lines().filter(|line| !line.trim_start().starts_with("password: ")).collect();
    assert_eq!(removed.len() + 1, text.lines().count());
    std::fs::write(&removed_file, removed.join("\n")).unwrap();
    for command in [&["inspect", "--check"][..], &["reseal", "--check"]] {
        let (code, printed) = run(&[command, &["--cert", &newer_file, &removed_file]].concat(), b"");
        assert!(code == Some(0) && !printed.contains("revoked"), "{printed}");
    }

    let (code, printed) = run(&merge, b"stringData: {password: new}\n");
    assert!(code == Some(0) && !printed.contains("revoked"), "{printed}");
    let (code, printed) = run(&["inspect", "--check", "--cert", &newer_file, &file], b"");
    assert!(code == Some(0) && !printed.contains("COMPROMISED"), "{printed}");
}

#[test]
fn a_key_that_others_revoked_is_known_from_the_list() {
    let mut leaked = key();
    leaked["metadata"]["labels"]["sealedsecrets.bitnami.com/sealed-secrets-key"] = json!("compromised");
    let mut lines = vec![(LABELLED, 200, list(&[leaked])), (LEGACY, 200, list(&[])), nothing_sealed()];
    lines.extend(serving(&[&pem()]));
    let laptop = Laptop::new(Server::start_tls(lines, false));
    assert!(laptop.seals(&[]).0);
    let (listed, printed) = laptop.keys(&["list"]);
    assert!(listed, "{printed}");
    assert!(!laptop.run(&["--offline"]).0);
    let (sealed, printed) = laptop.run(&["--cert", "test-only.crt"]);
    assert!(!sealed && printed.contains("its key was revoked"), "{printed}");
}

/// A user who may write Secrets in one cluster cannot withdraw the certificate of another cluster.
#[test]
fn a_certificate_without_its_key_withdraws_nothing() {
    let mut leaked = key();
    leaked["metadata"]["labels"]["sealedsecrets.bitnami.com/sealed-secrets-key"] = json!("compromised");
    leaked["data"]["tls.key"] = newer().0["data"]["tls.key"].clone();
    let lines = vec![(LABELLED, 200, list(&[leaked])), (LEGACY, 200, list(&[])), nothing_sealed()];
    let laptop = Laptop::new(Server::start_tls(lines, false));
    let (listed, printed) = laptop.keys(&["list"]);
    assert!(listed, "{printed}");
    let (sealed, printed) = laptop.run(&["--cert", "test-only.crt"]);
    assert!(sealed, "{printed}");
}

/// Retires the key. What is printed then for its certificate, which is refused.
fn retire(laptop: &Laptop) -> String {
    let (retired, printed) = laptop.keys(&["retire", &fingerprint(&pem())]);
    assert!(retired, "{printed}");
    let (sealed, printed) = laptop.run(&["--cert", "test-only.crt"]);
    assert!(!sealed && printed.contains("its key was retired"), "{printed}");
    printed
}

#[test]
fn a_retired_key_is_sealed_to_once_a_verified_controller_serves_it_again() {
    let (new, certificate) = newer();
    let mut lines = vec![(LABELLED, 200, list(&[new, key()])), (LEGACY, 200, list(&[])), changed()];
    lines.extend(serving(&[&pem(), &certificate, &pem()]));
    lines.push(nothing_sealed());
    let laptop = Laptop::new(Server::start_tls(lines, false));
    assert!(laptop.seals(&[]).0);
    retire(&laptop);
    assert!(!laptop.run(&["--offline"]).0);
    assert!(!laptop.run(&["--insecure-skip-tls-verify"]).0);
    let (sealed, printed) = laptop.seals(&[]);
    assert!(sealed, "{printed}");
    assert!(laptop.run(&["--cert", "test-only.crt"]).0);
}

/// A key that is active in the list of the cluster, where its label was set back after it was retired.
fn brought_back(may_list: bool, now: &[serde_json::Value]) -> Laptop {
    let (new, certificate) = newer();
    let review = json!({ "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
                         "metadata": {}, "spec": {}, "status": { "allowed": may_list } });
    let before = list(&[new.clone(), key()]);
    let mut lines = vec![(LABELLED, 200, before), (LABELLED, 200, list(&[&[new][..], now].concat()))];
    lines.extend([(LEGACY, 200, list(&[])), changed(), nothing_sealed()]);
    lines.extend(serving(&[&certificate]));
    lines.push(("/selfsubjectaccessreviews?", 201, review.to_string()));
    let laptop = Laptop::new(Server::start_tls(lines, false));
    let printed = retire(&laptop);
    assert!(printed.contains("`kubeseal-rs keys list` on its cluster finds that out"), "{printed}");
    laptop
}

#[test]
fn a_key_that_was_brought_back_is_known_from_the_list() {
    let laptop = brought_back(true, &[key()]);
    let (listed, printed) = laptop.keys(&["list"]);
    assert!(listed, "{printed}");
    // Without a cluster from now on.
    let (sealed, printed) = laptop.run(&["--cert", "test-only.crt"]);
    assert!(sealed, "{printed}");
}

/// A backup of the key was restored elsewhere, or one of two Secrets of the key was set back.
#[test]
fn what_is_retired_stays_so_until_its_own_cluster_uses_it() {
    let laptop = brought_back(true, &[key()]);
    let lines = vec![(LABELLED, 200, list(&[key()])), (LEGACY, 200, list(&[])), nothing_sealed()];
    let other = Server::start_tls(lines, false);
    let kubeconfig = other.kubeconfig("{}");
    let authority = other.files.as_ref().unwrap()[0].to_str().unwrap();
    let arguments = ["keys", "list", "--kubeconfig", kubeconfig.path().to_str().unwrap()];
    let trust = ["--certificate-authority", authority, "--tls-server-name", "elsewhere.example"];
    let mut command = program(&[&arguments[..], &trust].concat());
    command.env("XDG_CACHE_HOME", laptop.home.path());
    let output = finish(command, b"");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (sealed, printed) = laptop.run(&["--cert", "test-only.crt"]);
    assert!(!sealed && printed.contains("its key was retired"), "{printed}");

    let mut retired = key();
    retired["metadata"]["name"] = json!("sealed-secrets-keyother");
    retired["metadata"]["labels"]["sealedsecrets.bitnami.com/sealed-secrets-key"] = json!("retired");
    let laptop = brought_back(true, &[key(), retired]);
    assert!(laptop.keys(&["list"]).0);
    assert!(!laptop.run(&["--cert", "test-only.crt"]).0);
}

#[test]
fn a_certificate_that_would_be_refused_is_checked_with_the_cluster() {
    let mut retired = key();
    retired["metadata"]["labels"]["sealedsecrets.bitnami.com/sealed-secrets-key"] = json!("retired");
    // A Secret of a wrapped key is what anyone may store who may write Secrets, and shows nothing.
    let planted = wrapped(&key(), "planted", "wrapped", "prod");
    for (may_list, now, seals) in
        [(true, key(), true), (false, key(), false), (true, retired, false), (true, planted, false)]
    {
        let laptop = brought_back(may_list, &[now]);
        let (sealed, printed) = laptop.seals(&["--cert", "test-only.crt"]);
        assert_eq!(sealed, seals, "{may_list}: {printed}");
        assert_eq!(laptop.run(&["--cert", "test-only.crt"]).0, seals);
    }
    // Without a cluster, nothing is asked.
    let laptop = brought_back(true, &[key()]);
    let before = laptop.server.requests().len();
    assert!(!laptop.seals(&["--cert", "test-only.crt", "--offline"]).0);
    assert_eq!(laptop.server.requests().len(), before);
}

#[test]
fn a_renewed_key_takes_the_place_of_the_one_before_it() {
    let (new, certificate) = newer();
    for insecure in [false, true] {
        let mut lines = vec![(LABELLED, 200, list(&[key()])), (LABELLED, 200, list(&[new.clone(), key()]))];
        lines.extend([(LEGACY, 200, list(&[])), (KEY, 200, changed().2)]);
        lines.extend(serving(&[&pem(), &certificate]));
        let laptop = Laptop::new(Server::start_tls(lines, false));
        assert!(laptop.seals(&[]).0);
        let (renewed, printed) = if insecure {
            laptop.run(&["keys", "renew", "--insecure-skip-tls-verify"])
        } else {
            laptop.keys(&["renew"])
        };
        assert!(renewed, "{printed}");
        let cached: String =
            laptop.cached().iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
        assert_eq!(cached.contains(&fingerprint(&certificate)), !insecure, "{cached}");
        assert!(!cached.contains(&fingerprint(&pem())), "{cached}");
        assert_eq!(laptop.run(&["--offline"]).0, !insecure);
    }
}
