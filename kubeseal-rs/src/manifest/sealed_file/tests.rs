//! Files with SealedSecrets that are edited: whole ones, random text, and damaged ones. How YAML itself is edited is tested in
//! `yaml-edit-in-place`.

use super::*;
use crate::manifest::sealed_field::SealedField;
use proptest::prelude::*;
use proptest::sample::{Index, select};

const HEAD: &str = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a}\nspec:\n";

#[test]
fn objects_are_found_in_documents_and_lists_and_have_a_location() {
    let object = "apiVersion: bitnami.com/v1alpha1\n  kind: SealedSecret\n  spec:\n    encryptedData: {}\n";
    let text = format!(
        "a: [broken\n---\n\n{HEAD}---\nkind: List\napiVersion: v1\nitems:\n- kind: Secret\n- {object}-   {}",
        object.replace("\n  ", "\n    ")
    );
    let mut file = SealedFile::read(&text).unwrap();
    let locations: Vec<String> = file.objects().iter().map(|it| it.location.to_string()).collect();
    assert_eq!(
        locations,
        ["document 2 (SealedSecret a), line 4", "document 3, item 2", "document 3, item 3"]
    );
    let set = |index, key, value| ObjectEdit { index, changes: vec![SealedField::Item(key).set(value)] };
    let outcomes = file.edit_all(&[set(2, "k", "AgB="), set(0, "k", "AgC="), set(1, "l", "AgD=")]);
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let items = |index: usize| format!("{:?}", file.objects()[index].spec.encrypted_data);
    assert_eq!([0, 1, 2].map(items), [r#"{"k": "AgC="}"#, r#"{"l": "AgD="}"#, r#"{"k": "AgB="}"#]);
    assert!(file.text().contains("encryptedData:\n      l: AgD=\n-   api"), "{}", file.text());
}

#[test]
fn an_object_that_cannot_be_changed_is_named() {
    let object = |spec: &str| {
        format!(
            "- apiVersion: bitnami.com/v1alpha1\n  kind: SealedSecret\n  metadata: {{name: a}}\n  spec: {spec}\n"
        )
    };
    let items =
        [object("&x {encryptedData: {k: AgA=}}"), object("*x"), object("{encryptedData: {}}")].concat();
    let mut file = SealedFile::read(&format!("kind: List\nitems:\n{items}")).unwrap();
    let edits: Vec<_> =
        (0..3).map(|index| ObjectEdit { index, changes: vec![SealedField::Item("k").set("AgB=")] }).collect();
    let outcomes =
        file.edit_all(&edits).into_iter().map(|outcome| outcome.map_err(|error| error.to_string()));
    let refused = |item: usize| Err(format!("document 1, item {item} (SealedSecret a) cannot be changed"));
    assert_eq!(outcomes.collect::<Vec<_>>(), [refused(1), refused(2), Ok(())]);
}

#[test]
fn a_wrong_shape_has_a_line_and_no_value() {
    let shape = SealedFile::read(&format!("---\n{HEAD}  encryptedData: [hunter2]\n")).err().unwrap();
    assert_eq!(shape.to_string(), "document 1 (SealedSecret a), line 2 has a wrong shape");
    assert!(!format!("{shape:?}").contains("hunter2"));
}

/// Files as they are edited, each with SealedSecrets that have the items `a` and `b`.
const FILES: [&str; 4] = [
    "# ours\n---\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret # of the shop\nmetadata:\n  name: a\nspec:\n  encryptedData:\n    \
     a: AgA=\n    # the other\n    b: |-\n      AgB=\n  template: {type: Opaque}\n---\nkind: Secret\nstringData: {x: y}\n",
    "apiVersion: v1\nkind: List\nitems:\n- apiVersion: bitnami.com/v1alpha1\n  kind: SealedSecret\n  spec: {encryptedData: {a: AgA=, b: AgB=}}\n\
     - kind: Secret\n- apiVersion: bitnami.com/v1alpha1\n  kind: SealedSecret\n  spec:\n    encryptedData: {\"a\": \"AgA=\", 'b': 'AgB='}\n",
    "{\"apiVersion\": \"bitnami.com/v1alpha1\", \"kind\": \"SealedSecret\", \"spec\": {\n\t\"encryptedData\": {\"a\": \"AgA=\", \"b\": \"AgB=\"}\n}}\n",
    "kind: SealedSecret\r\napiVersion: bitnami.com/v1alpha1\r\nspec:\r\n  encryptedData:\r\n    a: >-\r\n      AgA=\r\n    b: &b AgB=\r\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Text of any kind is read without a panic, and written as it was.
    #[test]
    fn any_text_is_survived(
        head in select(&["", HEAD, "kind: List\napiVersion: v1\nitems:\n- apiVersion: bitnami.com/v1alpha1\n  kind: SealedSecret\n"][..]),
        text in "(spec|encryptedData|SealedSecret|kind|items|: |\n|\r\n|---\n|[{}\\[\\],:#&*!|>'\"%@`?-]| {1,4}|\t|\u{e9}|\u{feff}|[a-z]){0,40}",
    ) {
        let text = format!("{head}{text}");
        if let Ok(file) = SealedFile::read(&text) {
            prop_assert_eq!(&*file.text(), &text);
        }
    }

    /// A file that is cut off, or has a stray character somewhere, is refused or changed as asked: the item, and nothing else.
    #[test]
    fn damaged_files_are_not_made_worse(
        file in select(&FILES[..]),
        at in any::<Index>(),
        with in "[{}\\[\\],:#&*!|>'\"?\n\t a-]{0,2}",
        is_cut in any::<bool>(),
        change in select(vec![
            SealedField::Item("a").set("AgNEW="),
            SealedField::Item("c").set("AgNEW="),
            SealedField::Item("b").remove(),
            SealedField::Annotation("hint").set("AgNEW="),
        ]),
    ) {
        let at = at.index(file.len());
        let damaged = format!("{}{with}{}", &file[..at], if is_cut { "" } else { &file[at..] });
        let Ok(mut file) = SealedFile::read(&damaged) else { return Ok(()) };
        for index in 0..file.objects().len() {
            let text = file.text();
            let mut expected = objects(&file);
            if file.edit(index, std::slice::from_ref(&change)).is_ok() {
                apply(&change, &mut expected[index]);
            } else {
                prop_assert_eq!(&*file.text(), &*text);
            }
            prop_assert_eq!(&objects(&file), &expected);
            prop_assert_eq!(objects(&SealedFile::read(&file.text()).unwrap()), expected);
        }
    }
}

fn objects(file: &SealedFile) -> Vec<Value> {
    file.objects().iter().map(|sealed| sealed.object.clone()).collect()
}

/// Makes the change in data, where a map that is missing counts as one without entries.
fn apply(change: &Change, object: &mut Value) {
    let (key, maps) = change.path.split_last().unwrap();
    if change.value.is_some() {
        maps.iter().fold(object, |object, map| &mut object[map])[key] = json!("AgNEW=");
    } else if let Some(map) =
        object.pointer_mut(&format!("/{}", maps.join("/"))).and_then(Value::as_object_mut)
    {
        map.shift_remove(key);
    }
}
