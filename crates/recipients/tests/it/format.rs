//! Documents that are read, and documents that are refused with the member that is wrong.

use envelope::{AesKey, Certificate, PrivateKey, SealError};
use rand::rngs::SysRng;
use recipients::{LONGEST_READ, NewGroup, ObjectKey, Recipients};
use serde_json::{Value, json};

const KEY: &str = include_str!("../../../envelope/tests/keys/a.pkcs8.pem");
const CERTIFICATE: &str = include_str!("../../../envelope/tests/keys/a.crt.pem");
const AGE: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

fn session_key() -> AesKey {
    AesKey::take(&mut [9; 32]).unwrap()
}

/// A document with one group, for a certificate and an age identity, with the items `a` and `b`.
fn document() -> Value {
    let mut group = NewGroup::new(&mut SysRng, b"ns/name").unwrap();
    group.add_certificate(&Certificate::from_pem(CERTIFICATE).unwrap()).unwrap();
    group.add_age(AGE.parse().unwrap(), |key| Ok::<_, SealError>(key.to_vec())).unwrap();
    for name in ["b", "a"] {
        group.add_item(&mut SysRng, name, b"the AES part", &session_key()).unwrap();
    }
    let text = Recipients::new(group.finish().unwrap()).to_text().unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn what_is_written_reads_back() {
    let text = document().to_string();
    let read = Recipients::from_text(&text).unwrap();
    assert_eq!(read.to_text().unwrap(), text);
    assert_eq!(read.groups()[0].names().collect::<Vec<_>>(), ["a", "b"]);
    let key = read.groups()[0].to()[0].open(&PrivateKey::from_pem(KEY).unwrap(), b"ns/name").unwrap();
    let group = &read.groups()[0];
    let entry = group.open(&key, b"ns/name", "a", b"the AES part").unwrap();
    assert_eq!(entry.session_key().unwrap().expose(), session_key().expose());
    for (label, name, part) in [
        (&b"ns/other"[..], "a", &b"the AES part"[..]),
        (b"ns/name", "b", b"another AES part"),
        (b"ns/name", "c", b"the AES part"),
    ] {
        assert!(group.open(&key, label, name, part).is_none(), "{name}");
    }
    assert!(group.to()[0].open(&PrivateKey::from_pem(KEY).unwrap(), b"ns/other").is_none());
    let another = ObjectKey::take(&mut [1; 32]).unwrap();
    assert!(group.open(&another, b"ns/name", "a", b"the AES part").is_none());
}

type Change = fn(&mut Value);

const WRONG: [(&str, Change); 26] = [
    ("it lacks a member", |it| drop(it.as_object_mut().unwrap().remove("v"))),
    ("it has a \"v\" that is not 1, the only version that is supported", |it| it["v"] = json!(2)),
    ("v has another type than the format has", |it| it["v"] = json!(1.0)),
    ("v has another type than the format has", |it| it["v"] = json!("1")),
    ("x is not a known member", |it| it["x"] = json!(1)),
    ("it has no group", |it| it["groups"] = json!([])),
    ("it has more than 16 groups", |it| it["groups"] = vec![it["groups"][0].clone(); 17].into()),
    ("groups has another type than the format has", |it| it["groups"] = json!({})),
    ("groups[0] has another type than the format has", |it| it["groups"][0] = json!([[], {}, {}])),
    ("groups[0] lacks a member", |it| drop(it["groups"][0].as_object_mut().unwrap().remove("commits"))),
    ("groups[0].x is not a known member", |it| it["groups"][0]["x"] = json!(null)),
    ("groups[0] has no entry in \"to\"", |it| it["groups"][0]["to"] = json!([])),
    ("groups[0] has no item", |it| {
        it["groups"][0]["items"] = json!({});
        it["groups"][0]["commits"] = json!({});
    }),
    ("groups[0] does not have the same names in \"items\" and \"commits\"", |it| {
        it["groups"][0]["commits"] = json!({ "a": it["groups"][0]["commits"]["a"] });
    }),
    ("groups[0] has an item that is not 60 bytes long", |it| it["groups"][0]["items"]["a"] = json!("AAAA")),
    ("groups[0] has a commitment that is not 32 bytes long", |it| {
        it["groups"][0]["commits"]["a"] = json!("AAAA");
    }),
    ("groups[0].items.a is not canonical base64", |it| it["groups"][0]["items"]["a"] = json!("AAB=")),
    ("groups[0].to[0].key is not canonical base64", |it| it["groups"][0]["to"][0]["key"] = json!("AA\nAA")),
    ("groups[0].to[0].key is not canonical base64", |it| it["groups"][0]["to"][0]["key"] = json!("AA")),
    ("groups[0].to[0] does not have exactly one of \"cert\" and \"age\"", |it| {
        it["groups"][0]["to"][0]["age"] = json!(AGE);
    }),
    ("groups[0].to[1] does not have exactly one of \"cert\" and \"age\"", |it| {
        drop(it["groups"][0]["to"][1].as_object_mut().unwrap().remove("age"));
    }),
    ("groups[0].to[0].cert has another type", |it| it["groups"][0]["to"][0]["cert"] = json!(null)),
    ("groups[0].to[0] has a fingerprint that is not 64 hex digits in lower case", |it| {
        let upper = it["groups"][0]["to"][0]["cert"].as_str().unwrap().to_uppercase();
        it["groups"][0]["to"][0]["cert"] = json!(upper);
    }),
    ("groups[0].to[1] has an age recipient that is not a native", |it| {
        it["groups"][0]["to"][1]["age"] = json!("ssh-ed25519 AAAA");
    }),
    ("groups[0].to[0].x is not a known member", |it| it["groups"][0]["to"][0]["x"] = json!(1)),
    ("groups[0].to[0].key has another type", |it| it["groups"][0]["to"][0]["key"] = json!([1])),
];

#[test]
fn wrong_documents_are_refused_with_the_member() {
    for (expected, change) in WRONG {
        let mut document = document();
        change(&mut document);
        let error = Recipients::from_text(&document.to_string()).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error:?} for {expected:?}");
    }
}

#[test]
fn names_that_are_given_twice_and_texts_that_are_no_json_are_refused() {
    let text = document().to_string();
    let item = text.find(r#""items":{"a":"#).unwrap() + 9;
    let end = item + text[item..].find(',').unwrap() + 1;
    let twice = format!("{}{}{}", &text[..item], &text[item..end], &text[item..]);
    for (text, expected) in [
        (twice.as_str(), "groups[0].items has a name that is given twice"),
        (r#"{"v":1,"v":1,"groups":[]}"#, "it has a name that is given twice"),
        ("", "it is not JSON"),
        ("{", "it is not JSON"),
        ("null", "it has another type than the format has"),
        ("[1,[]]", "it has another type than the format has"),
        (&format!("{text} x"), "it is not JSON"),
        (&"[".repeat(LONGEST_READ + 1), "it is longer than 262,144 bytes"),
    ] {
        let error = Recipients::from_text(text).unwrap_err().to_string();
        assert_eq!(error, expected, "{}", &text[..text.len().min(300)]);
    }
    assert!(Recipients::from_text(&format!(" {text}\n")).is_ok(), "white space is no error");
}

#[test]
fn what_is_too_long_is_not_written() {
    let mut group = NewGroup::new(&mut SysRng, b"").unwrap();
    group.add_certificate(&Certificate::from_pem(CERTIFICATE).unwrap()).unwrap();
    for number in 0..1_600 {
        group.add_item(&mut SysRng, &format!("{number}"), b"", &session_key()).unwrap();
    }
    let error = Recipients::new(group.finish().unwrap()).to_text().unwrap_err();
    assert!(error.to_string().contains("the most is 204800"), "{error}");
}
