//! What `edit` refuses, and that it leaves no temporary file behind.

use super::desk::Desk;
use crate::support::program::finish;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::time::{Duration, Instant};

#[test]
fn what_is_neither_sealed_nor_a_value_is_refused() {
    let desk = Desk::new();
    for value in ["<sealed>hunter2", "<Sealed>", "'hunter2 <SEALED>'"] {
        let script = format!(r#"sed -i "s/  user: .*/  user: {value}/" "$1""#);
        desk.refused(&script, &["item \"user\" has <sealed> in it", "to keep what is sealed"]);
    }
    for null in ["", " ~", " null"] {
        let script = format!(r#"sed -i "s/  user: .*/  user:{null}/" "$1""#);
        desk.refused(&script, &["item \"user\" has no value", "write \"\" for an empty value"]);
    }
    let output = desk.edit(r#"sed -i "s/  user: .*/  user: \"\"/" "$1""#);
    assert!(output.status.success());
    assert_eq!(desk.opened()["data"]["user"], "");
}

#[test]
fn what_does_not_parse_is_wiped_and_said_so() {
    let desk = Desk::new();
    desk.refused(
        r#"echo ' hunter2: [' >> "$1""#,
        &["what was saved in the editor cannot be used", "line 22", "was wiped"],
    );
    desk.refused(r#"sed -i 's/  user: .*/  user: 5/' "$1""#, &["field stringData.user", "quote it"]);
    desk.refused(r#": > "$1""#, &["found no Secret"]);
    let gone = r#"cp "$1" "$1~"; mkdir "$(dirname "$1")/d"; rm "$1""#;
    desk.refused(gone, &["the editor left nothing to read", "hint: what you typed was wiped"]);
    desk.refused("exit 3", &["exit status: 3", "was wiped"]);
    let mut command = desk.command("true");
    command.env("EDITOR", "/nonexistent/editor --wait");
    let output = finish(command, b"");
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8(output.stderr).unwrap();
    assert!(
        printed.contains("there is no editor \"/nonexistent/editor --wait\"")
            && printed.contains("set VISUAL"),
        "{printed}"
    );
    desk.assert_clean();
}

#[test]
fn signals_do_not_leave_anything_behind() {
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let desk = Desk::new();
        let before = desk.text();
        let script =
            format!("echo 'x: hunter2' >> \"$1\"\n: > '{}'\nsleep 2", desk.path("listing").display());
        let mut child = desk.command(&script).spawn().unwrap();
        wait_for(&desk.path("listing"));
        let sent = std::process::Command::new("kill").args(["-s", signal, &child.id().to_string()]).status();
        assert!(sent.unwrap().success());
        let status = child.wait().unwrap();
        assert_eq!(status.code(), Some(code), "{signal}");
        let mut printed = String::new();
        child.stderr.take().unwrap().read_to_string(&mut printed).unwrap();
        assert!(printed.contains("stopped by a signal"), "{printed}");
        assert_eq!(desk.text(), before);
        desk.assert_clean();
    }
}

fn wait_for(path: &Path) {
    let start = Instant::now();
    while !path.exists() {
        assert!(start.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_file_that_changed_meanwhile_is_left_alone() {
    let desk = Desk::new();
    let script = format!("echo '# x' >> '{}'; sed -i 's/<sealed>/x/' \"$1\"", desk.file().display());
    let output = desk.edit(&script);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("another program changed it"));
    assert!(desk.text().ends_with("# x\n"));
}

#[test]
fn without_a_sealed_secret_there_is_nothing_to_edit() {
    let desk = Desk::new();
    fs::write(desk.file(), "kind: Secret\nstringData: {a: hunter2}\n").unwrap();
    let output = desk.edit("true");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("found no SealedSecret"));
    assert!(!desk.path("seen").exists());
}
