//! Files of several documents, of JSON and of Lists, and what is refused in them.

use super::*;

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
