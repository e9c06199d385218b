//! `read`: a stream of manifests into the Secrets in it; all of them, or an error.

use crate::files::input::Input;
use crate::manifest::error::ManifestError;
use crate::manifest::yaml::documents::{Document, documents};
use crate::manifest::yaml::fault::Fault;
use crate::manifest::yaml::field::Field;
use crate::manifest::yaml::parse::parse;
use crate::manifest::yaml::place::Place;
use crate::manifest::yaml::stream::StreamedDocument;
use crate::manifest::{mistyped, secret};
use sealing::SecretToSeal;

/// What an object without a kind is taken for, as upstream has it.
const KIND: &str = "Secret";

/// A Secret, and where it was read.
#[derive(Debug)]
pub(crate) struct InputSecret {
    pub place: Place,
    pub secret: SecretToSeal,
}

/// Reads every Secret in `bytes`, which came from `input`.
pub(crate) fn read(input: &Input, bytes: &[u8]) -> Result<Vec<InputSecret>, ManifestError> {
    let mut secrets = Vec::new();
    each_object(input, bytes, &mut |object| read_object(object, &mut secrets))?;
    if secrets.is_empty() {
        return Err(ManifestError::Nothing(input.clone()));
    }
    Ok(secrets)
}

/// Reads every Secret in a document, which came from `input`; gives the number of objects as well. Documents are counted
/// from this one.
pub(crate) fn read_document(
    input: &Input,
    document: &StreamedDocument,
) -> Result<(usize, Vec<InputSecret>), ManifestError> {
    let text = std::str::from_utf8(&document.bytes).map_err(|_| ManifestError::NotText(input.clone()))?;
    let document = Document { text, first_line: document.first_line };
    let mut secrets = Vec::new();
    let count = each_object_of(input, document, 0, &mut |object| read_object(object, &mut secrets))?;
    Ok((count, secrets))
}

/// Hands over every object of the stream that has something in it.
pub(crate) fn each_object(
    input: &Input,
    bytes: &[u8],
    take: &mut dyn FnMut(Field) -> Result<(), ManifestError>,
) -> Result<(), ManifestError> {
    let stream = std::str::from_utf8(bytes).map_err(|_| ManifestError::NotText(input.clone()))?;
    let mut number = 0;
    for document in documents(stream) {
        number += each_object_of(input, document, number, take)?;
    }
    Ok(())
}

/// Hands over every object of the document that has something in it; gives the number of all. There are so many `before` it.
fn each_object_of(
    input: &Input,
    document: Document<'_>,
    before: usize,
    take: &mut dyn FnMut(Field) -> Result<(), ManifestError>,
) -> Result<usize, ManifestError> {
    let nodes = parse(document).map_err(|broken| {
        let whole = Place::document(input, before + broken.sound + 1, broken.position);
        let place = broken.field.map_or_else(|| whole.clone(), |field| whole.field(&field, broken.position));
        ManifestError::At { place, fault: broken.fault }
    })?;
    let count = nodes.len();
    for (index, node) in nodes.into_iter().enumerate() {
        let place = Place::document(input, before + index + 1, node.position);
        let field = Field::of_object(place, node, KIND);
        if !field.is_empty() {
            take(field)?;
        }
    }
    Ok(count)
}

/// A Secret, or a List of them.
fn read_object(object: Field, secrets: &mut Vec<InputSecret>) -> Result<(), ManifestError> {
    let place = object.place.clone();
    let fields = object.object(secret::FIELDS)?;
    let mut kind = None;
    let mut version = None;
    let mut rest = Vec::with_capacity(fields.len());
    for (name, field) in fields {
        match name.as_str() {
            "kind" => kind = field.plain_text()?,
            "apiVersion" => version = field.plain_text()?,
            _ => rest.push((name, field)),
        }
    }
    let refuse = |fault| Err(ManifestError::At { place: place.clone(), fault });
    let has = |wanted: &str| rest.iter().any(|(name, field)| name == wanted && !field.is_null());
    // As programs in Go marshal a list that they got: neither it nor its items say what they are.
    let is_bare_list =
        kind.as_deref().is_none_or(str::is_empty) && has("items") && !has("data") && !has("stringData");
    match kind.as_deref() {
        // As upstream has it: an object without a kind is taken for a Secret.
        None | Some("" | "Secret" | "List" | "SecretList") => {}
        Some(kind) => return refuse(Fault::OtherKind(shown(kind))),
    }
    if let Some(version) = version.filter(|version| !version.is_empty() && version != "v1") {
        return refuse(Fault::OtherVersion(shown(&version)));
    }
    if is_bare_list || kind.is_some_and(|kind| kind.ends_with("List")) {
        return read_list(&place, rest, secrets);
    }
    for (name, field) in &rest {
        if let Some(meant) = mistyped::meant(name) {
            return Err(field.fault(Fault::Mistyped(meant)));
        }
    }
    secrets.push(InputSecret { secret: secret::read(rest)?, place });
    Ok(())
}

fn read_list(
    place: &Place,
    fields: Vec<(String, Field)>,
    secrets: &mut Vec<InputSecret>,
) -> Result<(), ManifestError> {
    for (_, field) in fields.into_iter().filter(|(name, _)| name == "items") {
        for (index, node) in field.list()?.into_iter().enumerate() {
            let place = place.item(index + 1, node.position);
            read_object(Field::of_object(place, node, KIND), secrets)?;
        }
    }
    Ok(())
}

/// A kind or version, unless it is something else that went into the wrong field.
pub(crate) fn shown(name: &str) -> String {
    let is_name = name.len() <= 63 && name.chars().all(|c| c.is_ascii_alphanumeric() || "./-".contains(c));
    if is_name { name.into() } else { "(something else)".into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    fn names(stream: &str) -> Vec<String> {
        let secrets = read(&Input::Stdin, stream.as_bytes()).unwrap();
        secrets.into_iter().filter_map(|input| input.secret.metadata.name).collect()
    }

    /// The fault and its place, or how many Secrets there are.
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
    fn a_mistyped_field_is_told_and_an_unknown_one_is_ignored() {
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
        // A value that went into a field of names is not told.
        let error = outcome("metadata: {name: hunter2 hunter2}\ndata: 5\n");
        assert!(error.contains("(Secret (something else))") && !error.contains("hunter2 h"), "{error}");

        let read = read(&Input::Stdin, format!("{one}---\n{one}---\n{{}}\n---\n{one}").as_bytes()).unwrap();
        let places: Vec<String> = read.iter().map(|input| input.place.to_string()).collect();
        let expected = [1, 2, 4].map(|it| format!("standard input, document {it} (Secret one), line "));
        assert!(places.iter().zip(&expected).all(|(place, start)| place.starts_with(start)), "{places:?}");
    }

    #[test]
    fn a_list_may_say_nothing_of_what_it_is() {
        let items = r#"{"metadata": {"resourceVersion": "1"}, "items": [{"metadata": {"name": "a"}, "data": {}}, {"metadata": {"name": "b"}}]}"#;
        assert_eq!(names(items), ["a", "b"]);
        assert_eq!(names("metadata: {}\nitems:\n- metadata: {name: c}\n"), ["c"]);
        // A Secret that has such a field, which means nothing.
        assert_eq!(names("metadata: {name: d}\nitems: [{metadata: {name: e}}]\nstringData: {k: l}\n"), ["d"]);
        assert_eq!(names("metadata: {name: f}\nitems:\n"), ["f"]);
    }

    /// What Go's reader makes of each is in `tests/differential`: never this text.
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
                assert!(
                    error.contains("document 2, line ") && error.contains("field stringData.k"),
                    "{error}"
                );
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
            // To readers of JSON, it is a character as any other.
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
        let aliases = format!(
            "kind: List\nitems:\n{item}{}",
            "- metadata: {name: b, annotations: *shared}\n".repeat(300)
        );
        assert_eq!(outcome(&aliases), "301 secrets");

        let mut bomb = "a: &a {k: [x, x, x, x, x, x, x, x, x]}\n".to_owned();
        for (before, name) in ('a'..='h').zip('b'..='i') {
            let nine = format!("*{before}, ").repeat(9);
            bomb.extend([&format!("{name}: &{name} {{k: [{nine}]}}\n")[..]]);
        }
        let error = outcome(&bomb);
        assert!(error.contains("expands to more than"), "{error}");
    }

    /// Cuts and alters a manifest in every place: whatever the parsers have to say, the values are not in it.
    #[test]
    fn no_fault_quotes_a_value() {
        let yaml = "metadata:\n  name: a\nstringData:\n  k: 'hunter2 hunter2'\n  l: |\n    hunter2\n  m: {n: hunter2}\n";
        let json = r#"{"metadata": {"name": "a"}, "stringData": {"k": "hunter2", "l": ["hunter2"]}}"#;
        for sound in [yaml, json] {
            for at in 0..sound.len() {
                let cut = &sound[..at];
                for with in [
                    "", "\t", "\n", "\"", "'", "*", "&", "!", "!!int ", "|", ">", "%", "@", "`", "{", "}",
                    "[", "]", ",", ": ", "#", "?", "- ", "\\", "\u{0}", "<<: ",
                ] {
                    for altered in [format!("{cut}{with}"), format!("{cut}{with}{}", &sound[at..])] {
                        let told = outcome(&altered);
                        assert!(!told.contains("hunter2") && !told.contains("unter2"), "{altered}\n{told}");
                    }
                }
            }
        }
    }
}
