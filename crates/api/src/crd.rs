//! `crd`: the CustomResourceDefinition, from which `cargo xtask generate` writes the chart's file.

use crate::sealed_secret::SealedSecret;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{CustomResourceDefinition, JSON};
use kube::CustomResourceExt as _;
use serde_json::json;

/// The CustomResourceDefinition of SealedSecrets.
pub fn crd() -> CustomResourceDefinition {
    let mut crd = SealedSecret::crd();
    crd.spec.names.list_kind = Some("SealedSecretList".into());
    for version in &mut crd.spec.versions {
        // On the whole status, not on its field: an object that nobody has seen has no status to hold a field.
        if let Some(status) = version
            .schema
            .as_mut()
            .and_then(|schema| schema.open_api_v3_schema.as_mut())
            .and_then(|schema| schema.properties.as_mut())
            .and_then(|properties| properties.get_mut("status"))
        {
            status.default = Some(JSON(json!({ "observedGeneration": -1 })));
        }
    }
    crd
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> serde_json::Value {
        let crd = serde_json::to_value(crd()).unwrap();
        crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"].clone()
    }

    #[test]
    fn names_are_upstreams() {
        let crd = crd();
        assert_eq!(crd.metadata.name.as_deref(), Some("sealedsecrets.bitnami.com"));
        assert_eq!(crd.spec.names.list_kind.as_deref(), Some("SealedSecretList"));
        let columns = crd.spec.versions[0].additional_printer_columns.clone().unwrap_or_default();
        let columns: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(columns, ["Status", "Synced", "Age"]);
    }

    #[test]
    fn an_object_nobody_has_seen_says_so() {
        let status = &schema()["properties"]["status"];
        assert_eq!(status["default"], json!({ "observedGeneration": -1 }));
    }

    #[test]
    fn required_fields_are_upstreams() {
        let schema = schema();
        assert_eq!(schema["required"], json!(["spec"]));
        assert_eq!(schema["properties"]["spec"]["required"], json!(["encryptedData"]));
    }
}
