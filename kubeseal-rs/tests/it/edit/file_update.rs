//! Files that are updated in place: by several programs at once, and where the file cannot be replaced by a new one.

#![expect(clippy::print_stderr, reason = "says what could not be tried")]

use crate::support::program::{finish, fixture, program, run};
use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

const PRESENT: &str = "f5b8ca6cdb64f96f0fd3e0d50116cafb3664a3a52afdb229260d9d8c1054c057";

/// A directory with a SealedSecret in it.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        let secret = b"metadata: {name: db, namespace: shop}\nstringData: {user: admin}\n";
        let sealed = run(&["--cert", "test-only.crt", "-o", "yaml"], secret);
        fs::write(folder.file(), sealed.stdout).unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self) -> PathBuf {
        self.path("sealed.yaml")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }
}

/// Runs a program as a user other than root: file modes do not apply to root.
const ORDINARY: [&str; 3] = ["/usr/bin/setpriv", "--bounding-set=-all", "--inh-caps=-all"];

/// Runs a script in new user and mount namespaces. In the script, `$0 "$@"` is the program.
fn unshared(script: &str) -> [&str; 5] {
    ["/usr/bin/unshare", "-rm", "/bin/sh", "-ec", script]
}

/// The program with these arguments, started by a wrapper.
fn through(wrapper: &[&str], arguments: &[&str]) -> Command {
    let direct = program(arguments);
    let mut command = Command::new(wrapper[0]);
    command.args(&wrapper[1..]).arg(direct.get_program()).args(direct.get_args()).env_clear();
    command.env("HOME", "/nonexistent").env("XDG_CACHE_HOME", "/dev/null").env("PATH", "/usr/bin:/bin");
    command.current_dir(fixture("")).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn ordinary(arguments: &[&str]) -> Command {
    if rustix::process::geteuid().is_root() { through(&ORDINARY, arguments) } else { program(arguments) }
}

/// Whether this machine allows mounts in user namespaces. If not, the test prints that.
fn may_mount() -> bool {
    let status = Command::new("unshare").args(["-rm", "true"]).status();
    let may = status.is_ok_and(|status| status.success());
    if !may {
        eprintln!("not tried: there are no user namespaces here");
    }
    may
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn printed(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn merge_into(file: &Path) -> [&str; 4] {
    ["--cert", "test-only.crt", "--merge-into", file.to_str().unwrap()]
}

fn secret(key: &str) -> Vec<u8> {
    format!("stringData: {{{key}: v}}\n").into_bytes()
}

#[test]
fn concurrent_merges_lose_nothing() {
    let folder = Folder::new();
    let keys: Vec<String> = (0..12).map(|number| format!("k{number}")).collect();
    std::thread::scope(|scope| {
        for key in &keys {
            let file = folder.file();
            scope.spawn(move || {
                let output = run(&merge_into(&file), &secret(key));
                assert!(output.status.success(), "{}", printed(&output));
            });
        }
    });
    let text = folder.text();
    let lost: Vec<&String> = keys.iter().filter(|key| !text.contains(&format!("    {key}: "))).collect();
    assert!(lost.is_empty(), "lost {lost:?}");
}

#[test]
fn edit_and_reseal_wait_for_one_another() {
    let folder = Folder::new();
    fs::write(folder.file(), folder.text().replace(PRESENT, &"0a".repeat(32))).unwrap();
    let editor = folder.path("editor");
    fs::write(&editor, "#!/bin/sh\nsed -i 's/user: .*/user: new/' \"$1\"\n").unwrap();
    set_mode(&editor, 0o755);
    let file = folder.file();
    let file = file.to_str().unwrap();
    let reseal = ["reseal", "--cert", "test-only.crt", "--recovery-private-key", "test-only.key", file];
    for arguments in [&["edit", "--cert", "test-only.crt", file][..], &reseal] {
        let before = folder.text();
        let lock = File::open(file).unwrap();
        lock.lock().unwrap();
        let mut command = program(arguments);
        command.env("EDITOR", &editor).env("PATH", "/usr/bin:/bin");
        let mut child = command.spawn().unwrap();
        sleep(Duration::from_millis(700));
        assert!(child.try_wait().unwrap().is_none(), "{arguments:?} did not wait");
        assert_eq!(folder.text(), before);
        drop(lock);
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", printed(&output));
        assert_ne!(folder.text(), before);
        fs::write(file, before).unwrap();
    }
}

#[test]
fn a_file_that_is_a_mount_is_written_to() {
    if !may_mount() {
        return;
    }
    let folder = Folder::new();
    let mounted = folder.path("mounted.yaml");
    fs::write(&mounted, "").unwrap();
    let (file, mounted) = (folder.file(), mounted.to_str().unwrap().to_owned());
    let script = format!("mount --bind '{}' '{mounted}'; exec \"$0\" \"$@\"", file.display());
    let output = finish(through(&unshared(&script), &merge_into(Path::new(&mounted))), &secret("extra"));
    assert!(output.status.success(), "{}", printed(&output));
    assert!(folder.text().contains("    extra: "), "{}", folder.text());
    let seal = ["--cert", "test-only.crt", "-n", "shop", "-w", &mounted];
    let output = finish(through(&unshared(&script), &seal), b"metadata: {name: a}\nstringData: {k: v}\n");
    assert!(output.status.success(), "{}", printed(&output));
    assert!(folder.text().starts_with("---\n") && !folder.text().contains("extra"), "{}", folder.text());
    assert_eq!(fs::read_dir(folder.0.path()).unwrap().count(), 2);
}

#[test]
fn a_failed_write_in_place_restores_the_file() {
    if !may_mount() {
        return;
    }
    let folder = Folder::new();
    let [small, mounted] = ["small", "mounted.yaml"].map(|name| folder.path(name));
    fs::create_dir(&small).unwrap();
    fs::write(&mounted, "").unwrap();
    let (small, mounted, file) = (small.display(), mounted.display(), folder.file());
    let script = format!(
        "mount -t tmpfs -o size=8k none '{small}'; cp '{}' '{small}/f'; mount --bind '{small}/f' '{mounted}'
         code=0; \"$0\" \"$@\" || code=$?; cmp '{}' '{mounted}'; exit $code",
        file.display(),
        file.display()
    );
    let long = format!("stringData: {{extra: {}}}\n", "x".repeat(20_000));
    let mounted = mounted.to_string();
    let output = finish(through(&unshared(&script), &merge_into(Path::new(&mounted))), long.as_bytes());
    let printed = printed(&output);
    assert!(output.stdout.is_empty() && output.status.code() == Some(1), "{printed}");
    assert!(printed.contains("no space left") && printed.contains("nothing was changed"), "{printed}");
}

#[test]
fn where_no_file_can_be_created_the_one_there_is_written_to() {
    let folder = Folder::new();
    set_mode(folder.0.path(), 0o555);
    let output = finish(ordinary(&merge_into(&folder.file())), &secret("extra"));
    assert!(output.status.success(), "{}", printed(&output));
    assert!(folder.text().contains("    extra: "), "{}", folder.text());

    let new = folder.path("new.yaml");
    let seal = ["--cert", "test-only.crt", "-n", "shop", "-w", new.to_str().unwrap()];
    let output = finish(ordinary(&seal), b"metadata: {name: a}\nstringData: {k: v}\n");
    let printed = printed(&output).replace(folder.0.path().to_str().unwrap(), "FOLDER");
    assert_eq!(output.status.code(), Some(1));
    assert!(printed.contains("because: no file can be created in FOLDER: permission denied\n"), "{printed}");
    assert!(!printed.contains(".sealed-"), "{printed}");
    set_mode(folder.0.path(), 0o755);
}

#[test]
fn what_may_not_be_written_to_is_not_replaced() {
    let folder = Folder::new();
    let before = folder.text();
    set_mode(&folder.file(), 0o444);
    let file = folder.file();
    let file = file.to_str().unwrap();
    let seal = ["--cert", "test-only.crt", "-n", "shop", "-w", file];
    for arguments in [&merge_into(Path::new(file))[..], &seal] {
        let output = finish(ordinary(arguments), b"metadata: {name: a}\nstringData: {k: v}\n");
        let printed = printed(&output);
        assert!(output.status.code() == Some(1) && printed.contains("permission denied"), "{printed}");
        assert!(
            printed.contains("writable (chmod u+w)") || printed.contains("that you may write to"),
            "{printed}"
        );
    }
    let mut edit = ordinary(&["edit", "--cert", "test-only.crt", file]);
    edit.env("EDITOR", format!("touch '{}'", folder.path("opened").display()));
    let output = finish(edit, b"");
    assert!(output.status.code() == Some(1) && !folder.path("opened").exists(), "{}", printed(&output));
    let reseal = ["reseal", "--cert", "test-only.crt", "--recovery-private-key", "test-only.key", file];
    let output = finish(ordinary(&reseal), b"");
    assert!(output.status.success(), "it is up to date: {}", printed(&output));
    let stale = before.replace(PRESENT, &"0a".repeat(32));
    set_mode(&folder.file(), 0o644);
    fs::write(file, &stale).unwrap();
    set_mode(&folder.file(), 0o444);
    let output = finish(ordinary(&reseal), b"");
    assert!(
        output.status.code() == Some(1) && printed(&output).contains("chmod u+w"),
        "{}",
        printed(&output)
    );
    assert_eq!(folder.text(), stale);
}

#[test]
fn the_owner_stays() {
    use std::os::unix::fs::{MetadataExt as _, chown};
    if !rustix::process::geteuid().is_root() {
        eprintln!("not tried: only root can give files away");
        return;
    }
    let folder = Folder::new();
    chown(folder.file(), Some(65534), Some(65533)).unwrap();
    let output = run(&merge_into(&folder.file()), &secret("extra"));
    assert!(output.status.success(), "{}", printed(&output));
    let file = fs::metadata(folder.file()).unwrap();
    assert_eq!((file.uid(), file.gid()), (65534, 65533));
}
