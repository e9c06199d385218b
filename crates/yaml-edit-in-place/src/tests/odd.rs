//! Odd spellings that parsers read in different ways, or that hide where something ends: most were found by `tests/yaml_edit`, in which
//! Go's parsers judge the editor.

use super::*;

/// Edits the document's root.
fn root(text: &str, change: Change) -> Result<String, String> {
    let mut file = YamlFile::read(text);
    let edits = [Edit { at: String::new(), changes: vec![change] }];
    let outcome: Result<(), EditError> = file.edit(0, &edits).into_iter().collect();
    outcome.map(|()| file.text().to_string()).map_err(|error| error.to_string())
}

#[track_caller]
fn becomes(before: &str, change: Change, after: &str) {
    assert_eq!(root(before, change).as_deref(), Ok(after), "{before}");
}

#[test]
fn the_header_of_a_block_is_not_looked_for_in_keys_and_comments() {
    let set = || Change::set(["k"], "new");
    becomes("k: |\t# c\n  x\n", set(), "k: new\t# c\n");
    becomes("k: # a | b\n  >-\n  x\n", set(), "k: # a | b\n  new\n");
    let add = || Change::set(["m", "k"], "new");
    becomes("m:\n  a+: |\n    x\n\n# c\n", add(), "m:\n  a+: |\n    x\n  k: new\n\n# c\n");
    becomes("m:\n  a#b: |+\n    x\n\n# c\n", add(), "m:\n  a#b: |+\n    x\n\n  k: new\n# c\n");
}

#[test]
fn the_comment_above_an_empty_map_stays() {
    let add = || Change::set(["m", "k"], "new");
    becomes("m: # c\n  {}\nz: 1\n", add(), "m: # c\n  {k: new}\nz: 1\n");
    becomes("m: # c\n  ~\n", add(), "m: # c\n  {k: new}\n");
    becomes("x: {m: # c\n  {}}\n", Change::set(["x", "m", "k"], "new"), "x: {m: # c\n  {k: new}}\n");
}

#[test]
fn white_space_that_yaml_does_not_know_is_text() {
    becomes("k: |\n  x\u{a0}\nz: 1\n", Change::set(["k"], "new"), "k: new\nz: 1\n");
}

/// To YAML 1.1, `a:,` is a key.
#[test]
fn the_comma_behind_a_missing_value_is_apart_from_its_key() {
    let add = || Change::set(["m", "k"], "new");
    becomes("m: {a: }\n", add(), "m: {a: , k: new }\n");
    becomes("m: {a: , k: x}\n", Change::remove(["m", "k"]), "m: {a: }\n");
    becomes("m: {a: !!null }\n", add(), "m: {a: !!null , k: new }\n");
}

#[test]
fn comments_between_entries_of_an_item_stay() {
    let remove = |text: &str| {
        let mut file = YamlFile::read(text);
        let edit = Edit { at: "/l/0".to_owned(), changes: vec![Change::remove(["a"])] };
        assert_eq!(file.edit(0, &[edit]), [Ok(())], "{text}");
        file.text().to_string()
    };
    assert_eq!(remove("l:\n- a: x # own\n  b: y\n"), "l:\n- b: y\n");
    assert_eq!(remove("l:\n- a: x # own\n  # about b\n  b: y\n"), "l:\n-\n  # about b\n  b: y\n");
    assert_eq!(remove("l:\n  - ? a\n    : x\n    b: y\n"), "l:\n  - b: y\n");
}

#[test]
fn keys_behind_a_question_mark_are_removed() {
    let remove = || Change::remove(["k"]);
    becomes("? k\n: x\nz: 1\n", remove(), "z: 1\n");
    becomes("a: 1\n? k\n: x\n? z\n: 1\n", remove(), "a: 1\n? z\n: 1\n");
    becomes("{a: 1, ? k : x, z: 1}\n", remove(), "{a: 1, z: 1}\n");
}

#[test]
fn the_end_of_a_list_is_found_without_a_last_item() {
    let add = || Change::set(["m", "k"], "new");
    for last in ["a:\n  - x\n  -", "a:\n    - x\n    - # c", "a:\n  -"] {
        for tail in ["\n", "\nz: 1\n", "\n# c\nz: 1\n"] {
            becomes(&format!("m:\n  {last}{tail}"), add(), &format!("m:\n  {last}\n  k: new{tail}"));
        }
    }
}

/// Go's YAML 1.1 parser, kubectl's, gives way to a merge key that follows the entry.
#[test]
fn an_entry_before_a_merge_key_is_not_changed() {
    let text = "x: &x {k: a}\nm:\n  k: b\n  <<: *x\n";
    for change in [Change::set(["m", "k"], "new"), Change::remove(["m", "k"])] {
        assert_eq!(root(text, change), Err("m is not a map that is written out here".to_owned()));
    }
    let behind = "x: &x {k: a}\nm:\n  <<: *x\n  k: b\n";
    becomes(behind, Change::set(["m", "k"], "new"), &behind.replace("k: b", "k: new"));
}

#[test]
fn a_block_before_the_removed_end_of_a_text_keeps_its_line_end() {
    let remove = || Change::remove(["k"]);
    becomes("a: 1\nk: x", remove(), "a: 1");
    becomes("a: 1\n\nk: x", remove(), "a: 1\n");
    becomes("a: |\n  x\nk: x", remove(), "a: |\n  x\n");
    becomes("a:\n- |+\n  x\n\nk: x", remove(), "a:\n- |+\n  x\n\n");
}

/// Go reads `!mine true` as text.
#[test]
fn a_tag_goes_with_its_text() {
    for value in ["!!str x", "!mine x", "!mine 'x'", "! x"] {
        for end in [" # c\n", "\nz: 1\n"] {
            becomes(&format!("k: {value}{end}"), Change::set(["k"], true), &format!("k: true{end}"));
        }
    }
    becomes("k: &a !!str x\n", Change::set(["k"], NewValue::Null), "k: &a null\n");
    becomes("k: !!str &a x\n", Change::set(["k"], true), "k: &a true\n");
    becomes("k:\n  !!str x\nz: 1\n", Change::set(["k"], true), "k:\n  true\nz: 1\n");
    becomes("k: !mine |\n  x\n", Change::set(["k"], true), "k: true\n");
    becomes("{k: !mine x, z: 1}\n", Change::set(["k"], true), "{k: true, z: 1}\n");
    becomes("k: !mine [x]\n", Change::set(["k"], vec!["y".to_owned()]), "k: [\"y\"]\n");
    becomes("k: !!null\n", Change::set(["k"], true), "k: true\n");
    becomes("k: !mine x\n", Change::set(["k"], "new"), "k: !mine new\n");
}

#[test]
fn lists_are_replaced_in_their_place() {
    let set = || Change::set(["k"], vec!["a".to_owned(), "b".to_owned()]);
    let new = r#"["a", "b"]"#;
    becomes("k: [x] # c\nz: 1\n", set(), &format!("k: {new} # c\nz: 1\n"));
    becomes("k: # c\n- x # of x\n\n- y\nz: 1\n", set(), &format!("k: {new} # c\nz: 1\n"));
    becomes("k: x # c\nz: 1\n", set(), &format!("k: {new} # c\nz: 1\n"));
    becomes("k:\n  - x", set(), &format!("k: {new}"));
    becomes("k: *x\n".replace("*x", "&x\n  - y").as_str(), set(), &format!("k: &x {new}\n"));
    becomes("{\"k\": [\n\"x\"\n]}\n", set(), &format!("{{\"k\": {new}}}\n"));
    assert_eq!(root("k: {a: x}\n", set()), Err("k is not text that is written out here".to_owned()));
}
