//! `init`: a project file from the contexts of a kubeconfig.

use super::repository::{Repository, newer};
use crate::support::certificates::{fingerprint, pem, serving};
use crate::support::server::Server;
use crate::support::terminal::Terminal;
use std::fs;

const AGE: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

const INIT: [&str; 5] = ["init", "--cluster", "prod-eu=eu", "--cluster", "prod-us=us"];

#[test]
fn flags_make_a_file_that_is_trusted_and_fetched() {
    let newer = newer();
    let [eu, us] = [pem(), newer.clone()].map(|pem| Server::start_tls(serving(&[&pem]), false));
    let repository = Repository::new(&[("eu", &eu), ("us", &us)]);
    repository.write("apps/db.yaml", "");
    let recipient = format!("dr={AGE}");
    let output = repository.succeeds(&[&INIT[..], &["--recipient", &recipient]].concat());
    assert!(output.starts_with("prod-eu: f5b8ca6cdb64 written to .sealed-secrets/prod-eu.pem\n"), "{output}");
    assert!(output.ends_with("/.sealed-secrets.yaml written, with 3 clusters\n"), "{output}");

    let file = repository.read(".sealed-secrets.yaml");
    assert!(file.starts_with("# yaml-language-server: $schema=.sealed-secrets/schema.json\n"), "{file}");
    assert!(file.contains("  - { path: \"**\", to: [prod-eu, prod-us, dr] }\n"), "{file}");
    assert_eq!(repository.read(".sealed-secrets/prod-us.pem"), newer);
    assert!(repository.read(".sealed-secrets/schema.json").contains("\"clusters\""));

    // From a folder below, and without a question: everything is trusted.
    let mut command = repository.command(&["clusters", "list", "--check"]);
    let output = command.current_dir(repository.path("apps")).output().unwrap();
    let expected = format!(
        "NAME     KEY            VALID UNTIL  TRUSTED  ON THE CLUSTER\n\
         prod-eu  f5b8ca6cdb64   2126-10-30   yes      the same\n\
         prod-us  {}   {}   yes      the same\n\
         dr       age1ql3z7hjy…               yes\n",
        &fingerprint(&newer)[..12],
        envelope::Certificate::from_pem(&newer).unwrap().not_after().strftime("%Y-%m-%d"),
    );
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        expected,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );

    let error = repository.fails(&INIT);
    assert!(error.contains(".sealed-secrets.yaml is there already"), "{error}");
    assert_eq!(repository.read(".sealed-secrets.yaml"), file);
}

#[test]
fn nothing_is_written_through_a_link_that_leads_out() {
    let eu = Server::start_tls(Vec::new(), false);
    let repository = Repository::new(&[("eu", &eu)]);
    fs::create_dir(repository.beside("outside")).unwrap();
    std::os::unix::fs::symlink("../outside", repository.path(".sealed-secrets")).unwrap();
    let error = repository.fails(&["init", "--offline", "--cluster", "prod-eu=eu"]);
    assert!(error.contains("a symbolic link leads out of the repository"), "{error}");
    assert_eq!(fs::read_dir(repository.beside("outside")).unwrap().count(), 0);
    assert!(!repository.path(".sealed-secrets.yaml").exists());
}

#[test]
fn nothing_is_written_before_every_certificate_is_there() {
    let eu = Server::start_tls(serving(&[&pem()]), false);
    let repository = Repository::new(&[("eu", &eu)]);
    let untouched = || fs::read_dir(repository.path("")).unwrap().count() == 1;
    let error = repository.fails(&INIT);
    assert!(error.contains("cannot get the certificate of cluster prod-us") && untouched(), "{error}");

    // A certificate of someone else's is not overwritten.
    repository.write(".sealed-secrets/prod-eu.pem", "other\n");
    let error = repository.fails(&["init", "--cluster", "prod-eu=eu"]);
    assert!(error.contains("prod-eu.pem is there already"), "{error}");
    assert_eq!(repository.read(".sealed-secrets/prod-eu.pem"), "other\n");
    assert!(!repository.path(".sealed-secrets.yaml").exists());
}

#[test]
fn a_server_that_is_not_verified_is_not_trusted() {
    let eu = Server::start(serving(&[&pem(), &pem()]));
    let repository = Repository::new(&[("eu", &eu)]);
    let init = ["init", "--cluster", "prod-eu=eu"];
    let error = repository.fails(&init);
    assert!(error.contains(&format!("prod-eu: certificate {}", fingerprint(&pem()))), "{error}");
    assert!(error.contains("it did not come over the verified API server"), "{error}");
    assert!(!repository.path(".sealed-secrets.yaml").exists());
    let (code, _, shown) = repository.answers(&init, "y\n");
    assert_eq!(code, Some(0), "{shown}");
}

#[test]
fn without_a_terminal_the_clusters_are_named() {
    let repository = Repository::new(&[("eu", &Server::start(Vec::new()))]);
    let (code, _, stderr) = repository.run(&["init"]);
    assert!(code == Some(2) && stderr.contains("no cluster was chosen"), "{stderr}");
}

#[test]
fn at_a_terminal_it_asks_for_names() {
    let [eu, us] = [(); 2].map(|()| Server::start_tls(serving(&[&pem()]), false));
    let repository = Repository::new(&[("admin@EU", &eu), ("us", &us), ("other", &us)]);
    let mut terminal = Terminal::start(repository.command(&["init"]));
    for (question, answer) in [
        ("name of the cluster [admin-eu, - for none]: ", "rules\n"),
        ("name of the cluster [admin-eu, - for none]: ", "\n"),
        ("name of the cluster [us, - for none]: ", "prod-us\n"),
        ("name of the cluster [other, - for none]: ", "-\n"),
        ("[age1…, empty for none]: ", "age1\n"),
        ("[age1…, empty for none]: ", &format!("{AGE}\n")),
    ] {
        terminal.wait_for(question);
        terminal.type_in(answer);
    }
    let (code, output, shown) = terminal.end();
    assert_eq!(code, Some(0), "{shown}");
    assert!(output.contains("with 3 clusters"), "{output}");
    assert!(shown.contains("\"rules\" cannot be the name of a cluster; once more"), "{shown}");
    let file = repository.read(".sealed-secrets.yaml");
    assert!(file.contains("to: [admin-eu, prod-us, dr]") && file.contains("context: \"admin@EU\""), "{file}");
}

#[test]
fn offline_it_takes_what_was_served_last() {
    let eu = Server::start_tls(serving(&[&pem()]), false);
    let repository = Repository::new(&[("eu", &eu), ("us", &eu)]);
    repository.succeeds(&["--fetch-cert", "--context", "eu"]);
    let count = eu.requests().len();
    let output = repository.succeeds(&[&INIT[..], &["--offline"]].concat());
    assert!(output.contains("prod-eu: f5b8ca6cdb64 written"), "{output}");
    assert!(output.contains("`kubeseal-rs clusters fetch` writes .sealed-secrets/prod-us.pem"), "{output}");
    assert_eq!(eu.requests().len(), count);
    let (code, output, _) = repository.run(&["clusters", "list"]);
    assert_eq!(code, Some(1));
    assert!(output.contains("\nprod-us  ?") && output.contains("clusters fetch prod-us"), "{output}");
}
