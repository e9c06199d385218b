//! Which cluster of the project file has a key: by what was accepted, whatever names the file has now.

use super::repository::Repository;
use std::fs;

const DB: &str = "apps/shop/prod/db.yaml";

/// A pull request gives the clusters new names, under which nothing was accepted.
#[test]
fn renamed_clusters_do_not_make_guard_believe_the_file() {
    let repository = Repository::new();
    repository.seal(DB);
    let key = "f5b8ca6cdb64f96f0fd3e0d50116cafb3664a3a52afdb229260d9d8c1054c057";
    let output = repository.unprepared("", &["clusters", "trust", "eu", "--fingerprint", key]);
    assert!(output.status.success());
    let stranger = repository.add_stranger();
    let text = format!(
        "clusters:\n  eu-1: {{ certificate: .sealed-secrets/eu.pem }}\n  us-1: {{ certificate: .sealed-secrets/us.pem }}\n  \
         mon: {{ recipient: {stranger} }}\nrules: [{{ path: \"**\", to: [eu-1, us-1, mon] }}]\n"
    );
    repository.write(".sealed-secrets.yaml", &text);
    let output = repository.unprepared("", &["guard", "."]);
    let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(output.status.code(), Some(1), "{stdout}{stderr}");
    let named = format!("{}…, which is trusted for no cluster", &stranger[..12]);
    assert!(stdout.contains(&named) && !stderr.contains("nothing of the project file"), "{stdout}{stderr}");
}

/// `us` and `also` have the same certificate, and the rule names the second one.
#[test]
fn of_two_clusters_with_a_key_the_one_of_the_rule_counts() {
    let repository = Repository::new();
    repository.seal(DB);
    let list = || fs::read_to_string(repository.outside("trusted")).unwrap();
    let us = list().lines().find(|line| line.starts_with("us ")).unwrap().to_owned();
    fs::copy(repository.path(".sealed-secrets/us.pem"), repository.path(".sealed-secrets/also.pem")).unwrap();
    repository.write_rules(
        "  also: { certificate: .sealed-secrets/also.pem }\nrules: [{ path: \"**\", to: [dr, eu, also] }]\n",
    );
    repository.trust();
    fs::write(repository.outside("trusted"), format!("{}\n{us}\n", list())).unwrap();
    repository.succeeds(&["guard", "."], "");
    let (stdout, _) = repository.succeeds(&["reseal", "--check", "apps"], "");
    assert!(stdout.starts_with("0 of 1 SealedSecret"), "{stdout}");
    let (stdout, _) = repository.succeeds(&["reseal", "--recipients", "apps", &repository.key_of("eu")], "");
    assert!(stdout.contains("0 changed, 1 unchanged"), "{stdout}");
}

#[test]
fn inspect_names_clusters_by_the_list_for_ci() {
    let repository = Repository::new();
    repository.seal(DB);
    let list = repository.outside("trusted");
    let inspect = |list: &str| {
        let trusted = format!("--trusted={list}");
        let output = repository.unprepared("", &["inspect", DB, "-o", "json", &trusted]);
        assert!(output.status.success());
        let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        let reports: serde_json::Value = serde_json::from_str(&stdout).unwrap();
        let names = reports[0]["recipients"].as_array().unwrap().iter().map(|it| it["cluster"].clone());
        (names.collect::<serde_json::Value>().to_string(), stderr)
    };
    let list = list.to_str().unwrap();
    assert_eq!(inspect(list).0, "[\"eu\",\"dr\",\"us\"]");
    assert_eq!(inspect("").0, "[null,null,null]");
    let (names, stderr) = inspect(".sealed-secrets.yaml");
    assert_eq!(names, "[null,null,null]");
    assert!(stderr.contains("warning: the clusters of recipients are not named: "), "{stderr}");
    assert!(stderr.contains("is inside of the repository"), "{stderr}");
}
