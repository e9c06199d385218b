//! `--cert URL`: which proxy the certificate comes through.

use crate::support::program::{finish, fixture, program};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};

/// Answers one request on each connection, the first as the first says. Gives its address, and where the requests begin.
fn answering(answers: Vec<String>, is_socks: bool) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let answer_all = move || {
        let answer = |answer: String| {
            let mut stream = listener.accept().unwrap().0;
            let mut begin = String::new();
            if is_socks {
                let mut bytes = [0; 256];
                assert!(stream.read(&mut bytes).unwrap() > 2);
                stream.write_all(&[5, 0]).unwrap();
                let length = stream.read(&mut bytes).unwrap();
                begin = String::from_utf8_lossy(&bytes[5..length - 2]).into_owned() + " ";
                stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
            }
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            begin.push_str(&lines.next().unwrap());
            lines.find(String::is_empty);
            stream.write_all(answer.as_bytes()).unwrap();
            begin
        };
        answers.into_iter().map(answer).collect()
    };
    (address, std::thread::spawn(answer_all))
}

fn certificate_answer() -> String {
    let text = std::fs::read_to_string(fixture("test-only.crt")).unwrap();
    format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{text}", text.len())
}

fn redirect(to: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")
}

const BEHIND_A_PROXY: &str = "http://certs.invalid/cert.pem";

/// Fetches the certificate from there, with this in the environment.
fn fetch(url: &str, environment: &[(&str, &str)]) -> (bool, String) {
    let mut command = program(&["--fetch-cert", "--cert", url]);
    command.envs(environment.iter().copied());
    let output = finish(command, b"");
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

/// A certificate behind a URL comes through the proxy that was found sound, and through no other.
#[test]
fn the_proxy_that_is_checked_is_the_one_that_is_used() {
    for (before, after, empty) in
        [("http://", "", false), ("http://", " ", false), ("", "\r", false), (" ", "", false), ("", "", true)]
    {
        let (proxy, asked) = answering(vec![certificate_answer()], false);
        let value = format!("{before}{proxy}{after}");
        let environment = if empty {
            vec![("HTTP_PROXY", ""), ("http_proxy", value.as_str())]
        } else {
            vec![("HTTP_PROXY", value.as_str())]
        };
        let (fetched, told) = fetch(BEHIND_A_PROXY, &environment);
        assert!(fetched, "{environment:?}: {told}");
        assert_eq!(asked.join().unwrap(), [format!("GET {BEHIND_A_PROXY} HTTP/1.1")], "{environment:?}");
    }
    let (proxy, asked) = answering(vec![certificate_answer()], true);
    let (fetched, told) = fetch(BEHIND_A_PROXY, &[("HTTP_PROXY", &format!("socks5://{proxy}"))]);
    assert!(fetched, "{told}");
    // The proxy looks the name up.
    assert_eq!(asked.join().unwrap(), ["certs.invalid GET /cert.pem HTTP/1.1"]);
}

#[test]
fn a_redirect_goes_the_way_that_the_environment_names_for_it() {
    let (proxy, by_proxy) = answering(vec![certificate_answer()], false);
    let (server, direct) = answering(vec![redirect(BEHIND_A_PROXY)], false);
    let (fetched, told) = fetch(&format!("http://{server}/cert.pem"), &[("HTTP_PROXY", &proxy)]);
    assert!(fetched, "{told}");
    assert_eq!(direct.join().unwrap(), ["GET /cert.pem HTTP/1.1"]);
    assert_eq!(by_proxy.join().unwrap(), [format!("GET {BEHIND_A_PROXY} HTTP/1.1")]);

    let (server, direct) = answering(vec![certificate_answer()], false);
    let (proxy, by_proxy) = answering(vec![redirect(&format!("http://{server}/cert.pem"))], false);
    let (fetched, told) = fetch(BEHIND_A_PROXY, &[("HTTP_PROXY", &proxy)]);
    assert!(fetched, "{told}");
    assert_eq!(by_proxy.join().unwrap(), [format!("GET {BEHIND_A_PROXY} HTTP/1.1")]);
    assert_eq!(direct.join().unwrap(), ["GET /cert.pem HTTP/1.1"]);

    let (server, _) = answering(vec![redirect("https://certs.invalid/cert.pem")], false);
    let broken = ("HTTPS_PROXY", "ftp://joe:hunter2@proxy:1");
    let (fetched, told) = fetch(&format!("http://{server}/cert.pem"), &[broken]);
    assert!(!fetched && told.contains("the variable HTTPS_PROXY does not hold"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}
