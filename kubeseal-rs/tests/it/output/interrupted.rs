//! Signals end the program, and no temporary file and no half of a file is left behind.

use crate::support::program::program;
use rustix::process::{Pid, Signal, kill_process};
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Child;

fn end_by(signal: Signal, child: &mut Child) {
    kill_process(Pid::from_child(child), signal).unwrap();
    // A shell shows it as exit code 130 or 143.
    assert_eq!(child.wait().unwrap().signal(), Some(signal.as_raw()));
}

#[test]
fn a_long_stream_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("all.yaml");
    for signal in [Signal::INT, Signal::TERM] {
        let mut child =
            program(&["--cert", "test-only.crt", "-w", output.to_str().unwrap()]).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let value = "x".repeat(400_000);
        for number in 0..12 {
            // Each document is read only after those before it have been sealed, except for a few.
            let secret = format!(
                "kind: Secret\nmetadata: {{name: a{number}, namespace: shop}}\nstringData: {{a: {value}}}\n---\n"
            );
            stdin.write_all(secret.as_bytes()).unwrap();
        }
        end_by(signal, &mut child);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn waiting_for_a_server_is_interrupted() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    for signal in [Signal::INT, Signal::TERM] {
        let mut child = program(&["--server", &url, "keys", "list"]).spawn().unwrap();
        // The server never answers.
        let _asked = server.accept().unwrap();
        end_by(signal, &mut child);
    }
}
