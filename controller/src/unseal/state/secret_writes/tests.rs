//! Which writes are remembered, and until when.

use super::*;
use serde_json::json;

fn secret(name: &str, version: &str) -> ObservedMetadata<Secret> {
    let metadata = json!({ "namespace": "shop", "name": name, "resourceVersion": version });
    serde_json::from_value(json!({ "metadata": metadata })).unwrap()
}

/// A watch that has listed, and shown another Secret in version 5.
fn watched() -> (SecretWrites, WatchPhase) {
    let writes = SecretWrites::default();
    for event in [Event::Init, Event::InitApply(secret("db", "3")), Event::InitDone] {
        writes.follow(&event);
    }
    writes.follow(&Event::Apply(secret("other", "5")));
    let phase = writes.unseen("shop", "db", Instant::now()).1;
    (writes, phase)
}

fn unseen(writes: &SecretWrites) -> Option<String> {
    writes.unseen("shop", "db", Instant::now()).0
}

#[test]
fn a_write_is_remembered_until_the_watch_shows_it() {
    for (event, expected) in [
        (Event::Apply(secret("db", "6")), Some("7")),
        (Event::Apply(secret("db", "7")), None),
        (Event::Apply(secret("db", "8")), None),
        (Event::Delete(secret("db", "6")), Some("7")),
        (Event::Delete(secret("db", "8")), None),
        (Event::Apply(secret("another", "6")), Some("7")),
        // Whatever is written to any Secret later, the watch shows it later.
        (Event::Apply(secret("another", "8")), Some("7")),
        (Event::Init, None),
    ] {
        let (writes, phase) = watched();
        writes.wrote("shop", "db", "7", phase, Instant::now());
        assert_eq!(unseen(&writes).as_deref(), Some("7"));
        assert_eq!(writes.unseen("stage", "db", Instant::now()).0, None, "another namespace");
        writes.follow(&event);
        assert_eq!(unseen(&writes).as_deref(), expected, "{event:?}");
    }
}

/// The answer to the write may come after the watch has shown the Secret, and that another client deleted it.
#[test]
fn a_write_that_was_shown_before_its_answer_is_not_remembered() {
    let (writes, phase) = watched();
    writes.follow(&Event::Apply(secret("db", "7")));
    writes.follow(&Event::Delete(secret("db", "8")));
    writes.wrote("shop", "db", "7", phase, Instant::now());
    assert_eq!(unseen(&writes), None);
}

/// A list may lack the Secret because another client deleted it: no event says so.
#[test]
fn a_write_is_not_remembered_across_a_list() {
    let (writes, phase) = watched();
    writes.follow(&Event::Init);
    writes.wrote("shop", "db", "7", phase, Instant::now());
    assert_eq!(unseen(&writes), None, "written before the list, answered after it began");
    let phase = writes.unseen("shop", "db", Instant::now()).1;
    writes.wrote("shop", "db", "7", phase, Instant::now());
    writes.follow(&Event::InitDone);
    assert_eq!(unseen(&writes), None, "written during the list");
    writes.wrote("shop", "db", "7", phase, Instant::now());
    assert_eq!(unseen(&writes), None, "written during the list, answered after it");
}

#[test]
fn a_version_without_an_order_is_not_remembered() {
    let (writes, phase) = watched();
    writes.wrote("shop", "db", "b", phase, Instant::now());
    assert_eq!(unseen(&writes), None);
}

/// The watch may be refused, or its connection lost without an error.
#[test]
fn a_write_that_the_watch_does_not_show_is_not_believed_for_long() {
    let (writes, phase) = watched();
    let start = Instant::now();
    writes.wrote("shop", "db", "7", phase, start);
    assert!(writes.unseen("shop", "db", start + BELIEVED / 2).0.is_some());
    assert_eq!(writes.unseen("shop", "db", start + BELIEVED).0, None);
}

#[test]
fn versions_may_begin_again_after_a_list() {
    let (writes, _) = watched();
    writes.follow(&Event::Init);
    writes.follow(&Event::InitApply(secret("db", "1")));
    writes.follow(&Event::InitDone);
    let phase = writes.unseen("shop", "db", Instant::now()).1;
    writes.wrote("shop", "db", "2", phase, Instant::now());
    assert_eq!(unseen(&writes).as_deref(), Some("2"));
}
