//! Objects that were made to take memory, as a watch shows them: none takes more than a few times its own size.

#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a test fails by panicking, and measures roughly"
)]

use api::{ObservedMetadata, ObservedSealedSecret, ObservedSecret};
use k8s_openapi::api::core::v1::Secret;
use peak_alloc::PeakAlloc;
use serde::de::DeserializeOwned;
use std::fmt::Write as _;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// As much as etcd takes.
const SIZE: usize = 1_500_000;

/// How many times its own size an object may take while it is decoded.
const TIMES: f64 = 4.0;

fn many(entry: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(SIZE + 100);
    let mut number = 0;
    while text.len() < SIZE {
        let separator = if number == 0 { "" } else { "," };
        write!(text, "{separator}{}", entry(number)).unwrap();
        number += 1;
    }
    text
}

fn peak<T: DeserializeOwned>(json: &str) -> f64 {
    let before = ALLOCATED.current_usage();
    ALLOCATED.reset_peak_usage();
    let read: T = serde_json::from_str(json).unwrap();
    let peak = ALLOCATED.peak_usage();
    drop(read);
    (peak - before) as f64 / json.len() as f64
}

/// One test: the allocator counts what the whole process takes.
#[test]
fn no_object_takes_more_than_four_times_its_size() {
    let entries = || many(|number| format!(r#""{number:x}":"""#));
    let owners = || {
        many(|number| {
            format!(r#"{{"apiVersion":"v1","kind":"K","name":"{number:x}","uid":"u","controller":true}}"#)
        })
    };
    let spec = |spec: &str| format!(r#"{{"metadata":{{"name":"a"}},"spec":{spec}}}"#);
    let metadata = |metadata: &str| {
        format!(r#"{{"metadata":{{"name":"a",{metadata}}},"spec":{{"encryptedData":{{}}}}}}"#)
    };
    let annotation = "a".repeat(SIZE);
    for (name, object) in [
        ("items", spec(&format!(r#"{{"encryptedData":{{{}}}}}"#, entries()))),
        ("one item", spec(&format!(r#"{{"encryptedData":{{"a":"{annotation}"}}}}"#))),
        ("one name", spec(&format!(r#"{{"encryptedData":{{"{annotation}":"a"}}}}"#))),
        (
            "empty objects",
            spec(&format!(r#"{{"encryptedData":{{}},"x":[{}]}}"#, many(|_| r#"{"":0}"#.into()))),
        ),
        (
            "nesting",
            spec(&format!(
                r#"{{"encryptedData":{{}},"x":{}{}}}"#,
                "[".repeat(SIZE / 2),
                "]".repeat(SIZE / 2)
            )),
        ),
        ("templates", spec(&format!(r#"{{"encryptedData":{{}},"template":{{"data":{{{}}}}}}}"#, entries()))),
        (
            "labels of the template",
            spec(&format!(
                r#"{{"encryptedData":{{}},"template":{{"metadata":{{"labels":{{{}}}}}}}}}"#,
                entries()
            )),
        ),
        (
            "owners of the template",
            spec(&format!(
                r#"{{"encryptedData":{{}},"template":{{"metadata":{{"ownerReferences":[{}]}}}}}}"#,
                owners()
            )),
        ),
        ("labels", metadata(&format!(r#""labels":{{{}}}"#, entries()))),
        ("annotations", metadata(&format!(r#""annotations":{{{}}}"#, entries()))),
        (
            "our annotations",
            metadata(&format!(
                r#""annotations":{{{}}}"#,
                many(|number| format!(r#""sealedsecrets.bitnami.com/{number:x}":"""#))
            )),
        ),
        (
            "last applied",
            metadata(&format!(
                r#""annotations":{{"kubectl.kubernetes.io/last-applied-configuration":"{annotation}"}}"#
            )),
        ),
        (
            "data of a Secret",
            format!(
                r#"{{"metadata":{{"name":"a"}},"spec":{{"encryptedData":{{}}}},"data":{{{}}}}}"#,
                entries()
            ),
        ),
        ("finalizers", metadata(&format!(r#""finalizers":[{}]"#, many(|_| r#""a""#.into())))),
        ("owners", metadata(&format!(r#""ownerReferences":[{}]"#, owners()))),
        ("managed fields", metadata(&format!(r#""managedFields":[{}]"#, many(|_| "{}".into())))),
        (
            "status",
            format!(
                r#"{{"metadata":{{"name":"a"}},"spec":{{"encryptedData":{{}}}},"status":{{"conditions":[{}]}}}}"#,
                many(|_| "{}".into())
            ),
        ),
        (
            "keys of the status",
            format!(
                r#"{{"metadata":{{"name":"a"}},"spec":{{"encryptedData":{{}}}},"status":{{"openedBy":[{}]}}}}"#,
                many(|number| format!(r#""{number:x}""#))
            ),
        ),
    ] {
        let times = peak::<ObservedSealedSecret>(&object);
        assert!(times <= TIMES, "{name}: {times:.1} times its size as a SealedSecret");
        let times = peak::<ObservedMetadata<Secret>>(&object);
        assert!(times <= TIMES, "{name}: {times:.1} times its size as metadata");
        let times = peak::<ObservedSecret>(&object);
        assert!(times <= TIMES, "{name}: {times:.1} times its size as a Secret");
    }
}
