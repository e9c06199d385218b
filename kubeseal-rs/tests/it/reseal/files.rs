//! Which files `reseal` finds in a folder, and what it prints about files that do not parse.

use super::tree::{CERT, PRESENT, Tree, old, with_key};
use crate::support::program::{program, run};
use std::fs;
use std::path::PathBuf;
use std::process::Output;

#[test]
fn files_are_found_as_git_sees_them() {
    let old = old();
    let tree = Tree::new(&[
        (".gitignore", "ignored.yaml\nout/\n"),
        ("a.yaml", &old),
        ("b/c.yml", &old),
        ("b/d.json", "{\"kind\": \"SealedSecret\"}\n"),
        (".hidden/e.yaml", &old),
        ("f.txt", &old),
        ("ignored.yaml", &old),
        ("out/g.yaml", &old),
        (".git/h.yaml", &old),
        ("binary.json", "\u{0}\u{1}"),
        ("templates/chart.yaml", "{{ if .Values.a }}\nkind: Secret\n"),
    ]);
    let (code, stdout, stderr) = tree.run(&[&CERT[..], &["--check"]].concat());
    assert_eq!(code, Some(1));
    let line = |path: &str| {
        format!("{path}: document 1 (SealedSecret shop/db), line 2: sealed to certificate 0a0a0a0a0a0a\n")
    };
    let expected = [".hidden/e.yaml", "a.yaml", "b/c.yml"].map(line).concat();
    assert_eq!(
        stdout,
        format!("{expected}3 of 3 SealedSecrets in 3 files not sealed to the present certificate\n")
    );
    assert_eq!(
        stderr,
        "error: 3 SealedSecrets are not sealed to the present certificate\nhint: run the same without --check\n"
    );
    assert_eq!(tree.text("a.yaml"), old);

    // A file given by name is read, whatever its extension, and once.
    let file = tree.path("f.txt");
    let output = run(
        &[
            "reseal",
            "--check",
            "--quiet",
            "--cert",
            "test-only.crt",
            file.to_str().unwrap(),
            file.to_str().unwrap(),
        ],
        b"",
    );
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(tree.printed(&output.stderr).starts_with("error: 1 SealedSecret is not"));
}

#[test]
fn what_git_tracks_counts_though_it_is_ignored() {
    let old = old();
    let tree = Tree::new(&[(".gitignore", "a.yaml\nb.yaml\n"), ("a.yaml", &old), ("b.yaml", &old)]);
    for arguments in [&["init", "-q"][..], &["add", "-f", "a.yaml"]] {
        let git =
            std::process::Command::new("git").args(arguments).current_dir(tree.0.path()).status().unwrap();
        assert!(git.success());
    }
    let (code, stdout, stderr) = tree.run(&[&CERT[..], &["--check"]].concat());
    assert_eq!(code, Some(1), "{stdout}{stderr}");
    assert!(
        stdout.contains("a.yaml: document 1 (SealedSecret shop/db), line")
            && stdout.contains("1 of 1 SealedSecret"),
        "{stdout}"
    );
}

#[test]
fn a_file_given_by_name_must_hold_a_sealed_secret() {
    let tree = Tree::new(&[
        ("broken.yaml", "a: [\n"),
        ("ok.yaml", "a: b\n"),
        ("sub/broken.yaml", "a: [\n"),
        ("a.yaml", &old()),
    ]);
    let on = |names: &[&str], flags: &[&str]| {
        let paths: Vec<PathBuf> = names.iter().map(|name| tree.path(name)).collect();
        let paths: Vec<&str> = paths.iter().map(|path| path.to_str().unwrap()).collect();
        let output = run(&[&["reseal"], flags, &paths].concat(), b"");
        (output.status.code(), tree.printed(&output.stdout), tree.printed(&output.stderr))
    };
    for flags in [[&CERT[..], &["--check"]].concat(), with_key()] {
        let (code, _, stderr) = on(&["broken.yaml", "ok.yaml"], &flags);
        assert!(
            code == Some(1) && stderr.contains("  broken.yaml: document 1, line 1 is not well-formed"),
            "{stderr}"
        );
        for (name, said) in [("ok.yaml", "in 1 file\n"), ("sub", "in 1 file\n")] {
            let (code, stdout, stderr) = on(&[name], &flags);
            assert!(code == Some(1) && stdout.is_empty(), "{name}: {stdout}");
            assert!(
                stderr.contains(&format!("error: found no SealedSecret {said}hint: ")),
                "{name}: {stderr}"
            );
        }
    }
    // Beside other files it is reported, as by `inspect`; other files of a directory need not parse.
    let (code, stdout, stderr) =
        on(&["ok.yaml", "sub", "a.yaml"], &[&with_key()[..], &["--warn=always"]].concat());
    assert!(code == Some(0) && stdout.contains("1 resealed"), "{stdout}{stderr}");
    assert_eq!(stderr, "warning: found no SealedSecret in ok.yaml; it is skipped\n");
    // A shell's `*` names every file.
    let chart = [
        ("c.yaml", "kind: Deployment\nspec: {{ .Values.spec }}\n"),
        ("README.md", "[a\n"),
        ("i.png", "\0\u{1}"),
    ];
    let chart = Tree::new(&[&chart[..], &[("a.yaml", &old())]].concat());
    let files = ["a.yaml", "c.yaml", "README.md", "i.png"].map(|name| chart.path(name));
    let files: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    let output = run(&[&["reseal"], &with_key()[..], &files].concat(), b"");
    assert_eq!(output.status.code(), Some(0), "{}", chart.printed(&output.stderr));
}

#[test]
fn templates_are_reported_and_fail_where_others_depend_on_them() {
    let template = "{{- if .Values.sealed }}\nkind: SealedSecret\nspec: {{ .Values.spec }}\n{{- end }}\n";
    let inside = old().replace("  template:\n", "  template:\n    data: {url: '{{ .password }}'}\n");
    let other = "kind: ConfigMap # no SealedSecret\ndata: {{ .Values.data }}\n";
    let tree = Tree::new(&[("templates/a.yaml", template), ("b.yaml", &inside), ("templates/c.yaml", other)]);
    let fails =
        "templates/a.yaml: it does not parse, as templates may; what is sealed in it was not looked at\n";
    let (code, stdout, stderr) = tree.run(&[&CERT[..], &["--check"]].concat());
    assert!(code == Some(1) && stdout.contains("1 of 1 SealedSecret in 1 file"), "{stdout}");
    let note = "warning: templates/c.yaml does not parse, as templates may; what is sealed in there was not looked at\n";
    assert!(
        stderr.starts_with(&format!("{note}error: not everything was checked:\n  {fails}hint: ")),
        "{stderr}"
    );
    assert!(stderr.contains("`helm template CHART > rendered.yaml`"), "{stderr}");
    let (code, _, stderr) = tree.run(&with_key());
    let words = "warning: templates/a.yaml, templates/c.yaml do not parse, as templates may; what is sealed in there was not \
                 looked at\n";
    assert_eq!((code, stderr.as_str()), (Some(0), words));
    let (code, stdout, stderr) = tree.run(&[&CERT[..], &["--check"]].concat());
    assert!(code == Some(1) && stdout.contains("0 of 1 SealedSecret in 1 file"), "{stdout}{stderr}");
    // A file given by name must parse.
    for name in ["templates/a.yaml", "templates/c.yaml"] {
        let file = tree.path(name);
        let output = run(&[&["reseal"], &with_key()[..], &[file.to_str().unwrap()]].concat(), b"");
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(tree.printed(&output.stderr).contains(&format!("  {name}: it does not parse")), "{name}");
    }
    // A template in the same file does not excuse a broken document.
    fs::write(tree.path("b.yaml"), "a: '{{ .b }}'\n---\nkind: SealedSecret\na: [\n").unwrap();
    let (code, _, stderr) = tree.run(&with_key());
    assert!(code == Some(1) && stderr.contains("b.yaml: document 2, line 4 is not well-formed"), "{stderr}");
}

#[test]
fn one_bad_file_does_not_stop_the_rest() {
    let old = old();
    let foreign = old.replace("name: db", "name: other");
    let tree = Tree::new(&[
        ("a.yaml", "kind: SealedSecret\nhunter2: [\n"),
        ("b.yaml", &format!("{foreign}{old}")),
        ("c.yaml", &old),
    ]);
    let missing = tree.path("missing");
    let output: Output = run(
        &[&["reseal"], &with_key()[..], &[missing.to_str().unwrap(), tree.0.path().to_str().unwrap()]]
            .concat(),
        b"",
    );
    assert_eq!(output.status.code(), Some(1));
    let stdout = tree.printed(&output.stdout);
    assert!(stdout.ends_with("2 files with SealedSecrets: 2 resealed, 0 up to date, 3 failed\n"), "{stdout}");
    let stderr = tree.printed(&output.stderr);
    let expected = "error: not everything was resealed:\n  missing: it cannot be read: no such file or directory\n  \
                    a.yaml: document 1, line 2 is not well-formed YAML or JSON\n  b.yaml: document 1 (SealedSecret shop/other), line 2: no key could decrypt secret (password, user): sealed for another cluster, or for another name or namespace, or its key is gone (key 0a0a0a0a0a0a)\nhint: ";
    assert!(stderr.starts_with(expected), "{stderr}");
    assert!(!stderr.contains("hunter2"));
    assert!(tree.text("b.yaml").starts_with(&foreign) && tree.text("b.yaml").contains(PRESENT));
    assert!(tree.text("c.yaml").contains(PRESENT));
}

#[test]
#[cfg(unix)]
fn each_file_is_printed_after_it_is_written() {
    use std::io::{BufRead as _, BufReader};
    let old = old();
    let tree = Tree::new(&[("a\nb.yaml", &old)]);
    // The program waits for text in the second file.
    let pipe = tree.path("z.yaml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let first = tree.path("a\nb.yaml");
    let arguments =
        [&["reseal"], &with_key()[..], &[first.to_str().unwrap(), pipe.to_str().unwrap()]].concat();
    let mut child = program(&arguments).spawn().unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    assert!(line.contains("/a\\nb.yaml\": document 1 (") && line.ends_with(": resealed\n"), "{line}");
    assert!(child.try_wait().unwrap().is_none());
    fs::write(&pipe, "a: 1\n").unwrap();
    assert!(child.wait().unwrap().success());
    line.clear();
    stdout.read_line(&mut line).unwrap();
    assert!(line.contains("1 resealed"), "{line}");
}

#[test]
fn wrong_usage() {
    for arguments in [&["reseal"][..], &["reseal", "--offline", "."], &["--raw", "reseal", "."]] {
        assert_eq!(run(arguments, b"").status.code(), Some(2), "{arguments:?}");
    }
}
