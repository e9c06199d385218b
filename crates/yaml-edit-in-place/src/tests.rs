//! Edits of files as people write them: [`styles`] of one document, with a table row for each awkward spelling; whole [`files`] of
//! several documents and Lists; [`properties`] of [`generated`] documents, and of [`damage`] to them. Here is what all of them use.

mod damage;
mod files;
mod generated;
mod odd;
mod properties;
mod styles;

use crate::{Change, Edit, EditError, NewValue, ParseError, YamlFile};
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
    pub(super) fn edit_all(&mut self, changes: Vec<Vec<Change>>) -> Vec<Result<(), EditError>> {
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

const HEAD: &str = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a}\nspec:\n";

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
