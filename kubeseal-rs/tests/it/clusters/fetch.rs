//! `clusters fetch`: which connection is used, what is trusted, and which file is written.

use super::repository::{Repository, newer};
use crate::support::certificates::{fingerprint, pem, serving};
use crate::support::server::Server;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};

const FILE: &str = "clusters:\n  prod-eu: { certificate: .sealed-secrets/prod-eu.pem, context: eu }\n";
const PATH: &str = ".sealed-secrets/prod-eu.pem";
const FETCH: [&str; 2] = ["clusters", "fetch"];

#[test]
fn a_renewed_certificate_is_written_and_trusted() {
    let newer = newer();
    let eu = Server::start_tls(serving(&[&pem(), &newer, &newer]), false);
    let repository = Repository::new(&[("eu", &eu)]);
    repository.write(".sealed-secrets.yaml", FILE);
    let (code, output, shown) = repository.answers(&FETCH, "y\n");
    assert_eq!(
        (code, output.as_str()),
        (Some(0), "prod-eu: f5b8ca6cdb64 written to .sealed-secrets/prod-eu.pem\n"),
        "{shown}"
    );
    assert!(shown.contains("prod-eu: is reached by context eu"), "{shown}");

    let short = &fingerprint(&newer)[..12];
    assert_eq!(repository.succeeds(&FETCH), format!("prod-eu: {short} written to {PATH}\n"));
    assert_eq!(repository.read(PATH), newer);
    assert_eq!(repository.succeeds(&FETCH), format!("prod-eu: {short} in {PATH} is the newest\n"));
    let list = repository.succeeds(&["clusters", "list", "--trusted-file"]);
    let (old, new) = (fingerprint(&pem()), fingerprint(&newer));
    let expected = format!("prod-eu {old}\nprod-eu {new}\nprod-eu context eu\nrules ");
    assert!(list.starts_with(&expected), "{list}");
}

#[test]
fn ci_fetches_over_the_connections_of_its_list() {
    let eu = Server::start_tls(serving(&[&pem(), &pem()]), false);
    let repository = Repository::new(&[("eu", &eu)]);
    repository.write(".sealed-secrets.yaml", FILE);
    let fetch = ["clusters", "fetch", "--trusted", "../trusted"];
    let list = |text: &str| std::fs::write(repository.beside("trusted"), text).unwrap();
    for text in ["", "prod-eu context dev\n", "prod-us context eu\n"] {
        list(text);
        let error = repository.fails(&fetch);
        assert!(error.contains("prod-eu: is reached by context eu"), "{error}");
        assert!(error.contains("add it to that file: ") && eu.requests().is_empty(), "{error}");
    }
    let (line, key) = ("prod-eu context eu\n", fingerprint(&pem()));
    list(line);
    let output = repository.succeeds(&fetch);
    assert_eq!(
        output,
        format!("prod-eu: f5b8ca6cdb64 written to {PATH}; the list of --trusted lacks prod-eu {key}\n")
    );
    assert_eq!(fingerprint(&repository.read(PATH)), key);
    // The list stays as it is, and so does what was accepted on the machine.
    assert_eq!(std::fs::read_to_string(repository.beside("trusted")).unwrap(), line);
    assert!(!repository.beside("config").exists());
    list(&format!("{line}prod-eu {key}\n"));
    assert_eq!(repository.succeeds(&fetch), format!("prod-eu: f5b8ca6cdb64 in {PATH} is the newest\n"));
}

/// A certificate from an address is written only if the list has its key.
#[test]
fn ci_fetches_no_unlisted_certificate_from_a_url() {
    let server = Server::start_tls(vec![("/cert.pem", 200, pem()), ("/cert.pem", 200, pem())], false);
    let repository = Repository::new(&[]);
    let url = "https://elsewhere.example/v1/cert.pem";
    repository.write(".sealed-secrets.yaml", &FILE.replace("context: eu", &format!("url: \"{url}\"")));
    let fetch = |list: &str| {
        std::fs::write(repository.beside("trusted"), list).unwrap();
        let mut command = repository.command(&["clusters", "fetch", "prod-eu", "--trusted", "../trusted"]);
        command.env("HTTPS_PROXY", proxy(&server)).env("SSL_CERT_FILE", &server.files.as_ref().unwrap()[0]);
        let output = crate::support::program::finish(command, b"");
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    let line = format!("prod-eu url {url}\n");
    let (is_written, error) = fetch(&line);
    assert!(
        !is_written && error.contains(&format!("prod-eu: certificate {}", fingerprint(&pem()))),
        "{error}"
    );
    assert!(!repository.path(PATH).exists());
    let (is_written, error) = fetch(&format!("{line}prod-eu {}\n", fingerprint(&pem())));
    assert!(is_written, "{error}");
    assert_eq!(fingerprint(&repository.read(PATH)), fingerprint(&pem()));
}

#[test]
fn no_request_is_sent_over_a_connection_that_was_not_accepted() {
    let [eu, dev] = [(); 2].map(|()| Server::start_tls(serving(&[&pem()]), false));
    let repository = Repository::new(&[("eu", &eu), ("dev", &dev)]);
    repository.write(".sealed-secrets.yaml", FILE);
    for arguments in [&FETCH[..], &["clusters", "list", "--check"]] {
        let (code, stdout, stderr) = repository.run(arguments);
        let printed = stdout + &stderr;
        assert_eq!(code, Some(1), "{printed}");
        assert!(printed.contains("prod-eu: is reached by context eu"), "{printed}");
        assert!(eu.requests().is_empty());
    }
    // The user's own word needs no trust in the file.
    repository.succeeds(&["clusters", "fetch", "prod-eu", "--context", "eu"]);
    assert_eq!(repository.answers(&["clusters", "trust"], "y\n").0, Some(0));
    // A pull request leads to another cluster.
    repository.write(".sealed-secrets.yaml", &FILE.replace("context: eu", "context: dev"));
    let (_, _, shown) = repository.answers(&FETCH, "n\n");
    assert!(shown.contains("reached by context dev (accepted before: context eu)"), "{shown}");
    repository
        .write(".sealed-secrets.yaml", &FILE.replace("context: eu", "context: eu, controllerName: mine"));
    assert!(
        repository.fails(&FETCH).contains("context eu, controllerName mine (accepted before: context eu)")
    );
    repository
        .write(".sealed-secrets.yaml", &FILE.replace("context: eu", "url: \"https://attacker.example/\""));
    let error = repository.fails(&FETCH);
    assert!(error.contains("url https://attacker.example/ (accepted before: context eu)"), "{error}");
    assert!(dev.requests().is_empty());
}

#[test]
fn a_context_is_given_for_one_cluster() {
    let repository = Repository::new(&[]);
    repository.write(".sealed-secrets.yaml", FILE);
    let (code, _, stderr) = repository.run(&["clusters", "fetch", "--context", "eu"]);
    assert!(code == Some(2) && stderr.contains("--context is for one cluster"), "{stderr}");
    let (code, _, stderr) = repository.run(&["clusters", "fetch", "prod-ue"]);
    assert!(code == Some(2) && stderr.contains("hint: write prod-eu\n"), "{stderr}");
}

#[test]
fn a_file_that_is_no_certificate_stays() {
    let eu = Server::start_tls(serving(&[&pem()]), false);
    let repository = Repository::new(&[("eu", &eu)]);
    repository.write(".sealed-secrets.yaml", &FILE.replace(PATH, "app.yaml"));
    repository.write("app.yaml", "kind: Deployment\n");
    let error = repository.fails(&["clusters", "fetch", "prod-eu", "--context", "eu"]);
    assert!(error.contains("there is a file that holds no certificate"), "{error}");
    assert!(error.contains("if it is a damaged certificate, delete it, and fetch again"), "{error}");
    assert_eq!(repository.read("app.yaml"), "kind: Deployment\n");
}

/// Values for the one would open in the other.
#[test]
fn another_clusters_certificate_is_not_taken_in_silence() {
    let eu = Server::start_tls(serving(&[&pem(), &pem()]), false);
    let repository = Repository::new(&[("eu", &eu), ("us", &eu)]);
    repository
        .write(".sealed-secrets.yaml", &format!("{FILE}  prod-us: {{ certificate: us.pem, context: us }}\n"));
    repository.succeeds(&["clusters", "fetch", "prod-eu", "--context", "eu"]);
    let fetch = ["clusters", "fetch", "prod-us", "--context", "eu", "--warn=always"];
    let (code, _, stderr) = repository.run(&fetch);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(
        stderr.contains("context eu is used, which --context names; that of cluster prod-us is us"),
        "{stderr}"
    );
    assert!(stderr.contains("prod-us has the key f5b8ca6cdb64, which is trusted for prod-eu"), "{stderr}");
}

#[test]
fn one_cluster_that_does_not_answer_does_not_stop_the_others() {
    let eu = Server::start_tls(serving(&[&pem()]), false);
    let us = Server::start_tls(Vec::new(), false);
    let repository = Repository::new(&[("eu", &eu), ("us", &us)]);
    repository
        .write(".sealed-secrets.yaml", &format!("{FILE}  prod-us: {{ certificate: us.pem, context: us }}\n"));
    let (code, output, shown) = repository.answers(&FETCH, "y\n");
    assert_eq!(code, Some(1), "{shown}");
    assert_eq!(output, "prod-eu: f5b8ca6cdb64 written to .sealed-secrets/prod-eu.pem\n");
    assert!(
        shown.contains("prod-us: not fetched: ") && shown.contains("1 of the certificates was not fetched"),
        "{shown}"
    );
}

/// These commands have neither `--cert` nor, when they list, `--context`.
#[test]
fn hints_name_no_flag_that_is_not_there() {
    let repository = Repository::new(&[]);
    repository.write(".sealed-secrets.yaml", FILE);
    repository.write(".sealed-secrets/prod-eu.pem", &pem());
    assert_eq!(repository.answers(&["clusters", "trust"], "y\n").0, Some(0));
    for command in [&["clusters", "list", "--check"][..], &FETCH] {
        let (code, stdout, stderr) = repository.run(command);
        let said = stdout + &stderr;
        assert!(code == Some(1) && said.contains("`kubectl config get-contexts` lists"), "{said}");
        assert!(!said.contains("--cert ") && !said.contains("--context "), "{said}");
    }
}

/// A proxy that connects every client to `server`, whatever address it wants.
fn proxy(server: &Server) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let target = server.url().replace("https://", "");
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(client.try_clone().unwrap());
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|count| count > 2) {
                line.clear();
            }
            let mut client = client;
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            let mut server = TcpStream::connect(&target).unwrap();
            let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut from, &mut to));
            std::thread::spawn(move || std::io::copy(&mut server, &mut client));
        }
    });
    address
}

#[test]
fn what_comes_from_a_url_is_shown_and_asked_for() {
    let server = Server::start_tls(vec![("/cert.pem", 200, pem())], false);
    let repository = Repository::new(&[]);
    let file = FILE.replace("context: eu", "context: eu, url: \"https://elsewhere.example/v1/cert.pem\"");
    repository.write(".sealed-secrets.yaml", &file);
    let mut terminal = {
        let mut command = repository.command(&FETCH);
        command.env("HTTPS_PROXY", proxy(&server)).env("SSL_CERT_FILE", &server.files.as_ref().unwrap()[0]);
        crate::support::terminal::Terminal::start(command)
    };
    terminal.wait_for(" [y/N] ");
    assert!(server.requests().is_empty());
    terminal.type_in("y\n");
    terminal.wait_for(" [y/N] ");
    assert!(!repository.path(PATH).exists());
    terminal.type_in("y\n");
    let (code, output, shown) = terminal.end();
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains(&format!("prod-eu: certificate {}", fingerprint(&pem()))), "{shown}");
    assert!(output.contains("written to"), "{output}");
}

#[test]
fn a_url_is_followed_to_no_other() {
    let server = Server::start_tls(vec![("/cert.pem", 302, String::new())], false);
    let repository = Repository::new(&[]);
    repository.write(
        ".sealed-secrets.yaml",
        &FILE.replace("context: eu", "url: \"https://elsewhere.example/cert.pem\""),
    );
    let mut command = repository.command(&["clusters", "fetch", "prod-eu"]);
    command.env("HTTPS_PROXY", proxy(&server)).env("SSL_CERT_FILE", &server.files.as_ref().unwrap()[0]);
    let mut terminal = crate::support::terminal::Terminal::start(command);
    terminal.wait_for(" [y/N] ");
    terminal.type_in("y\n");
    let (code, _, shown) = terminal.end();
    assert_eq!(code, Some(1), "{shown}");
    assert!(shown.contains("the server answered 302") && shown.contains("followed to no other"), "{shown}");
}
