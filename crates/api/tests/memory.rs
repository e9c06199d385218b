//! Objects that were made to take memory, as a watch shows them: none takes more than a few times its own size.

#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a test fails by panicking, and measures roughly"
)]

use api::{ObservedMetadata, ObservedSealedSecret, ObservedSecret, WatchedSealedSecret};
use k8s_openapi::api::core::v1::Secret;
use kube::core::ObjectList;
use peak_alloc::PeakAlloc;
use serde::de::DeserializeOwned;
use std::fmt::Write as _;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// As much as etcd takes.
const SIZE: usize = 1_500_000;

/// Memory that decoding an object may use, in sizes of its text.
const TIMES: f64 = 4.0;

/// Memory that a watch may keep for an object: a short spec, and some metadata.
const KEPT: usize = 12 << 10;

fn many(entry: impl Fn(usize) -> String) -> String {
    filled(SIZE, entry)
}

fn filled(size: usize, entry: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(size + 100);
    let mut number = 0;
    while text.len() < size {
        let separator = if number == 0 { "" } else { "," };
        write!(text, "{separator}{}", entry(number)).unwrap();
        number += 1;
    }
    text
}

/// Memory that decoding uses, in sizes of the text; and the number of bytes that stay in use.
fn taken<T: DeserializeOwned>(json: &str) -> (f64, usize) {
    let before = ALLOCATED.current_usage();
    ALLOCATED.reset_peak_usage();
    let read: T = serde_json::from_str(json).unwrap();
    let (peak, kept) = (ALLOCATED.peak_usage(), ALLOCATED.current_usage());
    drop(read);
    ((peak - before) as f64 / json.len() as f64, kept - before)
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
        let (times, _) = taken::<ObservedSealedSecret>(&object);
        assert!(times <= TIMES, "{name}: {times:.1} times its size as a SealedSecret");
        let (times, kept) = taken::<WatchedSealedSecret>(&object);
        assert!(times <= TIMES, "{name}: {times:.1} times its size in a watch");
        assert!(kept <= KEPT, "{name}: {kept} bytes are kept of a SealedSecret");
        let (times, kept) = taken::<ObservedMetadata<Secret>>(&object);
        assert!(times <= TIMES, "{name}: {times:.1} times its size as metadata");
        assert!(kept <= KEPT, "{name}: {kept} bytes are kept of metadata");
        let (times, _) = taken::<ObservedSecret>(&object);
        assert!(times <= TIMES, "{name}: {times:.1} times its size as a Secret");
        let page = format!(r#"{{"metadata":{{}},"items":[{object},{object},{object},{object},{object}]}}"#);
        let (times, kept) = taken::<ObjectList<WatchedSealedSecret>>(&page);
        assert!(times <= 2.0, "{name}: {times:.1} times the size of a page");
        assert!(kept <= 5 * KEPT, "{name}: {kept} bytes are kept of a page");
    }
    short_specs_take_little_memory();
}

/// A part of the test above, for which the allocator counts.
fn short_specs_take_little_memory() {
    for (name, entry) in [("items", r#":"""#), ("numbers", ":0")] {
        let items = filled(8_000, |number| format!(r#""{number:x}"{entry}"#));
        let object = format!(r#"{{"metadata":{{"name":"a"}},"spec":{{"encryptedData":{{{items}}}}}}}"#);
        let (_, kept) = taken::<WatchedSealedSecret>(&object);
        assert!(kept <= KEPT, "{name}: {kept} bytes are kept of a short spec");
    }
}
