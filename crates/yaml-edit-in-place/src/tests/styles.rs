//! Values and entries of one document, in every style that YAML has for them.

use super::*;

#[test]
fn values_of_every_style_are_replaced_whole() {
    for (key, from, to) in [
        ("plain", "plain: AgA1 # first", "plain: AgB= # first"),
        ("single", "'AgA2'", "'AgB='"),
        ("double", "\"AgA3\"", "\"AgB=\""),
        ("literal", "|  # why\n            AgA4\n            AgA5\n", "AgB=  # why\n"),
        ("folded", ">-\n            AgA6\n", "AgB=\n"),
        ("tail", "AgA7", "AgB="),
    ] {
        let expected = swap(FULL, from, to);
        assert_eq!(edited(FULL, &[item(key, "AgB=")]).unwrap(), expected, "{key}");
        let crlf = |text: &str| text.replace('\n', "\r\n");
        assert_eq!(edited(&crlf(FULL), &[item(key, "AgB=")]).unwrap(), crlf(&expected), "{key}");
    }
}

#[test]
fn entries_are_added_in_the_manner_of_their_siblings() {
    let expected = swap(FULL, "tail: AgA7\n", "tail: AgA7\n        new: AgB=\n");
    assert_eq!(edited(FULL, &[item("new", "AgB=")]).unwrap(), expected);
    assert_eq!(
        edited(&FULL.replace('\n', "\r\n"), &[item("new", "AgB=")]).unwrap(),
        expected.replace('\n', "\r\n")
    );

    let quoted = swap(FULL, "tail: AgA7", "\"tail\": \"AgA7\"");
    let expected = swap(&quoted, "\"AgA7\"\n", "\"AgA7\"\n        \"new\": \"AgB=\"\n");
    assert_eq!(edited(&quoted, &[item("new", "AgB=")]).unwrap(), expected);

    let change = label("app.kubernetes.io/name", "true");
    let expected = swap(
        FULL,
        "type: Opaque\n",
        "type: Opaque\n        metadata:\n            labels:\n                app.kubernetes.io/name: \"true\"\n",
    );
    assert_eq!(edited(FULL, &[change]).unwrap(), expected);
    let hint = annotation("hint", "5");
    let expected = swap(FULL, "\"shop\"\n", "\"shop\"\n    annotations:\n        hint: \"5\"\n");
    assert_eq!(edited(FULL, &[hint]).unwrap(), expected);
}

#[test]
fn entries_are_removed_with_their_lines() {
    for (key, from) in [
        ("plain", "        plain: AgA1 # first\n"),
        ("double", "        \"double\": \"AgA3\"\n"),
        ("literal", "        literal: |  # why\n            AgA4\n            AgA5\n"),
        ("tail", "        tail: AgA7\n"),
    ] {
        assert_eq!(edited(FULL, &[without(key)]).unwrap(), swap(FULL, from, ""), "{key}");
    }
    assert_eq!(edited(FULL, &[without("none")]).unwrap(), FULL);
    let changes = [without("plain"), item("new", "AgB="), item("tail", "AgC="), without("new")];
    let expected = swap(&swap(FULL, "        plain: AgA1 # first\n", ""), "AgA7", "AgC=");
    assert_eq!(edited(FULL, &changes).unwrap(), expected);
}

/// What follows `spec:`, before and after a change.
#[track_caller]
fn spec(before: &str, change: &Change, after: &str) {
    let found = edited(&format!("{HEAD}{before}"), slice::from_ref(change));
    assert_eq!(found.as_deref(), Ok(format!("{HEAD}{after}").as_str()), "{before}");
}

#[test]
fn maps_without_entries() {
    let new = item("k", "AgB=");
    spec("  encryptedData: {}\n", &new, "  encryptedData:\n    k: AgB=\n");
    spec(
        "  encryptedData: {} # c\n  template: {}\n",
        &new,
        "  encryptedData: # c\n    k: AgB=\n  template: {}\n",
    );
    spec("  encryptedData:\n  template: {}\n", &new, "  encryptedData:\n    k: AgB=\n  template: {}\n");
    spec("  encryptedData:", &new, "  encryptedData:\n    k: AgB=");
    spec("  encryptedData: ~ # c", &new, "  encryptedData: # c\n    k: AgB=");
    spec("  encryptedData: null\n", &new, "  encryptedData:\n    k: AgB=\n");
    spec("  encryptedData:\n    {}\n", &new, "  encryptedData:\n    k: AgB=\n");
    spec("  encryptedData: {\n  }\n", &new, "  encryptedData:\n    k: AgB=\n");
    spec("  encryptedData: {\n  # c\n  }\n", &new, "  encryptedData: {\n  # c\n  k: AgB=}\n");
    spec("  encryptedData: &a {}\n", &new, "  encryptedData: &a\n    k: AgB=\n");
    spec("  encryptedData: !!map {}\n", &new, "  encryptedData: !!map\n    k: AgB=\n");
    spec("  template: {}\n", &new, "  template: {}\n  encryptedData:\n    k: AgB=\n");
    spec("  {}\n", &new, "  encryptedData:\n    k: AgB=\n".trim_start_matches('x'));
}

#[test]
fn the_last_entry_leaves_an_empty_map() {
    spec("  encryptedData:\n    k: AgA\n", &without("k"), "  encryptedData: {}\n");
    spec("  encryptedData: # c\n    k: AgA\n  # d\n", &without("k"), "  encryptedData: {} # c\n  # d\n");
    spec("  encryptedData:\n    k: AgA", &without("k"), "  encryptedData: {}");
    spec("  encryptedData: &a\n    k: AgA\n", &without("k"), "  encryptedData: &a {}\n");
    spec("  encryptedData: {k: AgA}\n", &without("k"), "  encryptedData: {}\n");
}

#[test]
fn braces() {
    let new = item("k", "AgB=");
    spec("  encryptedData: {a: AgA}\n", &new, "  encryptedData: {a: AgA, k: AgB=}\n");
    spec("  encryptedData: {a: AgA,}\n", &new, "  encryptedData: {a: AgA, k: AgB=,}\n");
    spec("  encryptedData: { 'a': \"AgA\" }\n", &new, "  encryptedData: { 'a': \"AgA\", 'k': \"AgB=\" }\n");
    spec(
        "  encryptedData: {\n    a: AgA # c\n  }\n",
        &new,
        "  encryptedData: {\n    a: AgA,\n    k: AgB= # c\n  }\n",
    );
    spec("  encryptedData: {k, a: x}\n", &new, "  encryptedData: {k: AgB=, a: x}\n");
    spec("  encryptedData: {k: , a: x}\n", &new, "  encryptedData: {k: AgB= , a: x}\n");
    spec("  encryptedData: {a: 'x', k: AgC}\n", &new, "  encryptedData: {a: 'x', k: AgB=}\n");
    spec("  {encryptedData: {}}\n", &new, "  {encryptedData: {k: AgB=}}\n");
    let gone = without("k");
    spec("  encryptedData: {a: x, k: AgC}\n", &gone, "  encryptedData: {a: x}\n");
    spec("  encryptedData: {k: AgC, a: x}\n", &gone, "  encryptedData: {a: x}\n");
    spec(
        "  encryptedData: {\n    k: AgC, # c\n    a: x}\n",
        &gone,
        "  encryptedData: {\n     # c\n    a: x}\n",
    );
    spec(
        "  encryptedData: {\n    a: x, # c\n    k: AgC\n  }\n",
        &gone,
        "  encryptedData: {\n    a: x, # c\n    \n  }\n",
    );
}

#[test]
fn oddly_written_values() {
    let new = item("k", "AgB=");
    for (before, after) in [
        ("k:", "k: AgB="),
        ("k: # c", "k: AgB= # c"),
        ("k: ''", "k: 'AgB='"),
        ("k: !!str AgA", "k: !!str AgB="),
        ("k: &a AgA # c", "k: &a AgB= # c"),
        ("k: &a !!str", "k: &a !!str AgB="),
        ("k: AgA\n      AgB\n\n      AgC", "k: AgB="),
        ("k: \"AgA\\\n      AgC\"", "k: \"AgB=\""),
        ("k:\n      AgA", "k:\n      AgB="),
        ("k:\n      \"AgA\"", "k:\n      \"AgB=\""),
        ("k: |2-\n        AgA", "k: AgB="),
        ("k: |+\n      AgA\n\n", "k: AgB=\n\n"),
        ("k: |+ # c\n      AgA\n\n", "k: AgB= # c\n\n"),
        ("k: |", "k: AgB="),
        ("k: >", "k: AgB="),
        ("k: &a |\n      AgA", "k: &a AgB="),
        ("? k\n    : AgA", "? k\n    : AgB="),
        ("? 'k' # c\n    : |\n      AgA", "? 'k' # c\n    : AgB="),
        ("\"k\" :  AgA", "\"k\" :  AgB="),
        ("'k': >\n      AgA\n      # no comment", "'k': AgB="),
    ] {
        for tail in ["", "\n", "\n    z: x\n", "\n  template: {}\n", "\n# end\n"] {
            spec(
                &format!("  encryptedData:\n    {before}{tail}"),
                &new,
                &format!("  encryptedData:\n    {after}{tail}"),
            );
        }
    }
}

#[test]
fn entries_below_odd_ones() {
    let new = item("k", "AgB=");
    for last in [
        "a: |\n      x",
        "a: |+\n      x\n\n",
        "a: >-\n      x\n      # no comment",
        "a: # c",
        "a: &a !!str",
        "a: x\n      z",
        "a: x # c",
        "? a\n    : x",
        "\u{e9}\u{1f600}: x",
    ] {
        for tail in ["\n", "\n  # c\n", "\n  template: {}\n"] {
            let before = format!("  encryptedData:\n    {last}{tail}");
            let after = format!("  encryptedData:\n    {last}\n    k: AgB={tail}");
            spec(&before, &new, &after);
        }
    }
}

#[test]
fn aliases_are_replaced_and_what_they_stand_for_is_not() {
    let new = item("k", "AgB=");
    spec("  encryptedData: {a: &a AgA, k: *a }\n", &new, "  encryptedData: {a: &a AgA, k: AgB= }\n");
    let shared = format!("{HEAD}  encryptedData:\n    k: &a AgA\n    b: *a\n");
    assert!(
        edited(&shared, slice::from_ref(&new))
            .unwrap_err()
            .contains("something else in the document would be changed")
    );
    assert!(edited(&shared, &[without("k")]).is_err());
    let both = edited(&shared, &[new.clone(), item("b", "AgC=")]).unwrap();
    assert_eq!(both, format!("{HEAD}  encryptedData:\n    k: &a AgB=\n    b: AgC=\n"));
    let map = format!("x: &x {{k: AgA}}\n{HEAD}  encryptedData: *x\n");
    assert!(edited(&map, slice::from_ref(&new)).unwrap_err().contains("spec.encryptedData is not a map"));
    let merged = format!("x: &x {{k: AgA}}\n{HEAD}  encryptedData:\n    <<: *x\n");
    let expected = format!("{merged}    k: AgB=\n");
    assert_eq!(edited(&merged, &[new]).unwrap(), expected);
    assert!(edited(&merged, &[without("k")]).is_err());
}
