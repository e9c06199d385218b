//! `recipients` and `reseal --recipients`: the same values for other clusters, and `reseal --check`, which compares with the rules.

use super::repository::{Repository, SECRET};
use crate::support::certificates::fingerprint;
use crate::support::program::finish;
use age::secrecy::ExposeSecret as _;
use std::fs;

const DB: &str = "apps/shop/prod/db.yaml";

impl Repository {
    /// A flag with the private key of a cluster.
    pub(super) fn key_of(&self, cluster: &str) -> String {
        let key = if cluster == "us" {
            self.outside("us.key")
        } else {
            crate::support::program::fixture("test-only.key")
        };
        format!("--recovery-private-key={}", key.display())
    }

    /// A flag with the identity of age.
    pub(super) fn identity_flag(&self) -> String {
        let file = self.outside("dr.txt");
        fs::write(&file, self.identity.to_string().expose_secret()).unwrap();
        format!("--identity={}", file.display())
    }

    fn who_opens(&self, file: &str) -> Vec<&'static str> {
        ["eu", "us"].into_iter().filter(|cluster| self.opened(file, cluster).is_some()).collect()
    }
}

#[test]
fn a_recipient_is_removed_and_the_rules_bring_it_back() {
    let repository = Repository::new();
    repository.seal(DB);
    let sealed = repository.read(DB);
    assert_eq!(
        repository.succeeds(&["reseal", "--check", "apps"], "").0,
        "0 of 1 SealedSecret in 1 file not sealed for what the project file says\n"
    );

    let (stdout, stderr) = repository
        .succeeds(&["recipients", "remove", "us", "apps", &repository.key_of("eu"), "--warn=always"], "");
    assert!(stdout.starts_with(&format!("{DB}: ")) && stdout.contains(": now for dr, eu\n"), "{stdout}");
    assert!(stderr.contains("still opens the values in the history"), "{stderr}");
    assert!(
        stderr.contains("the rule still names us: the next `reseal --recipients` seals for it again"),
        "{stderr}"
    );
    assert_eq!(repository.who_opens(DB), ["eu"]);
    let (code, stderr) = repository.fails(&["reseal", "--check", "apps"], "");
    assert_eq!(code, Some(1));
    assert!(stderr.contains("1 SealedSecret is not sealed for what the project file says"), "{stderr}");
    let output = repository.run(&["reseal", "--check", "apps"], "");
    assert!(String::from_utf8(output.stdout).unwrap().contains(": not sealed for us\n"));

    // Without any cluster: by the identity that lies in the safe.
    let (stdout, _) =
        repository.succeeds(&["reseal", "--recipients", "apps", &repository.identity_flag()], "");
    assert!(stdout.contains(": now for dr, eu, us\n"), "{stdout}");
    assert_eq!(repository.who_opens(DB), ["eu", "us"]);
    repository.succeeds(&["reseal", "--check", "apps"], "");
    // Comments and the rest stay as they were.
    let rest =
        |text: &str| text.lines().filter(|line| line.len() < 100).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(rest(&sealed), rest(&repository.read(DB)));
    let before = repository.read(DB);
    let (stdout, _) = repository.succeeds(&["reseal", "--recipients", "apps", &repository.key_of("us")], "");
    assert_eq!(stdout, "1 file with SealedSecrets: 0 changed, 1 unchanged\n");
    assert_eq!(before, repository.read(DB), "a file that is right is not written");
}

fn new_certificate() -> String {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap().pem()
}

/// Else all would look well, with values that a thief has.
#[test]
fn values_of_a_revoked_key_are_to_be_changed() {
    let repository = Repository::new();
    repository.seal(DB);
    let old = fingerprint(&repository.read(".sealed-secrets/us.pem"));
    repository.write(".sealed-secrets/us.pem", &new_certificate());
    repository.trust();
    let listed = fs::read_to_string(repository.outside("trusted")).unwrap();
    fs::write(repository.outside("trusted"), format!("us {old}\n{listed}")).unwrap();
    let withdrawn = repository.outside("cache/kubeseal-rs/withdrawn");
    fs::create_dir_all(&withdrawn).unwrap();
    let entry = r#"{ "how": "revoked", "at": "2026-01-01T00:00:00Z", "from": "kube-system of us" }"#;
    fs::write(withdrawn.join(format!("{old}.json")), entry).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = repository.command(arguments);
        command.env("XDG_CACHE_HOME", repository.outside("cache"));
        let output = finish(command, b"");
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, stdout, stderr) = run(&["reseal", "--check", "apps"]);
    let clause = format!("the key of {}… was revoked: change its values where they come from", &old[..12]);
    assert!(code == Some(1) && stdout.contains(&clause), "{stdout}{stderr}");
    assert!(stderr.contains("1 SealedSecret was sealed to a key that leaked and was revoked"), "{stderr}");
    let (code, stdout, stderr) = run(&["reseal", "--recipients", "apps", &repository.key_of("eu")]);
    assert!(
        code == Some(0) && stdout.contains("now for dr, eu, us; but an old key was revoked"),
        "{stdout}{stderr}"
    );
    assert!(stderr.contains("sealing the old ones anew protects nothing"), "{stderr}");
}

#[test]
fn a_misspelt_recipient_is_not_removed_in_silence() {
    let repository = Repository::new();
    repository.seal(DB);
    let before = repository.read(DB);
    let (code, stderr) = repository.fails(&["recipients", "remove", "uss", DB, &repository.key_of("eu")], "");
    assert_eq!(code, Some(2));
    assert!(stderr.contains("no SealedSecret in these files is sealed for \"uss\""), "{stderr}");
    assert_eq!(before, repository.read(DB));
}

/// Only a key shows it: the recipients are those of the rule.
#[test]
fn an_item_that_was_changed_for_one_cluster_is_sealed_for_all_again() {
    let repository = Repository::new();
    repository.seal(DB);
    let eu = repository.path(".sealed-secrets/eu.pem").display().to_string();
    repository.succeeds(&["--cert", &eu, "--merge-into", DB], "stringData: {user: other}\n");
    assert_eq!(repository.who_opens(DB), ["eu"]);
    let arguments = ["reseal", "--recipients", "apps"];
    let (_, stderr) = repository.fails(&[&arguments[..], &[&repository.key_of("us")]].concat(), "");
    assert!(stderr.contains("no key could decrypt secret (user)"), "{stderr}");
    let (stdout, _) = repository.succeeds(&[&arguments[..], &[&repository.key_of("eu")]].concat(), "");
    assert!(stdout.contains("1 changed"), "{stdout}");
    assert_eq!(repository.who_opens(DB), ["eu", "us"]);
}

#[test]
fn an_ordinary_sealed_secret_gets_another_cluster_and_loses_it() {
    let repository = Repository::new();
    repository.seal("eu/db.yaml");
    let (stdout, _) =
        repository.succeeds(&["recipients", "add", "us", "eu/db.yaml", &repository.key_of("eu")], "");
    assert!(stdout.contains("now for eu, us"), "{stdout}");
    assert_eq!(repository.who_opens("eu/db.yaml"), ["eu", "us"]);
    repository.succeeds(&["recipients", "remove", "us", "eu/db.yaml", &repository.key_of("us")], "");
    assert_eq!(repository.who_opens("eu/db.yaml"), ["eu"]);
    assert!(repository.annotation("eu/db.yaml").is_none());
    let (_, stderr) =
        repository.fails(&["recipients", "remove", "eu", "eu/db.yaml", &repository.key_of("eu")], "");
    assert!(stderr.contains("nothing would open it: it has no other recipient"), "{stderr}");
    let (stdout, _) =
        repository.succeeds(&["recipients", "remove", "us", "eu/db.yaml", &repository.key_of("eu")], "");
    assert!(stdout.contains("0 changed, 1 unchanged"), "{stdout}");
}

#[test]
fn the_first_cluster_can_be_removed() {
    let repository = Repository::new();
    repository.seal(DB);
    repository.succeeds(&["recipients", "remove", "eu", DB, &repository.key_of("eu")], "");
    assert_eq!(repository.who_opens(DB), ["us"]);
    repository.succeeds(&["recipients", "remove", "dr", DB, &repository.key_of("us")], "");
    assert!(repository.annotation(DB).is_none(), "one cluster: an ordinary SealedSecret");
    assert_eq!(repository.who_opens(DB), ["us"]);
}

#[test]
fn a_user_who_cannot_open_it_changes_nothing() {
    let repository = Repository::new();
    repository.seal("eu/db.yaml");
    let before = repository.read("eu/db.yaml");
    let (code, stderr) = repository.fails(&["recipients", "add", "us", "eu/db.yaml"], "");
    assert!(code == Some(2) && stderr.contains("hint: give the private keys"), "{stderr}");
    let (code, stderr) =
        repository.fails(&["recipients", "add", "us", "eu/db.yaml", &repository.key_of("us")], "");
    assert!(code == Some(1) && stderr.contains("no key could decrypt secret (password, user)"), "{stderr}");
    let (_, stderr) =
        repository.fails(&["recipients", "add", "nobody", "eu/db.yaml", &repository.key_of("eu")], "");
    assert!(stderr.contains("has no cluster \"nobody\""), "{stderr}");
    assert_eq!(before, repository.read("eu/db.yaml"));
}

#[test]
fn a_recipient_that_is_trusted_for_no_cluster_is_removed_by_its_key() {
    let repository = Repository::new();
    repository.seal(DB);
    let stranger = age::x25519::Identity::generate().to_public().to_string();
    let known = repository.identity.to_public().to_string();
    repository.succeeds(&["guard", "apps"], "");
    repository.write(DB, &repository.read(DB).replace(&known, &stranger));
    let output = repository.run(&["guard", "apps"], "");
    let printed = String::from_utf8(output.stdout).unwrap();
    let named = format!(
        "SealedSecret shop/db is sealed for {}…, which is trusted for no cluster; find out who added this recipient, and remove it with",
        &stranger[..12]
    );
    assert!(output.status.code() == Some(1) && printed.contains(&named), "{printed}");
    let short = &stranger[..12];
    let output = repository.run(&["reseal", "--check", "apps"], "");
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(
        !output.status.success()
            && stdout.contains(&format!("sealed for {short}…, which is trusted for no cluster")),
        "{stdout}"
    );
    let (_, stderr) = repository.fails(&["recipients", "add", "dr", DB, &repository.key_of("eu")], "");
    assert!(stderr.contains(&format!("trusted for no cluster: {short}")), "{stderr}");
    let (stdout, _) = repository.succeeds(&["recipients", "remove", short, DB, &repository.key_of("eu")], "");
    assert!(stdout.contains("now for eu, us"), "{stdout}");
    assert!(!repository.read(DB).contains(&stranger));
}

#[test]
fn what_has_no_rule_is_named() {
    let repository = Repository::new();
    repository.write("other.yaml", &repository.succeeds(&["seal", "--for", "eu,us"], SECRET).0);
    let (_, stderr) = repository.fails(&["reseal", "--check", "other.yaml"], "");
    assert!(stderr.contains("no rule, and so no cluster, is for it"), "{stderr}");
    let (_, stderr) = repository.fails(&["reseal", "--recipients", "--all", "."], "");
    assert!(stderr.contains("--recipients") && stderr.contains("--all"), "{stderr}");
}

/// The second cluster's certificate is never that of the values themselves, and resealing would not make it so.
#[test]
fn inspect_finds_the_certificate_of_another_cluster_among_the_recipients() {
    let repository = Repository::new();
    repository.seal(DB);
    let (stdout, _) = repository.succeeds(&["inspect", "--cert", ".sealed-secrets/us.pem", DB], "");
    assert!(stdout.contains("is among the recipients") && !stdout.contains("reseal it"), "{stdout}");
    repository.write(".sealed-secrets/us.pem", &new_certificate());
    let (stdout, _) = repository.succeeds(&["inspect", "--cert", ".sealed-secrets/us.pem", DB], "");
    assert!(stdout.contains("; reseal it"), "{stdout}");
}

#[test]
fn inspect_names_the_clusters() {
    let repository = Repository::new();
    repository.seal(DB);
    let home = repository.outside("config");
    // Without `--trusted`, what was accepted on this machine counts.
    let inspect = || {
        let mut command = repository.command(&["inspect", DB]);
        let output = command.env("XDG_CONFIG_HOME", &home).env_remove("SEALED_SECRETS_TRUSTED").output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let stdout = inspect();
    assert!(stdout.contains("Recipients") && !stdout.contains("eu ("), "{stdout}");
    let accept = |name: &str| {
        let key =
            repository.read("../trusted").lines().find(|line| line.starts_with(name)).map(str::to_owned);
        let key = key.unwrap().split(' ').nth(1).unwrap().to_owned();
        let mut command = repository.command(&["clusters", "trust", name, "--fingerprint", &key]);
        command.env("XDG_CONFIG_HOME", &home).env_remove("SEALED_SECRETS_TRUSTED");
        assert!(command.output().unwrap().status.success());
    };
    accept("eu");
    accept("dr");
    let stdout = inspect();
    assert!(stdout.contains("eu (") && stdout.contains("dr (age1") && !stdout.contains("us ("), "{stdout}");
}

/// The day on which all clusters are lost.
#[test]
fn the_identity_in_the_safe_opens_it_without_any_cluster() {
    let repository = Repository::new();
    repository.seal(DB);
    let identity = repository.identity_flag();
    let (stdout, _) = repository.succeeds(&["--recovery-unseal", &identity, "-f", DB], "");
    let secret: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(secret["data"]["user"], "YWRtaW4=");
    // A file that is not for it.
    repository.seal("eu/db.yaml");
    let (_, stderr) = repository.fails(&["--recovery-unseal", &identity, "-f", "eu/db.yaml"], "");
    assert!(
        stderr.contains("no key could decrypt secret (password, user)") && stderr.contains("--identity"),
        "{stderr}"
    );
    assert!(stderr.contains("it is sealed for no age recipient"), "{stderr}");
    let (_, stderr) = repository.fails(&["--recovery-unseal", "-f", DB], "");
    assert!(stderr.contains("--recovery-private-key"), "{stderr}");
    // The identity of another user: whose it has to be is said.
    let stranger = repository.outside("stranger.txt");
    let identity = age::x25519::Identity::generate();
    fs::write(&stranger, identity.to_string().expose_secret()).unwrap();
    let flag = format!("--identity={}", stranger.display());
    let (_, stderr) = repository.fails(&["--recovery-unseal", &flag, "-f", DB], "");
    let wanted = format!("sealed for ({}) with --identity FILE", repository.identity.to_public());
    assert!(stderr.contains(&wanted), "{stderr}");
    assert!(!stderr.contains(&identity.to_public().to_string()), "{stderr}");
}
