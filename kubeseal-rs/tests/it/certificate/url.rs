//! `--cert URL`: through which proxy the certificate is fetched.

use crate::support::program::{finish, fixture, program};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};

/// A proxy that gives the first connection the first response, the second the second, and so on. Returns its address,
/// and the first lines of the requests.
fn proxy_answering(responses: Vec<String>, is_socks: bool) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let answer_all = move || {
        let response = |response: String| {
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
            stream.write_all(response.as_bytes()).unwrap();
            begin
        };
        responses.into_iter().map(response).collect()
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

/// Fetches the certificate from this URL, with these environment variables.
fn fetch(url: &str, environment: &[(&str, &str)]) -> (bool, String) {
    let mut command = program(&["--fetch-cert", "--cert", url]);
    command.envs(environment.iter().copied());
    let output = finish(command, b"");
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

/// A certificate behind a URL is fetched through the proxy that was checked, and through no other.
#[test]
fn the_proxy_that_is_checked_is_the_one_that_is_used() {
    for (before, after, empty) in
        [("http://", "", false), ("http://", " ", false), ("", "\r", false), (" ", "", false), ("", "", true)]
    {
        let (proxy, requests) = proxy_answering(vec![certificate_answer()], false);
        let value = format!("{before}{proxy}{after}");
        let environment = if empty {
            vec![("HTTP_PROXY", ""), ("http_proxy", value.as_str())]
        } else {
            vec![("HTTP_PROXY", value.as_str())]
        };
        let (fetched, printed) = fetch(BEHIND_A_PROXY, &environment);
        assert!(fetched, "{environment:?}: {printed}");
        assert_eq!(requests.join().unwrap(), [format!("GET {BEHIND_A_PROXY} HTTP/1.1")], "{environment:?}");
    }
    let (proxy, requests) = proxy_answering(vec![certificate_answer()], true);
    let (fetched, printed) = fetch(BEHIND_A_PROXY, &[("HTTP_PROXY", &format!("socks5://{proxy}"))]);
    assert!(fetched, "{printed}");
    // The proxy resolves the host name.
    assert_eq!(requests.join().unwrap(), ["certs.invalid GET /cert.pem HTTP/1.1"]);
}

#[test]
fn a_redirect_goes_the_way_that_the_environment_names_for_it() {
    let (proxy, by_proxy) = proxy_answering(vec![certificate_answer()], false);
    let (server, direct) = proxy_answering(vec![redirect(BEHIND_A_PROXY)], false);
    let (fetched, printed) = fetch(&format!("http://{server}/cert.pem"), &[("HTTP_PROXY", &proxy)]);
    assert!(fetched, "{printed}");
    assert_eq!(direct.join().unwrap(), ["GET /cert.pem HTTP/1.1"]);
    assert_eq!(by_proxy.join().unwrap(), [format!("GET {BEHIND_A_PROXY} HTTP/1.1")]);

    let (server, direct) = proxy_answering(vec![certificate_answer()], false);
    let (proxy, by_proxy) = proxy_answering(vec![redirect(&format!("http://{server}/cert.pem"))], false);
    let (fetched, printed) = fetch(BEHIND_A_PROXY, &[("HTTP_PROXY", &proxy)]);
    assert!(fetched, "{printed}");
    assert_eq!(by_proxy.join().unwrap(), [format!("GET {BEHIND_A_PROXY} HTTP/1.1")]);
    assert_eq!(direct.join().unwrap(), ["GET /cert.pem HTTP/1.1"]);

    let (server, _) = proxy_answering(vec![redirect("https://certs.invalid/cert.pem")], false);
    let broken = ("HTTPS_PROXY", "ftp://joe:hunter2@proxy:1");
    let (fetched, printed) = fetch(&format!("http://{server}/cert.pem"), &[broken]);
    assert!(!fetched && printed.contains("the variable HTTPS_PROXY does not hold"), "{printed}");
    assert!(!printed.contains("hunter2"), "{printed}");
}
