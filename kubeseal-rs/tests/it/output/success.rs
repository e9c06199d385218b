//! The line at a terminal about a file that was written. A pipe gets nothing.

use crate::support::program::{finish, fixture, program, run};
use crate::support::terminal::Terminal;
use std::process::Command;

const SECRET: &str = "kind: Secret\napiVersion: v1\nmetadata: {name: db, namespace: shop}\nstringData: {a: hunter2, b: hunter3}\n";

/// A folder with a Secret, and the program in it.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret.yaml"), SECRET).unwrap();
        Self(folder)
    }

    fn command(&self, arguments: &str) -> Command {
        let certificate = fixture("test-only.crt");
        let arguments = arguments.replace("CERT", &format!("--cert {}", certificate.display()));
        let arguments = arguments.replace("KEY", fixture("test-only.key").to_str().unwrap());
        let mut command = program(&arguments.split(' ').collect::<Vec<_>>());
        command.current_dir(self.0.path());
        command
    }

    fn at_terminal(&self, arguments: &str) -> String {
        let (code, output, shown) = Terminal::start(self.command(arguments)).end();
        assert_eq!((code, output.as_str()), (Some(0), ""), "{shown}");
        shown
    }
}

#[test]
fn a_terminal_shows_what_was_written() {
    let desk = Desk::new();
    for (arguments, line) in [
        ("CERT -f secret.yaml -w db.yaml", "wrote db.yaml: 2 items, strict, for shop/db"),
        (
            "CERT -f secret.yaml -w wide.yaml --scope cluster-wide",
            "wrote wide.yaml: 2 items, cluster-wide, for any name and namespace",
        ),
        (
            "create db CERT -n shop --from-literal c=1 -w other.yaml",
            "wrote other.yaml: 1 item, strict, for shop/db",
        ),
        (
            "create db CERT --from-literal c=1 --merge-into db.yaml",
            "wrote db.yaml: 1 item, strict, for shop/db",
        ),
        ("CERT -f secret.yaml --merge-into db.yaml", "wrote db.yaml: 2 items, strict, for shop/db"),
        (
            "CERT --raw --name db -n shop --from-file secret.yaml -w raw",
            "wrote raw: 1 item, strict, for shop/db",
        ),
        ("--fetch-cert CERT -w cert.pem", "wrote cert.pem: the certificate to seal with"),
        (
            "--recovery-unseal --recovery-private-key KEY -f db.yaml -w out.yaml",
            "wrote out.yaml: 1 Secret, in plaintext",
        ),
    ] {
        assert_eq!(desk.at_terminal(arguments), format!("{line}\r\n"), "{arguments}");
    }
}

#[test]
fn nothing_else_shows_it() {
    let desk = Desk::new();
    assert_eq!(desk.at_terminal("CERT -f secret.yaml -w db.yaml --quiet"), "");
    let piped = finish(desk.command("CERT -f secret.yaml -w db.yaml --warn=always"), b"");
    assert_eq!(String::from_utf8([piped.stdout, piped.stderr].concat()).unwrap(), "");
    // What goes to standard output is its own sign of success.
    let (code, output, shown) = Terminal::start(desk.command("CERT -f secret.yaml")).end();
    assert!(code == Some(0) && output.contains("SealedSecret"), "{output}");
    assert_eq!(shown, "");
}

#[test]
fn several_objects_are_counted() {
    let desk = Desk::new();
    let second = SECRET.replace("name: db", "name: web").replace("b: hunter3", "");
    std::fs::write(desk.0.path().join("secret.yaml"), format!("{SECRET}---\n{second}")).unwrap();
    let shown = desk.at_terminal("CERT -f secret.yaml -w all.yaml");
    assert_eq!(shown, "wrote all.yaml: 2 SealedSecrets, 3 items\r\n");
    assert!(
        run(&["inspect", desk.0.path().join("all.yaml").to_str().unwrap(), "--cert", "test-only.crt"], b"")
            .status
            .success()
    );
}
