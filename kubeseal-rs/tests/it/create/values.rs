//! Where the values come from: literals, files, env files, prompts, the environment.

use super::outcome::{PLANTED, assert_fails, create, map, sealed, values};
use crate::support::program::{finish, program};
use api::Scope;

#[test]
fn literals_are_taken_as_they_stand() {
    let output = create(
        &["db", "--from-literal", "a=b=c", "--from-literal=quoted=\"'x'\"", "--from-literal", "empty="],
        b"",
    );
    assert_eq!(values(&output), map(&[("a", "b=c"), ("quoted", "\"'x'\""), ("empty", "")]));
}

#[test]
fn files_give_their_names_and_directories_their_files() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    std::fs::create_dir(path("conf.d")).unwrap();
    std::fs::create_dir(path("conf.d/deeper")).unwrap();
    for (name, value) in
        [("one", "1"), ("conf.d/two", "2\n"), ("conf.d/.three", "3"), ("conf.d/deeper/no", "0")]
    {
        std::fs::write(path(name), value).unwrap();
    }
    let text = |name: &str| path(name).to_str().unwrap().to_owned();
    let output = create(
        &[
            "db",
            "--from-file",
            &text("one"),
            "--from-file",
            &format!("other={}", text("one")),
            "--from-file",
            &text("conf.d"),
        ],
        b"",
    );
    assert_eq!(values(&output), map(&[("one", "1"), ("other", "1"), ("two", "2\n"), (".three", "3")]));

    let output = create(&["db", "--from-file", &format!("key={}", text("conf.d"))], b"");
    assert_fails(&output, 1, &["gives one key to a directory", "--from-file"]);
    std::fs::write(path("conf.d/two words"), PLANTED).unwrap();
    assert_fails(
        &create(&["db", "--from-file", &text("conf.d")], b""),
        1,
        &["two words", "a key has letters"],
    );
    assert_fails(
        &create(&["db", "--from-file", &text("none")], b""),
        1,
        &["cannot read", "no such file or directory"],
    );
}

#[test]
fn env_files_are_read_as_kubectl_does() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "# comment\n a=1 \nb=\"q\"\nHOME\n").unwrap();
    let path = file.path().to_str().unwrap();
    let output = create(&["db", "--from-env-file", path], b"");
    assert_eq!(values(&output), map(&[("a", "1 "), ("b", "\"q\""), ("HOME", "/nonexistent")]));
    std::fs::write(file.path(), format!("a=1\nexport b={PLANTED}\n")).unwrap();
    assert_fails(&create(&["db", "--from-env-file", path], b""), 1, &["line 2", "export"]);
}

#[test]
fn prompts_take_a_line_each_from_a_pipe() {
    let output =
        create(&["db", "--prompt", "a", "--prompt", "b"], format!("{PLANTED}\r\nsecond\nrest").as_bytes());
    assert_eq!(values(&output), map(&[("a", PLANTED), ("b", "second")]));
    let output = create(&["db", "--prompt", "a", "--prompt", "b"], format!("{PLANTED}\n").as_bytes());
    assert_fails(&output, 1, &["no b was entered"]);
}

#[test]
fn a_key_comes_once() {
    let output = create(&["db", "--from-literal", "a=hunter2", "--prompt", "a"], b"hunter2\n");
    assert_fails(&output, 1, &["\"a\" is given twice"]);
}

#[test]
fn what_kubectl_says_about_a_secret_can_be_said() {
    let output = create(
        &[
            "secret",
            "generic",
            "db",
            "--from-literal=a=b",
            "--type=x/y",
            "--label=app=db",
            "--annotation=n=1",
            "--immutable",
        ],
        b"",
    );
    let template = sealed(&output).spec.template;
    let metadata = template.metadata.unwrap();
    assert_eq!((template.type_.as_deref(), template.immutable), (Some("x/y"), Some(true)));
    assert_eq!(metadata.labels, Some(map(&[("app", "db")])));
    assert_eq!(metadata.annotations, Some(map(&[("n", "1")])));
}

#[test]
fn scopes_bind_as_they_say() {
    for scope in Scope::ALL {
        let output = create(&["db", "--from-literal=a=b", "--scope", scope.as_str()], b"");
        assert_eq!(Scope::of(sealed(&output).metadata.annotations.as_ref()), scope);
        assert_eq!(values(&output), map(&[("a", "b")]));
    }
}

#[test]
fn the_environment_gives_flags_here_too() {
    let mut command = program(&["create", "db", "--from-literal", "a=b", "-o", "json"]);
    command.env("SEALED_SECRETS_CERT", "test-only.crt").env("SEALED_SECRETS_NAMESPACE", "shop");
    assert_eq!(values(&finish(command, b"")), map(&[("a", "b")]));
}
