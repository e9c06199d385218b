//! [`People`]: two service accounts; one may only send requests to the controller, the other may also impersonate a
//! certain user.

use std::fs;

use anyhow::{Context as _, Result};
use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding};
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use crate::case::Case;
use crate::stage::Stage;

const NAMESPACE: &str = "shop";
const IMPERSONATOR: &str = "impersonator";

pub(super) struct People {
    pub token: String,
    pub impersonator: String,
    files: Vec<(String, Vec<u8>)>,
}

impl People {
    pub(super) async fn settle(stage: &Stage) -> Result<Self> {
        stage.cluster().await?;
        let (client, params) = (stage.lab.client(), PatchParams::apply("person"));
        let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), NAMESPACE);
        for name in ["person", IMPERSONATOR] {
            let account =
                json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": { "name": name } });
            accounts.patch(name, &params, &Patch::Apply(account)).await?;
        }
        let roles: Api<ClusterRole> = Api::all(client.clone());
        roles.patch(IMPERSONATOR, &params, &Patch::Apply(role())).await?;
        let bindings: Api<ClusterRoleBinding> = Api::all(client);
        bindings.patch(IMPERSONATOR, &params, &Patch::Apply(binding())).await?;
        let plane = &stage.lab.control_plane;
        let token = plane.token(NAMESPACE, "person").await?;
        let impersonator = plane.token(NAMESPACE, IMPERSONATOR).await?;
        let mut files = credentials(&token, &impersonator);
        for name in ["ca.crt", "admin.crt", "admin.key"] {
            let content = fs::read(plane.dir().join(name)).with_context(|| format!("cannot read {name}"))?;
            files.push((name.to_owned(), content));
        }
        let admin = |name: &str| fs::read_to_string(plane.dir().join(name));
        let (cert, key) = (admin("admin.crt")?, admin("admin.key")?);
        let status = json!({ "clientCertificateData": cert, "clientKeyData": key });
        files.push(("credential-certificate.json".into(), credential("v1", &status)));
        files.push((
            "credential-half.json".into(),
            credential("v1", &json!({ "clientCertificateData": cert })),
        ));
        Ok(Self { token, impersonator, files })
    }

    /// Adds the files that the kubeconfig's users name.
    pub(super) fn credentials(&self, case: Case) -> Case {
        self.files.iter().fold(case, |case, (name, content)| case.file(name, content))
    }
}

fn role() -> Value {
    let rule = |group: &str, resource: &str, name: &str| json!({ "apiGroups": [group], "resources": [resource], "resourceNames": [name], "verbs": ["impersonate"] });
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": { "name": IMPERSONATOR },
        "rules": [
            rule("", "users", "reader"),
            rule("", "groups", "readers"),
            rule("authentication.k8s.io", "uids", "5"),
            rule("authentication.k8s.io", "userextras/why", "because"),
        ],
    })
}

fn binding() -> Value {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": { "name": IMPERSONATOR },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": IMPERSONATOR },
        "subjects": [{ "kind": "ServiceAccount", "namespace": NAMESPACE, "name": IMPERSONATOR }],
    })
}

fn credentials(token: &str, impersonator: &str) -> Vec<(String, Vec<u8>)> {
    let status = json!({ "token": token });
    let expired = json!({ "token": token, "expirationTimestamp": "2020-01-01T00:00:00Z" });
    vec![
        ("token".into(), token.into()),
        ("credential.json".into(), credential("v1", &status)),
        ("credential-v1beta1.json".into(), credential("v1beta1", &status)),
        ("credential-v1alpha1.json".into(), credential("v1alpha1", &status)),
        ("credential-expired.json".into(), credential("v1", &expired)),
        ("credential-wrong.json".into(), credential("v1", &json!({ "token": "wrong" }))),
        ("credential-none.json".into(), credential("v1", &Value::Null)),
        ("credential-impersonator.json".into(), credential("v1", &json!({ "token": impersonator }))),
    ]
}

/// What a credential plugin prints.
fn credential(version: &str, status: &Value) -> Vec<u8> {
    let version = format!("client.authentication.k8s.io/{version}");
    json!({ "apiVersion": version, "kind": "ExecCredential", "status": status }).to_string().into_bytes()
}
