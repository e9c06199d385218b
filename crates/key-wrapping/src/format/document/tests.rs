//! What is read as a wrapped key, and what errors say.

use super::*;

fn key() -> (WrappedKey, DataKey, Context) {
    let context = Context {
        fingerprint: "ab".repeat(32).parse().unwrap(),
        cluster_name: "prod".parse().unwrap(),
        since: "2026-01-02T03:04:05Z".parse().unwrap(),
    };
    let annotations = BTreeMap::from([("key.example".to_owned(), vec![1, 2])]);
    let slot = Slot { uri: "kmsv2:unix:///a".into(), key_id: "1".into(), wrapped: vec![3], annotations };
    let data_key = DataKey::generate().unwrap();
    (WrappedKey::new(b"private", &context, &data_key, vec![slot]).unwrap(), data_key, context)
}

#[test]
fn reads_what_it_writes() {
    let (key, data_key, context) = key();
    let read = WrappedKey::from_json(&key.to_json()).unwrap();
    assert_eq!(read, key);
    assert_eq!(read.context(context.fingerprint), context);
    assert_eq!(read.decrypt(&data_key, &context).unwrap().as_slice(), b"private");
    assert!(read.has_its_slots(&data_key));
}

#[test]
fn slots_of_another_key_than_that_of_now_are_stale() {
    let (key, ..) = key();
    let uri = "kmsv2:unix:///a";
    let stale = |current: &[(&str, &str)]| {
        let current = current.iter().map(|(uri, key_id)| ((*uri).to_owned(), (*key_id).to_owned()));
        key.stale_slots(&current.collect()).join(" ")
    };
    assert_eq!((stale(&[]).as_str(), stale(&[(uri, "1")]).as_str()), ("", ""));
    assert_eq!((stale(&[("kmsv2:unix:///b", "2")]).as_str(), stale(&[(uri, "2")]).as_str()), ("", uri));
}

#[test]
fn every_truncation_is_refused() {
    let text = key().0.to_json();
    for length in 0..text.len() {
        let error = WrappedKey::from_json(&text[..length]).unwrap_err();
        assert!(error.to_string().ends_with("is not JSON"), "{length}: {error}");
    }
}

#[test]
fn errors_name_the_member_and_show_no_value() {
    let text = String::from_utf8(key().0.to_json()).unwrap();
    let slot = text.split_once("\"slots\":[").unwrap().1.split_once("],\"slotsMac\"").unwrap().0.to_owned();
    let with = |from: &str, to: &str| text.replacen(from, to, 1);
    let long = "A".repeat(4 * 32_768);
    let cases = [
        ("[]".into(), "it has another type than the format has"),
        ("{}".into(), "it lacks a member"),
        ("{\"a\": \"SECRET\"}".into(), "a is not a known member"),
        (format!("{text} SECRET"), "it is not JSON"),
        (
            with("/v1\"", "/v2\""),
            "it has another \"format\" than sealed-secrets/wrapped-key/v1, the only one that is supported",
        ),
        (with("\"prod\"", "\"SECRET\""), "it has a \"clusterName\" that is not the name of a cluster"),
        (with("05Z", "05+00:00"), "it has a \"since\" that is not a date as 2026-01-02T03:04:05Z"),
        (with("05Z", "05.000Z"), "it has a \"since\" that is not a date as 2026-01-02T03:04:05Z"),
        (with("\"privateKey\":\"", "\"privateKey\":\"SECRET!"), "privateKey is not canonical base64"),
        (with("\"privateKey\":", "\"other\":1,\"privateKey\":"), "other is not a known member"),
        (with(&slot, ""), "it has no slot"),
        (with(&slot, &[slot.as_str(); 9].join(",")), "it has more than 8 slots"),
        (with("\"Aw==\"", "\"\""), "slots[0] has no \"uri\" or nothing in \"wrapped\""),
        (with("\"Aw==\"", "\"Aw=\""), "slots[0].wrapped is not canonical base64"),
        (with("\"Aw==\"", "7"), "slots[0].wrapped has another type than the format has"),
        (with("\"Aw==\"", &format!("\"{}\"", &long[..4 * 21_846])), "it has more than 65,536 bytes of slots"),
        (with("\"Aw==\"", &format!("\"{long}\"")), "it is longer than 131,072 bytes"),
    ];
    for (text, expected) in cases {
        let error = WrappedKey::from_json(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(error, expected);
        assert!(!error.contains("SECRET"), "{error}");
    }
}
