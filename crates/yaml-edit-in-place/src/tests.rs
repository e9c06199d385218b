//! Edits of files as people write them: one table row per awkward spelling.

mod properties;

use crate::{Change, Edit, EditError, ParseError, YamlFile};
use serde_json::Value;
use std::slice;
use zeroize::Zeroizing;

/// A file with SealedSecrets, alone or in Lists: what the crate was made for.
pub(super) struct Sealed {
    file: YamlFile,
    /// Document and JSON pointer of each SealedSecret.
    places: Vec<(usize, String)>,
}

impl Sealed {
    pub(super) fn read(text: &str) -> Result<Self, ParseError> {
        let file = YamlFile::read(text);
        let mut places = Vec::new();
        for (index, document) in file.documents().iter().enumerate() {
            if !document.text().contains("SealedSecret") {
                continue;
            }
            let value = document.value()?;
            let is_sealed = |value: &Value| value["kind"] == "SealedSecret";
            if is_sealed(value) {
                places.push((index, String::new()));
            }
            for (item, _) in
                value["items"].as_array().into_iter().flatten().enumerate().filter(|it| is_sealed(it.1))
            {
                places.push((index, format!("/items/{item}")));
            }
        }
        Ok(Self { file, places })
    }

    pub(super) fn edit(&mut self, index: usize, changes: &[Change]) -> Result<(), EditError> {
        let (document, at) = self.places[index].clone();
        self.file.edit(document, &[Edit { at, changes: changes.to_vec() }]).into_iter().collect()
    }

    /// Edits the SealedSecrets of a file that is one List: the changes of each.
    fn edit_all(&mut self, changes: Vec<Vec<Change>>) -> Vec<Result<(), EditError>> {
        let edits: Vec<Edit> = self
            .places
            .iter()
            .zip(changes)
            .map(|((_, at), changes)| Edit { at: at.clone(), changes })
            .collect();
        self.file.edit(self.places[0].0, &edits)
    }

    pub(super) fn object(&self, index: usize) -> &Value {
        let (document, at) = &self.places[index];
        self.file.documents()[*document].value().unwrap().pointer(at).unwrap()
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) fn text(&self) -> Zeroizing<String> {
        self.file.text()
    }
}

fn annotation(name: &str, value: &str) -> Change {
    Change::set(["metadata", "annotations", name], value)
}

fn label(name: &str, value: &str) -> Change {
    Change::set(["spec", "template", "metadata", "labels", name], value)
}

const FULL: &str = "\
# top
apiVersion: bitnami.com/v1alpha1   # version
kind: SealedSecret
metadata:
    name: 'db'
    namespace: \"shop\"
spec:
    # the items
    encryptedData:
        plain: AgA1 # first
        'single': 'AgA2'
        \"double\": \"AgA3\"

        literal: |  # why
            AgA4
            AgA5

        folded: >-
            AgA6
        # the last
        tail: AgA7
    template:
        type: Opaque
# end
";

fn edited(text: &str, changes: &[Change]) -> Result<String, String> {
    let mut file = Sealed::read(text).map_err(|error| error.to_string())?;
    assert_eq!(*file.text(), text);
    let outcome = file.edit(0, changes);
    if outcome.is_err() {
        assert_eq!(*file.text(), text, "an error changed something");
    }
    outcome.map(|()| file.text().to_string()).map_err(|error| error.to_string())
}

pub(super) fn item(key: &str, value: &str) -> Change {
    Change::set(["spec", "encryptedData", key], value)
}

pub(super) fn without(key: &str) -> Change {
    Change::remove(["spec", "encryptedData", key])
}

/// Changes `from` into `to`, once, in a text.
fn swap(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replace(from, to)
}

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

const HEAD: &str = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a}\nspec:\n";

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

#[test]
fn json_keeps_its_layout() {
    let pretty = "{\n\t\"kind\": \"SealedSecret\",\n\t\"apiVersion\": \"bitnami.com/v1alpha1\",\n\t\"spec\": {\n\t\t\
                  \"encryptedData\": {\n\t\t\t\"a\": \"AgA\\/\"\n\t\t}\n\t}\n}\n";
    let new = item("k", "AgB=");
    assert_eq!(
        edited(pretty, slice::from_ref(&new)).unwrap(),
        swap(pretty, "\"AgA\\/\"", "\"AgA\\/\",\n\t\t\t\"k\": \"AgB=\"")
    );
    assert_eq!(edited(pretty, &[item("a", "AgB=")]).unwrap(), swap(pretty, "AgA\\/", "AgB="));
    assert_eq!(edited(pretty, &[without("a")]).unwrap(), swap(pretty, "\"a\": \"AgA\\/\"", ""));
    let change = label("l", "v");
    assert_eq!(
        edited(pretty, &[change]).unwrap(),
        swap(
            pretty,
            "\t\t}\n\t}",
            "\t\t},\n\t\t\"template\": {\n\t\t\t\"metadata\": {\n\t\t\t\t\"labels\": {\n\t\t\t\t\t\"l\": \"v\"\n\t\t\t\t}\n\t\t\t}\n\t\t}\n\t}"
        )
    );
    let empty = swap(pretty, "{\n\t\t\t\"a\": \"AgA\\/\"\n\t\t}", "{}");
    assert_eq!(
        edited(&empty, slice::from_ref(&new)).unwrap(),
        swap(&empty, "{}", "{\n\t\t\t\"k\": \"AgB=\"\n\t\t}")
    );
    let tight = "{\"kind\":\"SealedSecret\",\"apiVersion\":\"bitnami.com/v1alpha1\",\"spec\":{\"encryptedData\":{\"a\":\"x\"}}}";
    assert_eq!(edited(tight, slice::from_ref(&new)).unwrap(), swap(tight, "\"x\"", "\"x\",\"k\":\"AgB=\""));
    let hint = annotation("h", "1");
    assert_eq!(
        edited(tight, &[hint]).unwrap(),
        swap(tight, "\"x\"}}", "\"x\"}},\"metadata\":{\"annotations\":{\"h\":\"1\"}}")
    );
    let row = format!("{tight}\n{tight} {{\"kind\": \"Other\"}}\n");
    assert_eq!(edited(&row, &[new]).unwrap(), row.replacen("\"x\"", "\"x\",\"k\":\"AgB=\"", 1));
}

#[test]
fn other_documents_are_not_touched_or_even_understood() {
    let text = format!(
        "{{{{ if .Values.x }}}}\n---\na: [broken\n...\n\u{20}\n---\n{FULL}---\n# none\n---\nk: \t!x {{\n"
    );
    let file = Sealed::read(&text).unwrap();
    assert_eq!(file.len(), 1);
    let document = &file.file.documents()[file.places[0].0];
    assert_eq!((document.number(), document.first_line()), (3, 6));
    assert_eq!(edited(&text, &[item("tail", "AgB=")]).unwrap(), swap(&text, "AgA7", "AgB="));
}

#[test]
fn lists() {
    let object = "apiVersion: bitnami.com/v1alpha1\n  kind: SealedSecret\n  spec:\n    encryptedData: {}\n";
    let text = format!(
        "kind: List\napiVersion: v1\nitems:\n- kind: Secret\n- {object}-   {}",
        object.replace("\n  ", "\n    ")
    );
    let mut file = Sealed::read(&text).unwrap();
    assert_eq!(file.len(), 2);
    file.edit(1, &[item("k", "AgB=")]).unwrap();
    file.edit(0, &[item("l", "AgC=")]).unwrap();
    let (first, second) = text.split_once("{}").unwrap();
    let second = second.replace("encryptedData: {}", "encryptedData:\n        k: AgB=");
    assert_eq!(*file.text(), format!("{}\n      l: AgC={second}", first.trim_end()));
    assert_eq!(file.object(0)["spec"]["encryptedData"]["l"], "AgC=");
}

/// A List of SealedSecrets, and for each one a change of what is there and one that adds.
fn long_list(length: usize) -> (String, Vec<Vec<Change>>) {
    let object = "- apiVersion: bitnami.com/v1alpha1\n  kind: SealedSecret\n  metadata:\n    name: a\n  spec:\n    \
                  encryptedData:\n      k: AgA=\n";
    let text = format!("apiVersion: v1\nkind: List\nitems:\n{}", object.repeat(length));
    (text, vec![vec![item("k", "AgB="), annotation("hint", "0a")]; length])
}

#[test]
fn a_long_list_is_changed_at_once() {
    let (text, changes) = long_list(50);
    let mut file = Sealed::read(&text).unwrap();
    assert!(file.edit_all(changes.clone()).iter().all(Result::is_ok));
    let expected = text
        .replace("AgA=", "AgB=")
        .replace("    name: a\n", "    name: a\n    annotations:\n      hint: 0a\n")
        .replace("hint: 0a", "hint: \"0a\"");
    assert_eq!(*file.text(), expected);
    assert!((0..50).all(|index| file.object(index)["spec"]["encryptedData"]["k"] == "AgB="));
    let mut one_by_one = Sealed::read(&text).unwrap();
    for (index, changes) in changes.iter().enumerate() {
        one_by_one.edit(index, changes).unwrap();
    }
    assert_eq!(*one_by_one.text(), expected);
}

#[test]
fn a_file_may_be_long() {
    let text = format!("{HEAD}  encryptedData: {{}}\nx: [{}]\n", "a, ".repeat(300_000));
    assert_eq!(Sealed::read(&text).unwrap().len(), 1);
}

/// Four times as many take four times as long, not sixteen.
#[test]
fn the_work_on_a_list_grows_with_its_length() {
    let time = |length| {
        let (text, changes) = long_list(length);
        let start = std::time::Instant::now();
        let mut file = Sealed::read(&text).unwrap();
        assert!(file.edit_all(changes).iter().all(Result::is_ok));
        start.elapsed()
    };
    time(100);
    // The best of three, because the machine does other things as well.
    let best = |length| (0..3).map(|_| time(length)).min().unwrap_or_default();
    let (short, long) = (best(250), best(1000));
    assert!(long < short * 9, "{short:?} for 250, {long:?} for 1000");
}

#[test]
fn what_cannot_be_changed_keeps_the_others_of_its_list_from_nothing() {
    let object = |spec: &str| {
        format!(
            "- apiVersion: bitnami.com/v1alpha1\n  kind: SealedSecret\n  metadata: {{name: a}}\n  spec:\n    {spec}\n"
        )
    };
    let text = format!(
        "kind: List\nitems:\n{}{}{}{}{}",
        object("encryptedData: {k: AgA=}"),
        object("encryptedData: &shared {k: AgA=}"),
        object("encryptedData: *shared"),
        object("encryptedData: {k: &value AgA=}"),
        object("encryptedData: {k: AgA=, l: *value}"),
    );
    let mut file = Sealed::read(&text).unwrap();
    let outcomes = file.edit_all(vec![vec![item("k", "AgB=")]; 5]);
    let path = "spec.encryptedData".to_owned();
    let expected = [
        Ok(()),
        Err(EditError::ChangesOther),
        Err(EditError::NotAMap { path }),
        Err(EditError::ChangesOther),
        Ok(()),
    ];
    assert_eq!(outcomes, expected);
    let expected = text.replacen("{k: AgA=}", "{k: AgB=}", 1).replace("{k: AgA=, l", "{k: AgB=, l");
    assert_eq!(*file.text(), expected);
}

#[test]
fn line_breaks_of_others_are_refused() {
    for character in ['\u{85}', '\u{2028}', '\u{2029}'] {
        let text = format!("a: 1\n---\n{HEAD}  encryptedData:\n    k: AgA= # first{character}    l: AgB=\n");
        let told = Sealed::read(&text).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(told.starts_with("document 2, line 8: the character U+"), "{told}");
    }
}

#[test]
fn errors_have_a_line_and_no_value() {
    let error = |text: &str| Sealed::read(text).err().unwrap();
    assert_eq!(
        error("a: 1\n---\nkind: SealedSecret\nhunter2: [\n").to_string(),
        "document 2, line 4 is not well-formed YAML or JSON"
    );
}
