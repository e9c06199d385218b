//! `reseal` and `--validate` of many, with a token that passes the controller's rate limit, and without one.

use super::tree::{PRESENT, Tree, old};
use super::with_controller::{online, rotated};
use crate::support::program::run;
use crate::support::server::{Line, PORTS, Server, status};

const TOKEN: &str = "/kube-system/serviceaccounts/sealed-secrets-controller-reseal/token?";

fn token() -> Line {
    let answer = r#"{"metadata": {}, "spec": {"audiences": []}, "status": {"token": "t0ken", "expirationTimestamp": "2030-01-01T00:00:00Z"}}"#;
    (TOKEN, 201, answer.into())
}

/// Files with an old SealedSecret each.
fn tree(number: usize) -> Tree {
    let old = old();
    let names: Vec<String> = (0..number).map(|n| format!("{n:03}.yaml")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), old.as_str())).collect();
    Tree::new(&files)
}

fn rotations(requests: &[String]) -> Vec<bool> {
    let rotations = requests.iter().filter(|request| request.contains("/v1/rotate"));
    rotations.map(|request| request.contains("\nsealed-secrets-token: t0ken\r\n")).collect()
}

#[test]
fn many_are_resealed_with_a_token_and_written_in_order() {
    let tree = tree(150);
    let (output, requests) = online(tree.0.path(), vec![token(), rotated(PRESENT)], &["--warn=always"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let stdout = tree.printed(&output.stdout);
    let lines: Vec<&str> = stdout.lines().collect();
    for (number, line) in lines[..150].iter().enumerate() {
        assert!(line.contains(&format!("{number:03}.yaml: ")), "{line}");
    }
    assert!(lines[150].contains("150 resealed"), "{stdout}");
    // A few pass without; nothing of the user's goes to the Service.
    let with_token = rotations(&requests);
    assert_eq!((with_token.len(), with_token.iter().filter(|with| **with).count()), (150, 147));
    let asked: Vec<&String> = requests.iter().filter(|request| request.contains(TOKEN)).collect();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].contains(r#""audiences":["sealed-secrets-controller"]"#), "{}", asked[0]);
    assert!(asked[0].contains(r#""expirationSeconds":600"#), "{}", asked[0]);
}

/// Both are read before either is written.
#[cfg(unix)]
#[test]
fn a_file_with_two_names_does_not_wait_for_itself() {
    let tree = tree(9);
    std::fs::hard_link(tree.path("007.yaml"), tree.path("009.yaml")).unwrap();
    let (output, _) = online(tree.0.path(), vec![token(), rotated(PRESENT)], &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for name in ["007.yaml", "009.yaml"] {
        assert!(tree.text(name).contains("AgNEW="), "{name}");
    }
}

#[test]
fn a_few_need_no_token() {
    let (_, requests) = online(tree(3).0.path(), vec![token(), rotated(PRESENT)], &[]);
    assert_eq!(rotations(&requests), [false; 3]);
    assert!(!requests.iter().any(|request| request.contains(TOKEN)));
}

#[test]
fn one_that_fails_leaves_the_others_theirs() {
    let tree = tree(9);
    let lines = vec![
        token(),
        rotated(PRESENT),
        rotated(PRESENT),
        rotated(PRESENT),
        rotated(PRESENT),
        ("rotate", 409, String::new()),
        rotated(PRESENT),
    ];
    let (output, _) = online(tree.0.path(), lines, &[]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = tree.printed(&output.stderr);
    assert_eq!(stderr.matches("the controller cannot open it").count(), 1, "{stderr}");
    let changed = (0..9).filter(|n| tree.text(&format!("00{n}.yaml")).contains("AgNEW=")).count();
    assert_eq!(changed, 8);
}

/// The rest is not sent; what was in flight is at most what runs at the same time.
#[test]
fn a_cluster_that_begins_to_fail_ends_the_run() {
    let tree = tree(40);
    // The three that are sent one after another, before there is a token, are answered: which of those that are sent at once comes first is not
    // certain.
    let lines =
        vec![token(), rotated(PRESENT), rotated(PRESENT), rotated(PRESENT), ("rotate", 403, String::new())];
    let (output, requests) = online(tree.0.path(), lines, &[]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = tree.printed(&output.stderr);
    assert_eq!(stderr.matches("it was not tried").count(), 34, "{stderr}");
    assert!(rotations(&requests).len() <= 10, "{}", requests.len());
    let changed = (0..40).filter(|n| tree.text(&format!("{n:03}.yaml")).contains("AgNEW=")).count();
    assert_eq!(changed, 3);
}

#[test]
fn without_a_token_one_line_says_what_makes_it_fast() {
    for (code, words) in [
        (
            403,
            "`kubectl create rolebinding NAME -n kube-system --role=sealed-secrets-controller-reseal --user=YOU` allows it",
        ),
        (404, "there is no ServiceAccount kube-system/sealed-secrets-controller-reseal"),
        (500, "no token that passes the limit was created"),
    ] {
        let tree = tree(6);
        let lines = vec![(TOKEN, code, status(code, "Refused", "no")), rotated(PRESENT)];
        let (output, requests) = online(tree.0.path(), lines, &["--warn=always"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let stderr = tree.printed(&output.stderr);
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert!(stderr.starts_with("note: this takes long") && stderr.contains(words), "{stderr}");
        assert_eq!(rotations(&requests), [false; 6]);
        assert_eq!(requests.iter().filter(|request| request.contains(TOKEN)).count(), 1);
    }
}

#[test]
fn many_documents_are_verified_and_resealed_with_a_token() {
    let document = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, namespace: shop}\nspec: {encryptedData: \
                    {password: AgA=, user: AgA=}}\n";
    let input = [document; 8].join("---\n");
    for (flag, line) in [("--validate", ("verify", 200, String::new())), ("--re-encrypt", rotated(PRESENT))] {
        let path = line.0;
        let service = ("/services/sealed-secrets-controller", 200, PORTS.to_owned());
        let server = Server::start(vec![service, token(), line]);
        let kubeconfig = server.kubeconfig("{}");
        let flags = ["--kubeconfig", kubeconfig.path().to_str().unwrap(), flag];
        let output = run(&flags, input.as_bytes());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let requests = server.requests();
        let sent = requests.iter().filter(|request| request.contains(&format!("/v1/{path} ")));
        let with_token = sent.filter(|request| request.contains("\nsealed-secrets-token: t0ken\r\n")).count();
        assert_eq!(with_token, 8, "{flag}");
    }
}
