//! A controller that was accepted is not left for another one, and no value sealed elsewhere, because the project file does not name it
//! any more.

use super::repository::Repository;
use super::settings::{FILE, accept, paths, refusing, repository};
use std::fs;
use std::path::PathBuf;

const FINGERPRINT: &str = "f5b8ca6cdb64f96f0fd3e0d50116cafb3664a3a52afdb229260d9d8c1054c057";

/// The file in which it is stored what was accepted.
fn stored(repository: &Repository) -> PathBuf {
    let files = fs::read_dir(repository.beside("config/kubeseal-rs/trust")).unwrap();
    let mut files = files.map(|entry| entry.unwrap().path());
    files.find(|path| path.extension().is_some_and(|ending| ending == "json")).unwrap()
}

#[test]
fn an_accepted_controller_is_not_left_for_another_one() {
    let eu = refusing();
    let repository = repository(&[("eu", &eu)], "eu", FILE);
    accept(&repository);
    let connection = "context: eu, controllerName: by-file, controllerNamespace: of-file";
    let changed = [
        FILE.replace(&format!(", {connection}"), ""),
        FILE.replace(connection, "context: eu"),
        FILE.replace("of-file", "theirs"),
        FILE.replace(connection, "context: other"),
        FILE.replace("prod-eu:", "prod-eu-1:").replace("[prod-eu]", "[prod-eu-1]"),
        String::new(),
    ];
    for file in changed {
        if file.is_empty() {
            fs::remove_file(repository.path(".sealed-secrets.yaml")).unwrap();
        } else {
            repository.write(".sealed-secrets.yaml", &file);
        }
        let commands: [&[&str]; 6] = [
            &["keys", "list"],
            &["keys", "retire", FINGERPRINT],
            &["keys", "revoke", FINGERPRINT, "--yes"],
            &["keys", "backup", "--plain"],
            &["reseal", "db.yaml"],
            &["inspect", "--live", "db.yaml"],
        ];
        for command in commands {
            let (code, _, error) = repository.run(command);
            assert_eq!(code, Some(1), "{command:?}: {error}");
            let expected = "error: the project file does not say any more what was accepted for context \"eu\": of-file/by-file of \
                            prod-eu\nhint: take the project file from version control;";
            assert!(error.contains(expected), "{file}: {command:?}: {error}");
            assert!(
                error.contains(
                    "`kubeseal-rs clusters trust`, or name the controller with --controller-name and"
                )
            );
        }
        assert!(eu.requests().is_empty(), "{file}: {:?}", paths(&eu));
    }
    // The ways out.
    repository.fails(&["keys", "list", "--controller-name=mine", "--controller-namespace=mine"]);
    assert!(paths(&eu)[0].contains("/namespaces/mine/"));
    repository.write(".sealed-secrets.yaml", &FILE.replace("of-file", "moved"));
    accept(&repository);
    repository.fails(&["keys", "list"]);
    assert!(paths(&eu).last().unwrap().contains("/namespaces/moved/"));
}

/// It may hold that rules or a controller were accepted.
#[test]
fn a_store_that_cannot_be_read_is_an_error_also_without_a_project_file() {
    let eu = refusing();
    let repository = repository(&[("eu", &eu)], "eu", FILE);
    accept(&repository);
    fs::remove_file(repository.path(".sealed-secrets.yaml")).unwrap();
    let create = ["create", "db", "-n=shop", "--from-literal=a=b", "-w", "covered.yaml"];
    let error = repository.fails(&create);
    assert!(error.contains("had a project file when its rules were accepted"), "{error}");
    let file = stored(&repository);
    let unreadable = |expected: &str| {
        for command in [&create[..], &["edit", "covered.yaml"], &["keys", "list"]] {
            // `edit` needs a file.
            if command[0] == "edit" {
                repository.write("covered.yaml", super::settings::SEALED);
            }
            let error = repository.fails(command);
            assert!(error.contains(expected), "{command:?}: {error}");
            fs::remove_file(repository.path("covered.yaml")).unwrap_or_default();
        }
        assert!(eu.requests().is_empty());
    };
    fs::write(&file, "{").unwrap();
    unreadable(".json is damaged\n");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    unreadable("error: cannot read ");
}

#[test]
fn a_name_goes_to_no_other_server() {
    let [eu, current] = [(); 2].map(|()| refusing());
    let repository = repository(&[("eu", &eu), ("current", &current)], "current", FILE);
    accept(&repository);
    let url = current.url();
    for (flag, variable, value) in [
        ("--server", "SEALED_SECRETS_SERVER", url.as_str()),
        ("--cluster", "SEALED_SECRETS_CLUSTER", "current"),
    ] {
        let arguments = ["keys", "revoke", FINGERPRINT, "--yes", "--for=prod-eu"];
        let mut by_variable = repository.command(&arguments);
        by_variable.env(variable, value);
        let by_flag = repository.command(&[&arguments[..], &[flag, value]].concat());
        for command in [by_variable, by_flag] {
            let output = crate::support::program::finish(command, b"");
            let error = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{error}");
            assert!(error.starts_with(&format!("error: {flag} and --for exclude each other\n")), "{error}");
            assert!(error.contains(variable), "{error}");
        }
    }
    assert!(eu.requests().is_empty() && current.requests().is_empty());
    // An empty variable says nothing.
    let mut command = repository.command(&["keys", "list", "--for=prod-eu"]);
    command.env("SEALED_SECRETS_SERVER", "").env("SEALED_SECRETS_CLUSTER", "");
    crate::support::program::finish(command, b"");
    assert!(!eu.requests().is_empty());
}

/// After a leak, a key is revoked wherever the user is.
#[test]
fn with_a_broken_project_file_the_flags_name_the_controller() {
    let eu = refusing();
    let repository = repository(&[("eu", &eu)], "eu", "clusters: {}\nrulez: []\n");
    for command in [&["keys", "revoke", FINGERPRINT, "--yes"][..], &["keys", "backup", "--plain"]] {
        let error = repository.fails(command);
        assert!(error.contains("cannot read the project file"), "{error}");
        let hint = "to do without it, name the controller with --controller-name and --controller-namespace";
        assert!(error.contains(hint) && eu.requests().is_empty(), "{error}");
    }
    for command in [&["keys", "revoke", FINGERPRINT, "--yes"][..], &["keys", "backup", "--plain"]] {
        let before = eu.requests().len();
        repository.fails(&[command, &["--controller-name=mine", "--controller-namespace=mine"]].concat());
        assert!(paths(&eu)[before].contains("/namespaces/mine/"));
    }
}
