//! Where the result is written: whole files or none, and a reader that closes the pipe early.

use crate::support::program::{finish, program, run};
use std::path::Path;
use std::process::Stdio;

const SECRET: &[u8] = b"metadata: {name: a}\nstringData: {k: hunter2-planted}\n";

fn seal_to(path: &Path, input: &[u8]) -> std::process::Output {
    run(&["--cert", "test-only.crt", "-n", "shop", "-w", path.to_str().unwrap()], input)
}

fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn the_extension_chooses_yaml() {
    let directory = tempfile::tempdir().unwrap();
    for (name, start) in [("a.yaml", "---\n"), ("a.yml", "---\n"), ("a.json", "{\n"), ("a", "{\n")] {
        let path = directory.path().join(name);
        let output = seal_to(&path, SECRET);
        assert!(output.status.success() && output.stdout.is_empty());
        assert!(std::fs::read_to_string(path).unwrap().starts_with(start), "{name}");
    }
}

#[test]
fn a_failure_leaves_the_old_file_and_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sealed.yaml");
    std::fs::write(&path, "old").unwrap();
    let broken = [SECRET, b"---\n", SECRET, b"---\nmetadata: [\n"].concat();
    assert_eq!(seal_to(&path, &broken).status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(names(directory.path()), ["sealed.yaml"]);
}

fn stream(count: usize, size: usize) -> Vec<u8> {
    let value = "x".repeat(size);
    let secret = |number| format!("---\nmetadata: {{name: n{number}}}\nstringData: {{k: {value}}}\n");
    (0..count).map(secret).collect::<String>().into_bytes()
}

fn assert_in_order(text: &[u8], count: usize) {
    let text = std::str::from_utf8(text).unwrap();
    let names = text.lines().filter_map(|line| line.strip_prefix("  name: "));
    assert!(names.eq((0..count).map(|number| format!("n{number}"))));
    assert_eq!(text.matches("kind: SealedSecret\n").count(), count);
}

#[test]
fn many_come_out_in_order_whether_memory_holds_them_or_not() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sealed.yaml");
    // The last size is several megabytes, which go through a temporary file; without a directory for one, through
    // memory.
    for (count, size, temporary) in
        [(3, 1, "/tmp"), (200, 1, "/tmp"), (60, 50_000, "/tmp"), (60, 50_000, "/nowhere")]
    {
        let input = stream(count, size);
        let mut command = program(&["--cert", "test-only.crt", "-n", "shop", "-o", "yaml"]);
        command.env("TMPDIR", temporary);
        let output = finish(command, &input);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_in_order(&output.stdout, count);
        assert!(seal_to(&path, &input).status.success());
        assert_in_order(&std::fs::read(&path).unwrap(), count);
        assert_eq!(names(directory.path()), ["sealed.yaml"]);
    }
}

#[test]
fn a_broken_one_among_many_is_named_and_nothing_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sealed.yaml");
    std::fs::write(&path, "old").unwrap();
    let (before, after) = (stream(100, 50_000), stream(100, 10));
    for (broken, words) in [
        ("metadata: [", "document 101, line 302"),
        (
            "metadata: {name: a}",
            "the Secret in standard input, document 101 (Secret a), line 302, column 1 has no data",
        ),
        (
            "stringData: {k: v}",
            "the Secret in standard input, document 101, line 302, column 1 has no metadata.name",
        ),
        ("{\"metadata\": {}} {\"kind\": \"Pod\"}", "document 102, line 302"),
        (
            "metadata: {name: a, namespace: other}\nstringData: {k: v}",
            "document 101 (Secret other/a), line 302",
        ),
    ] {
        let input = [&before, "---\n".as_bytes(), broken.as_bytes(), b"\n", &after].concat();
        let output = run(&["--cert", "test-only.crt", "-n", "shop"], &input);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && output.stdout.is_empty(), "{stderr}");
        assert!(stderr.contains(words), "no {words:?} in {stderr}");
        assert_eq!(seal_to(&path, &input).status.code(), Some(1));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(directory.path()), ["sealed.yaml"]);
    }
    // A document that is not UTF-8, behind many that are.
    let output = run(&["--cert", "test-only.crt", "-n", "shop"], &[&before[..], b"---\na: \xff\n"].concat());
    assert!(output.status.code() == Some(1) && output.stdout.is_empty());
}

#[test]
fn success_leaves_no_other_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sealed.yaml");
    std::fs::write(&path, "old").unwrap();
    assert!(seal_to(&path, SECRET).status.success());
    assert_ne!(std::fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(names(directory.path()), ["sealed.yaml"]);
}

#[cfg(unix)]
#[test]
fn modes_and_links_stay() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sealed.yaml");
    assert!(seal_to(&path, SECRET).status.success());
    let others = std::fs::metadata(&path).unwrap().mode() & 0o777;
    assert_eq!(others & 0o600, 0o600);
    assert_eq!(others & 0o133, 0, "{others:o}");

    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let link = directory.path().join("link.yaml");
    symlink(&path, &link).unwrap();
    assert!(seal_to(&link, SECRET).status.success());
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o640);
}

#[cfg(unix)]
#[test]
fn devices_are_written_to() {
    let output = seal_to(Path::new("/dev/stdout"), SECRET);
    assert!(output.status.success());
    assert!(output.stdout.starts_with(b"{\n"));
}

#[test]
fn what_is_cut_off_is_no_success() {
    let sealed = run(&["--cert", "test-only.crt", "-n", "shop"], SECRET).stdout;
    for (arguments, input) in [
        (&["--cert", "test-only.crt", "-n", "shop"][..], SECRET),
        (&["--recovery-unseal", "--recovery-private-key", "test-only.key"], &sealed),
        (&["completion", "bash"], b""),
        (&["--help"], b""),
    ] {
        let mut command = program(arguments);
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        command.stdout(Stdio::from(writer));
        let output = finish(command, input);
        let printed = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(141) && printed.is_empty(), "{arguments:?}: {printed}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_printed_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sealed.yaml");
    assert!(seal_to(&path, SECRET).status.success());
    for (arguments, code) in [
        (&["--cert", "nowhere.crt"][..], 1),
        (&["--raw", "--cert", "test-only.crt"], 1),
        (&["--no-such-flag"], 2),
        // A warning.
        (
            &[
                "--cert",
                "test-only.crt",
                "-o",
                "json",
                "--warn=always",
                "--merge-into",
                path.to_str().unwrap(),
            ],
            0,
        ),
    ] {
        let mut command = program(arguments);
        command.stderr(std::fs::File::options().write(true).open("/dev/full").unwrap());
        assert_eq!(finish(command, SECRET).status.code(), Some(code), "{arguments:?}");
    }
}

#[cfg(unix)]
#[test]
fn the_program_uses_the_name_it_was_called_by() {
    use std::os::unix::process::CommandExt as _;
    let mut command = program(&["--version"]);
    command.arg0("/usr/local/bin/kubeseal");
    let output = finish(command, b"");
    assert!(output.stdout.starts_with(b"kubeseal version: v"));
}
