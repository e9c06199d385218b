//! Objects that are nested deeper than `serde_json` decodes, in the answers of an API server that has stored them: lists, the
//! lines of a watch, and an object alone. None may keep the others in its answer from being read.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use api::{ObservedMetadata, ObservedSealedSecret, ObservedSecret};
use k8s_openapi::api::core::v1::Secret;
use kube::Resource;
use kube::core::{ObjectList, WatchEvent};
use serde::de::DeserializeOwned;

/// Beyond what `serde_json` decodes; beyond what an API server takes; and what would use up any stack.
const DEPTHS: [usize; 3] = [150, 20_000, 200_000];

fn nested(depth: usize) -> String {
    "[".repeat(depth) + &"]".repeat(depth)
}

/// Metadata with hand-written `managedFields`.
fn metadata(depth: usize) -> String {
    let fields = r#"{"f:a":"#.repeat(depth) + "{}" + &"}".repeat(depth);
    format!(
        r#"{{"managedFields":[{{"manager":"m","fieldsV1":{fields}}}],"name":"deep","resourceVersion":"7"}}"#
    )
}

fn with_metadata(depth: usize) -> String {
    format!(r#"{{"metadata":{}}}"#, metadata(depth))
}

fn with_spec(spec: &str) -> String {
    format!(r#"{{"metadata":{{"name":"deep","resourceVersion":"7"}},"spec":{spec}}}"#)
}

/// What each kind of answer shows of an object.
fn read<K: DeserializeOwned + Resource + Clone>(object: &str) -> [K; 3] {
    let list = format!(
        r#"{{"apiVersion":"v1","kind":"L","metadata":{{"resourceVersion":"9"}},"items":[{},{object},{}]}}"#,
        r#"{"metadata":{"name":"before"}}"#, r#"{"metadata":{"name":"after"}}"#,
    );
    let mut list: ObjectList<K> = serde_json::from_str(&list).unwrap();
    let names: Vec<_> = list.items.iter().map(|item| item.meta().name.clone().unwrap()).collect();
    assert_eq!(names, ["before", "deep", "after"]);
    let line = format!(r#"{{"type":"ADDED","object":{object}}}"#);
    let WatchEvent::Added(watched) = serde_json::from_str(&line).unwrap() else { panic!("another event") };
    let all = [list.items.remove(1), watched, serde_json::from_str(object).unwrap()];
    assert!(all.iter().all(|read: &K| read.meta().resource_version.as_deref() == Some("7")));
    all
}

#[test]
fn managed_fields_are_stepped_over() {
    for depth in DEPTHS {
        read::<ObservedMetadata<Secret>>(&with_metadata(depth));
        read::<ObservedSecret>(&with_metadata(depth));
        read::<ObservedSealedSecret>(&with_metadata(depth));
    }
}

#[test]
fn what_nothing_reads_is_no_fault() {
    for depth in DEPTHS {
        // `managedFields` of a template are the API server's to write, and stepped over too.
        let template = format!(r#"{{"metadata":{}}}"#, metadata(depth));
        let spec = format!(r#"{{"encryptedData":{{"v":"x"}},"template":{template}}}"#);
        for observed in read::<ObservedSealedSecret>(&with_spec(&spec)) {
            assert_eq!(observed.spec.unwrap().encrypted_data["v"], "x");
        }
        let deep = nested(depth);
        let template = format!(r#"{{"metadata":{{"x":{deep},"labels":{{"a":"b"}}}}}}"#);
        let spec = format!(r#"{{"encryptedData":{{"v":"x"}},"template":{template},"y":{deep}}}"#);
        for observed in read::<ObservedSealedSecret>(&with_spec(&spec)) {
            let spec = observed.spec.unwrap();
            assert_eq!(spec.encrypted_data["v"], "x");
            assert_eq!(spec.template.metadata.unwrap().labels.unwrap()["a"], "b");
        }
    }
}

#[test]
fn where_something_is_read_depth_is_a_fault_of_its_object() {
    for depth in DEPTHS {
        let deep = nested(depth);
        let text = format!(r#"{{"encryptedData":{{"v":{deep}}}}}"#);
        for observed in read::<ObservedSealedSecret>(&with_spec(&text)) {
            assert_eq!(observed.spec.unwrap_err().path, "spec.encryptedData.v");
        }
        for observed in read::<ObservedSealedSecret>(&with_spec(&deep)) {
            assert!(observed.spec.is_err());
        }
    }
}

#[test]
fn a_deep_status_is_none() {
    let object = with_spec("{}").replace(r#""spec":{}"#, &format!(r#""status":{}"#, nested(DEPTHS[0])));
    for observed in read::<ObservedSealedSecret>(&object) {
        assert_eq!(observed.status, None);
    }
}
