//! `crd`: the CustomResourceDefinition, from which `cargo xtask generate` writes the chart's file.
//!
//! Decided: an object that the controller has not seen has no status, as upstream's has none, instead of a default
//! `status.observedGeneration: -1`. One definition cannot serve all readers: plain kstatus (Flux without `healthCheckExprs`) sees an
//! unseen object as in progress only by a status, while clients wait for `status` to be there and take that for "processed" (upstream's
//! own integration suite does). A drop-in comes first, and the default has another disadvantage: where the controller writes no status
//! (`--update-status=false`), it stays, and kstatus reads "in progress" for ever. Argo CD says Progressing where there is no
//! status; Flux says so with `healthCheckExprs`. Who has Flux without expressions, and no such client, can set the default:
//! `controller/docs/gitops.md` has both, and the test `lifecycle::health` runs what it says.

use crate::sealed_secret::SealedSecret;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, JSONSchemaProps,
};
use kube::CustomResourceExt as _;

/// The fields of every object. Kubernetes checks them itself; they are listed for what converts this schema into another one
/// that takes no field it does not list.
const FIELDS_OF_EVERY_OBJECT: [(&str, &str, Option<&str>); 3] = [
    ("apiVersion", "string", Some("The version of this schema that the object is written in.")),
    ("kind", "string", Some("The type of the object: SealedSecret.")),
    // Kubernetes accepts nothing beside the type.
    ("metadata", "object", None),
];

/// The CustomResourceDefinition of SealedSecrets.
pub fn crd() -> CustomResourceDefinition {
    let mut crd = SealedSecret::crd();
    crd.spec.names.list_kind = Some("SealedSecretList".into());
    for version in &mut crd.spec.versions {
        let schema = version.schema.as_mut().and_then(|schema| schema.open_api_v3_schema.as_mut());
        if let Some(properties) = schema.and_then(|schema| schema.properties.as_mut()) {
            for (name, type_, description) in FIELDS_OF_EVERY_OBJECT {
                properties.insert(
                    name.into(),
                    JSONSchemaProps {
                        type_: Some(type_.into()),
                        description: description.map(Into::into),
                        ..JSONSchemaProps::default()
                    },
                );
            }
        }
    }
    crd
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceColumnDefinition;
    use serde_json::json;

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
        let (wide, columns): (Vec<_>, Vec<_>) = columns.iter().partition(|column| column.priority.is_some());
        let names = |columns: &[&CustomResourceColumnDefinition]| {
            columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names(&columns), ["Status", "Synced", "Age"]);
        assert_eq!(names(&wide), ["Key", "Compromised", "Last Unsealed"]);
    }

    #[test]
    fn an_object_that_was_not_seen_has_no_status() {
        assert_eq!(schema()["properties"]["status"].get("default"), None);
    }

    /// As controller-gen lists them, in upstream's definition too.
    #[test]
    fn the_fields_of_every_object_are_listed() {
        let schema = schema();
        let properties = &schema["properties"];
        for (field, type_) in [("apiVersion", "string"), ("kind", "string"), ("metadata", "object")] {
            assert_eq!(properties[field]["type"], type_, "{field}");
        }
        let mut names: Vec<&String> = properties.as_object().unwrap().keys().collect();
        names.sort();
        assert_eq!(names, ["apiVersion", "kind", "metadata", "spec", "status"]);
    }

    /// Without `nullable`, the API server refuses it.
    #[test]
    fn template_data_may_be_null() {
        let data = &schema()["properties"]["spec"]["properties"]["template"]["properties"]["data"];
        assert_eq!(data["additionalProperties"], json!({ "type": "string", "nullable": true }));
    }

    #[test]
    fn required_fields_are_upstreams() {
        let schema = schema();
        assert_eq!(schema["required"], json!(["spec"]));
        assert_eq!(schema["properties"]["spec"]["required"], json!(["encryptedData"]));
    }
}
