//! [`Submitted`]: a SealedSecret that somebody sent in, JSON or YAML, one document.

use api::{SealedSecret, SealedSecretSpec, decode};
use axum::http::StatusCode;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource as _;
use serde_json::Value;

/// As it was sent, and as it was understood.
pub(super) struct Submitted {
    /// Whole, unknown fields included.
    pub object: Value,
    /// Its metadata.
    pub metadata: ObjectMeta,
    /// Its spec.
    pub spec: SealedSecretSpec,
}

/// What is not one SealedSecret is answered as upstream does.
pub(super) const NOT_A_SEALED_SECRET: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

impl Submitted {
    /// Understands a body, or refuses it without a word on what is in it.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let object = one_document(body)?;
        let is = |field: &str, expected: &str| object.get(field).and_then(Value::as_str) == Some(expected);
        if !is("kind", &SealedSecret::kind(&())) || !is("apiVersion", &SealedSecret::api_version(&())) {
            return None;
        }
        // serde would take a list for a struct; whoever changes the object afterwards would not.
        let part = |name| object.get(name).filter(|part: &&Value| part.is_object()).cloned();
        let metadata = decode(part("metadata")?).ok()?;
        let spec = decode(part("spec")?).ok()?;
        Some(Self { object, metadata, spec })
    }
}

fn one_document(body: &[u8]) -> Option<Value> {
    if let Ok(object) = serde_json::from_slice(body) {
        return Some(object);
    }
    // Bounded by the parser's own budget: a few bytes of YAML can stand for a great many.
    serde_saphyr::from_str(std::str::from_utf8(body).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a, namespace: b}\n\
                        spec: {encryptedData: {x: AgA=}}\n";

    #[test]
    fn reads_yaml_and_json() {
        let submitted = Submitted::read(YAML.as_bytes()).unwrap();
        assert_eq!(submitted.metadata.name.as_deref(), Some("a"));
        let json = submitted.object.to_string();
        assert_eq!(Submitted::read(json.as_bytes()).unwrap().spec, submitted.spec);
    }

    #[test]
    fn refuses_everything_else() {
        let two = format!("{YAML}---\n{YAML}");
        let secret = YAML.replace("SealedSecret", "Secret");
        let shape = YAML.replace("{x: AgA=}", "5");
        let list = YAML.replace("{encryptedData: {x: AgA=}}", "[{}, null, {x: AgA=}]");
        let bomb = "a: &a [x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n";
        for body in ["", "{}", "[", &list, "\u{0}", &two, &secret, &shape, bomb] {
            assert!(Submitted::read(body.as_bytes()).is_none(), "{body}");
        }
        assert!(Submitted::read(&[0xff, 0xfe]).is_none());
    }
}
