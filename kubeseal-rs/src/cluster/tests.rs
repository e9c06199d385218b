//! Which cluster and namespace flags and kubeconfig name, and that they stay the same during a run.

use super::*;
use crate::cluster::resolved::Authenticated;
use std::path::Path;

const KUBECONFIG: &str = r#"{"current-context": "a", "clusters": [{"name": "c", "cluster": {"server": "https://c"}}],
    "contexts": [{"name": "a", "context": {"cluster": "c", "user": "u"}},
                 {"name": "b", "context": {"cluster": "c", "namespace": "bees"}}],
    "users": [{"name": "u", "user": {"token": "hunter2-token"}}]}"#;

fn cluster(file: &Path, context: Option<&str>) -> Cluster {
    let flags = ConnectionFlags {
        kubeconfig: Some(file.to_owned()),
        context: context.map(Into::into),
        ..ConnectionFlags::default()
    };
    Cluster::from_args(flags).unwrap()
}

fn written(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

fn authenticate(cluster: &ResolvedCluster) -> Result<Authenticated, Arc<ConnectionError>> {
    runtime::block_on(cluster.authenticate()).unwrap()
}

#[test]
fn namespaces_are_the_contexts() {
    let file = written(KUBECONFIG);
    let namespace =
        |context| cluster(file.path(), context).resolved().map(|resolved| resolved.namespace().to_owned());
    assert_eq!(namespace(None).unwrap(), "default");
    assert_eq!(namespace(Some("b")).unwrap(), "bees");
    let error = namespace(Some("z")).unwrap_err();
    assert!(matches!(&*error, ConnectionError::UnknownContext(name) if name == "z"));
}

#[test]
fn a_target_stays_what_it_was_whatever_becomes_of_its_files() {
    let authority = written(&std::fs::read_to_string("tests/fixtures/test-only.crt").unwrap());
    let with_authority = KUBECONFIG.replace(
        r#""server": "https://c""#,
        &format!(r#""server": "https://c", "certificate-authority": "{}""#, authority.path().display()),
    );
    let file = written(&with_authority);
    let cluster = cluster(file.path(), None);
    let target = cluster.resolved().unwrap();
    std::fs::write(authority.path(), "no certificate").unwrap();
    std::fs::write(file.path(), with_authority.replace("https://c", "https://elsewhere")).unwrap();

    let copy = cluster.clone();
    let later = copy.resolved().unwrap();
    assert!(std::ptr::eq(target, later));
    assert_eq!(later.identity().unwrap(), ("a".into(), "https://c".into()));
    let login = authenticate(later).unwrap();
    assert_eq!(login.config.cluster_url.to_string(), "https://c/");
    assert_eq!(login.config.root_cert.unwrap().len(), 1);
}

#[test]
fn a_failure_is_not_looked_at_again() {
    let file = written("users: [");
    let cluster = cluster(file.path(), None);
    assert!(matches!(&*cluster.resolved().err().unwrap(), ConnectionError::Kubeconfig(_)));
    std::fs::write(file.path(), KUBECONFIG).unwrap();
    assert!(cluster.resolved().is_err());
}

#[test]
fn a_namespace_needs_no_cluster_that_can_be_reached() {
    let file = written(&KUBECONFIG.replace(
        r#""server": "https://c""#,
        r#""server": "https://c", "certificate-authority": "/nonexistent/ca.crt""#,
    ));
    let cluster = cluster(file.path(), Some("b"));
    let target = cluster.resolved().unwrap();
    assert_eq!(target.namespace(), "bees");
    assert_eq!(target.identity().unwrap(), ("b".into(), "https://c".into()));
    let error = authenticate(target).err().unwrap();
    assert!(matches!(&*error, ConnectionError::CertificateAuthority { .. }));
}

#[test]
fn no_credentials_are_shown() {
    let file = written(KUBECONFIG);
    let cluster = cluster(file.path(), None);
    cluster.resolved().unwrap();
    assert!(!format!("{cluster:?}").contains("hunter2"));
}
