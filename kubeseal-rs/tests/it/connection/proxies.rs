//! Through which proxy the API server is reached.

use crate::support::program::{finish, fixture, program, run};
use crate::support::server::Server;

/// A proxy in the kubeconfig wins over the environment. The variables of the environment are read as Go reads them.
#[test]
fn proxies_of_a_kubeconfig_and_of_the_environment() {
    let config = |server: &str, cluster: &str| {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text = std::fs::read_to_string(fixture("kubeconfig.yaml")).unwrap();
        let text = text.replace("http://127.0.0.1:1", &format!("{server}{cluster}"));
        std::fs::write(file.path(), text).unwrap();
        file
    };
    let api = "https://api.example.com:6443";
    for no_proxy in ["", "127.0.0.1", "127.0.0.0/8", "*", "localhost,127.0.0.1,", "a,,b"] {
        let proxy = Server::start(Vec::new());
        let file = config(api, &format!("\n    proxy-url: {}", proxy.url()));
        let mut command = program(&["--fetch-cert", "--kubeconfig", file.path().to_str().unwrap()]);
        command.env("NO_PROXY", no_proxy).env("HTTPS_PROXY", "http://127.0.0.1:1");
        finish(command, b"");
        assert!(
            proxy.requests()[0].starts_with("CONNECT api.example.com:6443 "),
            "{no_proxy}: {:?}",
            proxy.requests()
        );
    }
    for no_proxy in ["localhost,127.0.0.1,", "a,,b", "127.0.0.0/8"] {
        let proxy = Server::start(Vec::new());
        let file = config(api, "");
        let mut command = program(&["--fetch-cert", "--kubeconfig", file.path().to_str().unwrap()]);
        command.env("NO_PROXY", no_proxy).env("HTTPS_PROXY", proxy.url());
        finish(command, b"");
        assert!(
            proxy.requests()[0].starts_with("CONNECT api.example.com:6443 "),
            "{no_proxy}: {:?}",
            proxy.requests()
        );
    }
}

/// A proxy variable that cannot be read is an error, instead of no proxy.
#[test]
fn a_proxy_variable_that_cannot_be_read_ends_the_run() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = std::fs::read_to_string(fixture("kubeconfig.yaml")).unwrap();
    std::fs::write(file.path(), text.replace("http://127.0.0.1:1", "https://api.example.com:6443")).unwrap();
    let connection = ["--fetch-cert", "--kubeconfig", file.path().to_str().unwrap()];
    for arguments in [&connection[..], &["--fetch-cert", "--cert", "https://example.com/cert.pem"]] {
        for value in ["http://joe:hunter2@pro xy:3128", "ftp://joe:hunter2@proxy:3128", "proxy:hunter2"] {
            let mut command = program(arguments);
            command.env("HTTPS_PROXY", value);
            let output = finish(command, b"");
            let printed = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{printed}");
            assert!(
                printed.contains("the variable HTTPS_PROXY does not hold the address of a proxy"),
                "{printed}"
            );
            assert!(
                printed.contains("HTTPS_PROXY=http://HOST:PORT") && !printed.contains("hunter2"),
                "{printed}"
            );
        }
    }
    let mut command = program(&[&connection[..], &["--proxy-url", "ftp://joe:hunter2@proxy:1"]].concat());
    command.env("HTTPS_PROXY", "http://127.0.0.1:1");
    let printed = String::from_utf8(finish(command, b"").stderr).unwrap();
    assert!(printed.contains("--proxy-url is not an address") && !printed.contains("hunter2"), "{printed}");
}

#[test]
fn the_proxy_of_a_flag() {
    let proxy = Server::start(Vec::new());
    let output = run(
        &[
            "--fetch-cert",
            "--kubeconfig",
            "kubeconfig.yaml",
            "--server",
            "https://api.example.com:6443",
            "--proxy-url",
            &proxy.url(),
        ],
        b"",
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(proxy.requests()[0].starts_with("CONNECT api.example.com:6443 "), "{:?}", proxy.requests());
}
