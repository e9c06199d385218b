//! Streams of manifests as users write them: what is read, and the location and message of each error.

use super::*;
use std::error::Error as _;

fn names(stream: &str) -> Vec<String> {
    let secrets = read(&Input::Stdin, stream.as_bytes()).unwrap();
    secrets.into_iter().filter_map(|input| input.secret.metadata.name).collect()
}

/// The error and its location, or the number of Secrets.
fn outcome(stream: &str) -> String {
    match read(&Input::Stdin, stream.as_bytes()) {
        Ok(secrets) => format!("{} secrets", secrets.len()),
        Err(error) => {
            let cause = error.source().map(ToString::to_string).unwrap_or_default();
            format!("{error}: {cause} {error:?}")
        }
    }
}

#[test]
fn streams_of_all_kinds() {
    let a = r#"{"metadata": {"name": "a"}}"#;
    let b = "metadata:\n  name: b\n";
    assert_eq!(names(&format!("{a}{a}\n{a}")), ["a", "a", "a"]);
    assert_eq!(names(&format!("{b}---\n{b}---\n# nothing\n---\n")), ["b", "b"]);
    assert_eq!(names(&format!("{a}\n---\n{b}---\n{a}")), ["a", "b", "a"]);
    assert_eq!(names(&format!("{b}...\n{b}")), ["b", "b"]);
    assert_eq!(names("{metadata: {name: c}}"), ["c"]);
    assert_eq!(names("null\n---\n{}\n---\nmetadata: {name: d}"), ["d"]);
    assert_eq!(
        names("kind: List\nitems:\n- metadata: {name: e}\n- kind: Secret\n  metadata: {name: f}"),
        ["e", "f"]
    );
}

#[test]
fn a_missing_kind_is_a_secret_and_another_is_not() {
    assert_eq!(names("metadata: {name: a}\nkind:\n"), ["a"]);
    assert!(outcome("kind: Pod\n").contains("it is a Pod, not a Secret"));
    assert!(outcome("kind: secret\n").contains("it is a secret, not a Secret"));
    assert!(outcome("kind: hunter2 hunter2\n").contains("(something else)"));
}

#[test]
fn a_field_of_the_wrong_type_is_an_error_and_an_unknown_one_is_ignored() {
    let error = outcome("metadata: {name: a}\ndata: {a: ''}\nstringDatas: {k: hunter2}\n");
    assert!(error.contains("field stringDatas") && error.contains("stringData is spelt so"), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
    assert_eq!(names("metadata: {name: a}\nspec: {k: l}\nx-common: {k: l}\n"), ["a"]);
}

#[test]
fn lines_are_those_of_the_stream() {
    let error = outcome("metadata: {name: a}\n---\n\nmetadata: {name: b}\ndata:\n  k: 5\n");
    assert!(error.contains("document 2 (Secret b), line 6, column 6, field data.k"), "{error}");
    let error = outcome("{\"metadata\": {}}\n{\"metadata\": {}}\n{\"metadata\":\n {]}");
    assert!(error.contains("document 3, line 4, column 3"), "{error}");
}

#[test]
fn objects_in_a_row_know_their_place() {
    let error = outcome("{\"metadata\": {}} {\"metadata\": {}}\n \u{20}{\"kind\": \"Pod\"}");
    assert!(error.contains("document 3, line 2, column 3"), "{error}");
    let error = outcome("{\"metadata\": {}} {\"kind\": \"Pod\"}");
    assert!(error.contains("document 2, line 1, column 18"), "{error}");
}

#[test]
fn a_spot_names_its_document_and_object() {
    let one = "metadata: {name: one}\nstringData: {a: b}\n";
    let two = "---\n# none\n---\nkind: Secret\nmetadata: {name: two, namespace: shop}\ndata: {k: '!'}\n";
    let error = outcome(&format!("{one}{two}"));
    assert!(error.contains("document 2 (Secret shop/two), line 8, column 11, field data.k"), "{error}");
    let list = "kind: List\nitems:\n- metadata: {name: a}\n- kind: Pod\n  metadata: {name: b}\n";
    let error = outcome(&format!("{one}---\n{list}"));
    assert!(error.contains("document 2, item 2 (Pod b), line 7"), "{error}");
    // A value that was written into a field of names is not shown.
    let error = outcome("metadata: {name: hunter2 hunter2}\ndata: 5\n");
    assert!(error.contains("(Secret (something else))") && !error.contains("hunter2 h"), "{error}");

    let read = read(&Input::Stdin, format!("{one}---\n{one}---\n{{}}\n---\n{one}").as_bytes()).unwrap();
    let locations: Vec<String> = read.iter().map(|input| input.location.to_string()).collect();
    let expected = [1, 2, 4].map(|it| format!("standard input, document {it} (Secret one), line "));
    assert!(
        locations.iter().zip(&expected).all(|(location, start)| location.starts_with(start)),
        "{locations:?}"
    );
}

#[test]
fn a_list_may_say_nothing_of_what_it_is() {
    let items = r#"{"metadata": {"resourceVersion": "1"}, "items": [{"metadata": {"name": "a"}, "data": {}}, {"metadata": {"name": "b"}}]}"#;
    assert_eq!(names(items), ["a", "b"]);
    assert_eq!(names("metadata: {}\nitems:\n- metadata: {name: c}\n"), ["c"]);
    // A Secret that has such a field, which has no meaning.
    assert_eq!(names("metadata: {name: d}\nitems: [{metadata: {name: e}}]\nstringData: {k: l}\n"), ["d"]);
    assert_eq!(names("metadata: {name: f}\nitems:\n"), ["f"]);
}

/// `tests/differential` compares what Go reads: never this text.
#[test]
fn line_breaks_of_others_are_refused_wherever_they_stand() {
    for (character, name) in [('\u{85}', "U+0085"), ('\u{2028}', "U+2028"), ('\u{2029}', "U+2029")] {
        let c = character;
        for text in [
            format!("stringData:\n  k: hunter2{c}  hunter2\n"),
            format!("stringData:\n  k: 'hunter2{c}hunter2'\n"),
            format!("stringData:\n  k: \"hunter2{c}hunter2\"\n"),
            format!("stringData:\n  k: |\n    hunter2{c}    hunter2\n"),
            format!("stringData: {{k: hunter2{c}}}\n"),
        ] {
            let error = outcome(&format!("metadata: {{name: a}}\n---\nmetadata: {{name: b}}\n{text}"));
            assert!(error.contains("document 2, line ") && error.contains("field stringData.k"), "{error}");
            assert!(error.contains(name) && !error.contains("hunter2"), "{error}");
        }
        for text in [
            format!("# comment{c}stringData: {{k: hunter2}}\n"),
            format!("metadata: {{name: a}} # comment{c}stringData: {{k: hunter2}}\n"),
            format!("stringData:\n  'hunter2{c}': x\n"),
            format!("{{metadata: {{name: a}}, x: {c}}}"),
        ] {
            let error = outcome(&text);
            assert!(error.contains("document 1, line ") && error.contains(name), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
        // In JSON, it is a character like any other.
        let json = format!("{{\"metadata\": {{\"name\": \"a\"}}, \"stringData\": {{\"k\": \"a{c}b\"}}}}");
        let secrets = read(&Input::Stdin, json.as_bytes()).unwrap();
        assert_eq!(secrets[0].secret.data["k"].expose(), format!("a{c}b").as_bytes());
        let escaped = format!("stringData: {{k: \"a\\u{:04x}b\"}}", u32::from(c));
        let secrets = read(&Input::Stdin, escaped.as_bytes()).unwrap();
        assert_eq!(secrets[0].secret.data["k"].expose(), format!("a{c}b").as_bytes());
    }
}

#[test]
fn a_lone_carriage_return_is_a_line_break_as_in_go() {
    let read = |text: &str| {
        let secrets = read(&Input::Stdin, text.as_bytes()).unwrap();
        String::from_utf8(secrets[0].secret.data["k"].expose().to_vec()).unwrap()
    };
    assert_eq!(read("stringData:\n  k: 'a\rb'\n"), "a b");
    assert_eq!(read("stringData:\n  k: \"a\r\rb\"\n"), "a\nb");
    assert_eq!(read("stringData:\n  k: |\n    a\r    b\n"), "a\nb\n");
    assert_eq!(read("# c\rstringData:\r  k: a\r"), "a");
}

#[test]
fn a_long_list_is_read_and_a_bomb_is_not() {
    let item = "- metadata:\n    name: a\n    annotations: &shared {a: b, c: d, e: f, g: h, i: j, k: l, m: o, q: p}\n  \
                stringData: {a: b, c: d, e: f, g: h, i: j, k: l, m: o, q: p}\n";
    let list = format!("kind: List\nitems:\n{}", item.replace("&shared ", "").repeat(6_000));
    assert_eq!(outcome(&list), "6000 secrets");
    let aliases =
        format!("kind: List\nitems:\n{item}{}", "- metadata: {name: b, annotations: *shared}\n".repeat(300));
    assert_eq!(outcome(&aliases), "301 secrets");

    let mut bomb = "a: &a {k: [x, x, x, x, x, x, x, x, x]}\n".to_owned();
    for (before, name) in ('a'..='h').zip('b'..='i') {
        let nine = format!("*{before}, ").repeat(9);
        bomb.extend([&format!("{name}: &{name} {{k: [{nine}]}}\n")[..]]);
    }
    let error = outcome(&bomb);
    assert!(error.contains("expands to more than"), "{error}");
}

/// Cuts and alters a manifest at every position: no error shows a value.
#[test]
fn no_fault_quotes_a_value() {
    let yaml =
        "metadata:\n  name: a\nstringData:\n  k: 'hunter2 hunter2'\n  l: |\n    hunter2\n  m: {n: hunter2}\n";
    let json = r#"{"metadata": {"name": "a"}, "stringData": {"k": "hunter2", "l": ["hunter2"]}}"#;
    for sound in [yaml, json] {
        for at in 0..sound.len() {
            let cut = &sound[..at];
            for with in [
                "", "\t", "\n", "\"", "'", "*", "&", "!", "!!int ", "|", ">", "%", "@", "`", "{", "}", "[",
                "]", ",", ": ", "#", "?", "- ", "\\", "\u{0}", "<<: ",
            ] {
                for altered in [format!("{cut}{with}"), format!("{cut}{with}{}", &sound[at..])] {
                    let printed = outcome(&altered);
                    assert!(
                        !printed.contains("hunter2") && !printed.contains("unter2"),
                        "{altered}\n{printed}"
                    );
                }
            }
        }
    }
}
