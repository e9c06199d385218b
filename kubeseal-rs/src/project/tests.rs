//! What a hostile pull request can write into a project file, and into the files beside it.

use super::*;
use crate::project::trust::error::TrustError;
use std::fmt::Write as _;
use std::fs;
use tempfile::TempDir;

const FILE: &str = "clusters:
  prod-eu: { certificate: .sealed-secrets/prod-eu.pem }
  dev: { certificate: .sealed-secrets/dev.pem }
rules:
  - { path: \"apps/*/prod/**\", to: [prod-eu] }
  - { path: \"apps/*/dev/**\", to: [dev] }
";

/// A repository, and a list of what its team trusts.
struct Team {
    folder: TempDir,
}

fn fixture(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).unwrap()
}

impl Team {
    fn new() -> Self {
        let team = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir_all(team.root().join(".git/objects")).unwrap();
        fs::write(team.root().join(".git/HEAD"), "").unwrap();
        team.write(NAME, FILE);
        team.write(".sealed-secrets/prod-eu.pem", &fixture("test-only.crt"));
        team.write(".sealed-secrets/dev.pem", &certificate());
        let project = team.project();
        let Claim::Rules(rules) = project.rules() else { panic!() };
        let mut lines = format!("rules {}\n", trust::rules::digest(&rules));
        for cluster in project.clusters() {
            let recipient = project.recipient(cluster).unwrap();
            writeln!(lines, "{} {}", recipient.name, recipient.key.id()).unwrap();
        }
        fs::write(team.folder.path().join("trusted"), lines).unwrap();
        team
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("repo")
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn project(&self) -> Project {
        Project::require(&self.root()).unwrap()
    }

    /// The names of the recipients of a file, or the error.
    fn recipients(&self, file: &str) -> Result<Vec<String>, CommandError> {
        let project = Project::require(&self.root())?;
        let mut trust = Trust::of(project.root(), Some(&self.folder.path().join("trusted")))?;
        let rule = project.rule_for(&self.root().join(file))?;
        let recipients = project.resolve(Selection::Rule(rule), &mut trust)?;
        Ok(recipients.into_iter().map(|recipient| recipient.name.to_string()).collect())
    }

    /// Asserts that the change to the project file is not trusted, and that the error shows `words`.
    fn is_refused(&self, from: &str, to: &str, words: &str) {
        assert!(FILE.contains(from));
        self.write(NAME, &FILE.replace(from, to));
        let error = self.recipients("apps/shop/prod/db.yaml").unwrap_err();
        assert!(matches!(error.downcast_ref(), Some(TrustError::NotListed { .. })), "{to}: {error}");
        assert!(error.to_string().contains(words), "{to}: {error}");
    }
}

/// A certificate of another key than the fixture's.
fn certificate() -> String {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap().pem()
}

#[test]
fn what_the_team_trusts_is_sealed_for() {
    let team = Team::new();
    assert_eq!(team.recipients("apps/shop/prod/db.yaml").unwrap(), ["prod-eu"]);
    assert_eq!(team.recipients("apps/shop/dev/db.yaml").unwrap(), ["dev"]);
    team.write(
        NAME,
        &format!(
            "# a comment\n{}",
            FILE.replace("prod/**\", to: [prod-eu]", "prod/**\", to: [prod-eu], scope: strict")
        ),
    );
    assert_eq!(team.recipients("apps/shop/prod/db.yaml").unwrap(), ["prod-eu"]);
    let error = team.recipients("infra/db.yaml").unwrap_err();
    assert_eq!(error.to_string(), "no rule of the project file is for infra/db.yaml");
    assert!(error.hint().unwrap().contains("apps/*/prod/**, apps/*/dev/**"));
}

#[test]
fn a_change_of_the_rules_is_seen() {
    let team = Team::new();
    team.is_refused("to: [prod-eu]", "to: [dev]", r#"apps/*/prod/**", to: [dev]"#);
    team.is_refused("to: [prod-eu]", "to: [prod-eu, dev]", "to: [prod-eu, dev]");
    team.is_refused("to: [prod-eu]", "to: [prod-eu], scope: cluster-wide", "cluster-wide");
    team.is_refused("rules:\n", "rules:\n  - { path: \"**\", to: [dev] }\n", r#"+ { path: "**", to: [dev]"#);
    team.is_refused(
        "apps/*/prod/**\", to: [prod-eu]",
        "apps/*/prod/**\", to: [prod-eu], layout: per-cluster",
        "per-cluster",
    );
}

#[test]
fn another_certificate_is_seen_wherever_it_is() {
    let team = Team::new();
    let other = certificate();
    let fingerprint = Certificate::from_pem(&other).unwrap().fingerprint().to_string();
    team.write(".sealed-secrets/other.pem", &other);
    team.is_refused(".sealed-secrets/prod-eu.pem", ".sealed-secrets/other.pem", &fingerprint);
    team.write(NAME, FILE);
    team.write(".sealed-secrets/prod-eu.pem", &other);
    let error = team.recipients("apps/shop/prod/db.yaml").unwrap_err();
    assert!(
        error.to_string().contains(&format!("prod-eu: certificate {fingerprint}, valid until ")),
        "{error}"
    );
    // A certificate of another name is not one of this name.
    team.write(
        ".sealed-secrets/prod-eu.pem",
        &fs::read_to_string(team.root().join(".sealed-secrets/dev.pem")).unwrap(),
    );
    assert!(team.recipients("apps/shop/prod/db.yaml").is_err());
}

#[test]
fn a_recipient_that_was_added_is_seen() {
    let team = Team::new();
    let age = age::x25519::Identity::generate().to_public().to_string();
    let added = FILE.replace("  dev:", &format!("  dr: {{ recipient: {age} }}\n  dev:"));
    // It is for nothing yet.
    team.write(NAME, &added);
    assert_eq!(team.recipients("apps/shop/prod/db.yaml").unwrap(), ["prod-eu"]);
    team.write(NAME, &added.replace("to: [prod-eu]", "to: [prod-eu, dr]"));
    let error = team.recipients("apps/shop/prod/db.yaml").unwrap_err().to_string();
    assert!(error.contains(&format!("dr: recipient {age}")) && error.contains("rules "), "{error}");
}

#[test]
fn a_recipient_in_place_of_a_certificate_is_seen() {
    let team = Team::new();
    let age = age::x25519::Identity::generate().to_public().to_string();
    team.is_refused("{ certificate: .sealed-secrets/prod-eu.pem }", &format!("{{ recipient: {age} }}"), &age);
}

#[test]
fn two_project_files_are_an_error() {
    let team = Team::new();
    team.write(&format!("apps/shop/{NAME}"), FILE);
    for file in ["apps/shop/prod/db.yaml", "apps/shop/db.yaml"] {
        let error = team.project().rule_for(&team.root().join(file)).unwrap_err();
        assert!(matches!(error, ProjectError::Nested(_)), "{error}");
    }
    assert!(matches!(Project::find(&team.root().join("apps/shop/prod")), Err(ProjectError::Nested(_))));
}

#[test]
#[cfg(unix)]
fn links_lead_nowhere() {
    use std::os::unix::fs::symlink;
    let team = Team::new();
    fs::remove_file(team.root().join(".sealed-secrets/prod-eu.pem")).unwrap();
    fs::write(team.folder.path().join("prod-eu.pem"), fixture("test-only.crt")).unwrap();
    symlink("../../prod-eu.pem", team.root().join(".sealed-secrets/prod-eu.pem")).unwrap();
    let error = team.recipients("apps/shop/prod/db.yaml").unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(ProjectError::Certificate { .. })), "{error}");
    symlink("dev", team.root().join("apps")).unwrap();
    assert!(matches!(
        team.project().rule_for(&team.root().join("apps/shop/prod/db.yaml")),
        Err(ProjectError::Linked(_))
    ));

    fs::rename(team.root().join(NAME), team.folder.path().join("file")).unwrap();
    symlink("../file", team.root().join(NAME)).unwrap();
    assert!(matches!(Project::find(&team.root()), Err(ProjectError::Link(_))));
}

#[test]
fn an_error_names_file_line_and_field() {
    let team = Team::new();
    team.write(NAME, &FILE.replace("certificate: .sealed-secrets/dev.pem", "certifcate: x"));
    let error = Project::find(&team.root()).unwrap_err();
    let text = error.to_string();
    assert!(text.ends_with("repo/.sealed-secrets.yaml, line 3, column 22, field clusters.dev"), "{text}");
    assert_eq!(CommandError::from(error).hint().unwrap(), "write certificate");
}

#[test]
fn an_expired_certificate_is_not_sealed_for() {
    let team = Team::new();
    team.write(".sealed-secrets/prod-eu.pem", &fixture("expired.crt"));
    let error = team.recipients("apps/shop/prod/db.yaml").unwrap_err();
    assert_eq!(error.to_string(), "the certificate of cluster prod-eu cannot be used");
    assert!(error.hint().unwrap().contains("clusters fetch prod-eu"));
}
