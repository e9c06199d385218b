//! `seal`, and `create` for a new file: who opens the result, and what is refused.

use super::repository::{RECIPIENTS, Repository, SECRET};
use recipients::{Entry, ObjectKey};
use serde_json::json;
use std::fs;

const DB: &str = "apps/shop/prod/db.yaml";

#[test]
fn one_object_opens_in_each_cluster_and_with_the_identity_of_age() {
    let repository = Repository::new();
    repository.seal(DB);
    let values = json!({ "user": "YWRtaW4=", "password": "aHVudGVyMi1wbGFudGVk" });
    for cluster in ["eu", "us"] {
        assert_eq!(repository.opened(DB, cluster), Some(values.clone()), "{cluster}");
    }
    let annotation = repository.annotation(DB).unwrap();
    let [group] = annotation.groups() else { panic!("{annotation:?}") };
    // The first cluster of `to` that has a certificate comes first.
    let [Entry::Certificate { .. }, Entry::Age { recipient, key }, Entry::Certificate { .. }] = group.to()
    else {
        panic!("{group:?}")
    };
    assert_eq!(recipient.as_str(), repository.identity.to_public().to_string());
    let mut key = age::decrypt(&repository.identity, key).unwrap();
    let key = ObjectKey::take(&mut key).unwrap();
    let sealed = &repository.object(DB)["spec"]["encryptedData"]["user"];
    let envelope = sealing::decode_base64(sealed.as_str().unwrap()).unwrap();
    let part = envelope::sealed_part(&envelope).unwrap();
    assert!(group.open(&key, b"shop/db", "user", part).unwrap().session_key().is_some());
    assert!(group.open(&key, b"shop/other", "user", part).is_none());
}

#[test]
fn the_rules_say_scope_and_layout() {
    let repository = Repository::new();
    repository.seal("wide/db.yaml");
    assert!(repository.read("wide/db.yaml").contains("namespace-wide: \"true\""));
    assert!(repository.opened("wide/db.yaml", "us").is_some());

    repository.seal("apps/shop/dev/db.yaml");
    assert!(!repository.path("apps/shop/dev/db.yaml").exists());
    for (cluster, other) in [("eu", "us"), ("us", "eu")] {
        let file = format!("apps/shop/dev/db.{cluster}.yaml");
        assert!(repository.opened(&file, cluster).is_some() && repository.opened(&file, other).is_none());
        assert!(!repository.read(&file).contains(RECIPIENTS));
    }
    // One cluster: an ordinary SealedSecret.
    repository.seal("eu/db.yaml");
    assert!(!repository.read("eu/db.yaml").contains(RECIPIENTS));
}

#[test]
fn the_user_names_other_clusters() {
    let repository = Repository::new();
    let (stdout, _) = repository.succeeds(&["seal", "--for", "us,dr"], SECRET);
    repository.write("out.yaml", &stdout);
    assert!(repository.opened("out.yaml", "us").is_some() && repository.opened("out.yaml", "eu").is_none());
    repository.succeeds(&["create", "db", "-n=shop", "--from-literal=a=b", "-w", DB, "--for=us"], "");
    assert!(repository.opened(DB, "us").is_some() && repository.opened(DB, "eu").is_none());
    let (code, error) = repository.fails(&["seal", "--for", "uss"], SECRET);
    assert!(
        code == Some(2) && error.contains("the project file has no cluster \"uss\"\nhint: write us"),
        "{error}"
    );
}

#[test]
fn recipients_are_printed_where_they_are_looked_at() {
    let repository = Repository::new();
    let (_, printed) = repository.succeeds(&["seal", "-w", DB], SECRET);
    assert_eq!(printed, "");
    let (_, printed) = repository.succeeds(&["seal", "-w", DB, "--warn=always"], SECRET);
    let dr = repository.identity.to_public().to_string();
    assert!(
        printed.contains(&format!("note: {DB} is sealed for dr ({}…), eu (f5b8ca6cdb64), us (", &dr[..12])),
        "{printed}"
    );
}

#[test]
fn a_new_secret_is_created_for_the_clusters_of_the_rule() {
    let repository = Repository::new();
    let create = ["create", "db", "-n=shop", "--from-literal=a=b"];
    repository.succeeds(&[&create[..], &["-w", DB]].concat(), "");
    assert!(repository.opened(DB, "us").is_some());
    repository.succeeds(&[&create[..], &["-w", "apps/shop/dev/db.yaml"]].concat(), "");
    assert!(repository.opened("apps/shop/dev/db.us.yaml", "us").is_some());

    // A certificate that the user names counts more than the project file, which is not read then.
    repository.write(".sealed-secrets.yaml", "no project file");
    let cert = repository.path(".sealed-secrets/us.pem");
    let cert = ["--cert", cert.to_str().unwrap()];
    repository.succeeds(&[&create[..], &cert, &["-w", "apps/shop/prod/other.yaml"]].concat(), "");
    assert!(repository.annotation("apps/shop/prod/other.yaml").is_none());
    // But it takes no other recipient from a file.
    let (_, error) = repository.fails(&[&create[..], &cert, &["-w", DB]].concat(), "");
    assert!(error.contains("also holds its recipients, which is not given now"), "{error}");
}

#[test]
fn what_is_in_a_file_stays_there() {
    let repository = Repository::new();
    repository.seal(DB);
    // The same items again.
    repository.seal(DB);
    let before = repository.read(DB);
    for (input, words) in [
        (
            "metadata: {name: db, namespace: shop}\nstringData: {user: x}\n",
            "also holds the item \"password\"",
        ),
        (
            "metadata: {name: cache, namespace: shop}\nstringData: {user: x}\n",
            "holds something else than the SealedSecret cache",
        ),
    ] {
        let (_, error) = repository.fails(&["seal", "-w", DB], input);
        assert!(error.contains(words) && error.contains("--force"), "{error}");
        assert_eq!(repository.read(DB), before);
    }
    let two = format!("{SECRET}---\nmetadata: {{name: cache, namespace: shop}}\nstringData: {{user: x}}\n");
    repository.succeeds(&["seal", "-w", DB, "--force"], &two);
    assert_eq!(repository.read(DB).matches(RECIPIENTS).count(), 2);
    repository.succeeds(&["seal", "-w", DB], &two);
}

#[test]
fn one_file_for_all_clusters_or_none() {
    let repository = Repository::new();
    fs::create_dir(repository.path("apps/shop/dev/db.us.yaml")).unwrap();
    repository.fails(&["seal", "-w", "apps/shop/dev/db.yaml"], SECRET);
    assert!(!repository.path("apps/shop/dev/db.eu.yaml").exists());
    let left: Vec<_> = fs::read_dir(repository.path("apps/shop/dev")).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let repository = Repository::new();
    let wide =
        SECRET.replace("shop}", "shop, annotations: {sealedsecrets.bitnami.com/cluster-wide: \"true\"}}");
    let cases: [(&[&str], &str, i32, &str); 10] = [
        (
            &["seal"],
            SECRET,
            2,
            "without a file to write to, no rule of the project file says for which clusters to seal",
        ),
        (&["seal", "-w", "other/db.yaml"], SECRET, 1, "no rule of the project file is for other/db.yaml"),
        (&["seal", "-w", "safe/db.yaml"], SECRET, 1, "none of dr has a certificate"),
        (&["seal", "-w", DB], &wide, 1, "has the scope cluster-wide, and the rule says strict"),
        (
            &["seal", "-w", DB, "--scope=cluster-wide"],
            SECRET,
            1,
            "one object opens under any name in any namespace of dr, eu, us",
        ),
        (
            &["seal", "-w", "apps/shop/dev/db.eu.yaml"],
            SECRET,
            1,
            "apps/shop/dev/db.eu.yaml is the file of cluster eu alone",
        ),
        (
            &["seal", "-w", "apps/shop/dev/db.yaml", "--for=dr"],
            SECRET,
            1,
            "dr is no cluster, and layout: per-cluster",
        ),
        (&["seal", "-w", DB], "metadata: {name: db}\n", 1, "has no data"),
        (
            &["create", "db", "-n=shop", "--from-literal=a=b", "--scope=cluster-wide", "-w", DB],
            "",
            1,
            "one object opens under any name",
        ),
        (
            &[
                "create",
                "db",
                "-n=shop",
                "--from-literal=a=b",
                "--annotation=sealedsecrets.bitnami.com/namespace-wide=true",
                "-w",
                DB,
            ],
            "",
            1,
            "the Secret has the scope namespace-wide, and the rule says strict",
        ),
    ];
    for (arguments, input, code, words) in cases {
        let (failed, error) = repository.fails(arguments, input);
        assert!(
            failed == Some(code) && error.contains(words) && error.contains("hint: "),
            "{arguments:?}: {error}"
        );
        assert!(!repository.path(DB).exists());
    }
    repository.succeeds(&["seal", "-w", DB, "--scope=cluster-wide", "--force"], SECRET);
    repository.succeeds(&["seal", "-w", DB, "--scope=strict", "--force"], &wide);
    assert!(repository.opened(DB, "us").is_some());

    fs::remove_file(repository.path(".sealed-secrets.yaml")).unwrap();
    repository.trust_nothing();
    let (_, error) = repository.fails(&["seal", "-w", DB], SECRET);
    for words in ["there is no .sealed-secrets.yaml in ", " init`", "kubeseal-rs -f FILE -w FILE"] {
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn a_rule_is_for_the_files_that_it_writes() {
    let repository = Repository::new();
    repository.write_rules(
        "rules:\n  - { path: \"apps/*/prod/*.yaml\", to: [eu, us, dr] }\n  - { path: \"dev/*.yaml\", to: [eu, us], layout: \
         per-cluster, output: \"overlays/{cluster}/{name}.yaml\" }\n",
    );
    repository.trust();
    let (_, error) = repository.fails(&["seal", "-w", "dev/db.yaml"], SECRET);
    assert!(
        error.contains("the rule for dev/*.yaml would write dev/overlays/eu/db.yaml, which it is not for"),
        "{error}"
    );
    repository.write_rules(
        "rules:\n  - { path: \"apps/*/prod/*.yaml\", to: [eu, us, dr] }\n  - { path: \"dev/**\", to: [eu, us], layout: \
         per-cluster, output: \"overlays/{cluster}/{name}.yaml\" }\n",
    );
    repository.trust();
    repository.succeeds(&["seal", "-w", "dev/db.yaml"], SECRET);
    assert!(repository.opened("dev/overlays/us/db.yaml", "us").is_some());
}

#[test]
fn many_recipients_are_refused_with_the_way_out() {
    let repository = Repository::new();
    let input = |count: usize| {
        let data: serde_json::Map<_, _> = (0..count).map(|index| (format!("k{index}"), json!("x"))).collect();
        json!({ "metadata": { "name": "db", "namespace": "shop" }, "stringData": data }).to_string()
    };
    let (_, error) = repository.fails(&["seal", "-w", DB], &input(1500));
    assert!(error.contains("204800") && error.contains("layout: per-cluster"), "{error}");
    let (_, warned) = repository.succeeds(&["seal", "-w", DB, "--warn=always"], &input(700));
    assert!(warned.contains("`kubectl apply --server-side` only"), "{warned}");
}
