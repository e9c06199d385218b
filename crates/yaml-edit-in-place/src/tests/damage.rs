//! Text that is broken, in any way and in one place: it is refused, or changed as asked.

use super::generated::{document, joined};
use super::{Sealed, item as set_item};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Text of any kind, even broken, is read without a panic, and written as it was.
    #[test]
    fn any_text_is_survived(text in "(SealedSecret|kind|: |\n|\r\n|---\n|[{}\\[\\],:#&*!|>'\"%@`?-]| {1,3}|\t|é|\u{feff}|bitnami.com/v1alpha1|apiVersion|[a-z]){0,40}") {
        if let Ok(file) = Sealed::read(&text) {
            prop_assert_eq!(&*file.text(), &text);
        }
    }

    /// A file that is cut off or has a stray character somewhere is either refused or changed faithfully.
    #[test]
    fn damaged_files_are_never_made_worse(document in document(), at in any::<prop::sample::Index>(), with in "[{}\\[\\],:#&*!|>'\"\n\t -]{0,2}", cut in any::<bool>()) {
        let text = joined(&document.chunks());
        let boundaries: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let at = boundaries[at.index(boundaries.len())];
        let damaged = if cut { format!("{}{with}", &text[..at]) } else { format!("{}{with}{}", &text[..at], &text[at..]) };
        if let Ok(mut file) = Sealed::read(&damaged) {
            for index in 0..file.len() {
                let before = file.object(index).clone();
                if file.edit(index, &[set_item("NEW", "AgNEW=")]).is_ok() {
                    let mut after = file.object(index).clone();
                    prop_assert_eq!(after["spec"]["encryptedData"].as_object_mut().unwrap().remove("NEW"), Some("AgNEW=".into()));
                    let mut before = before;
                    if before["spec"]["encryptedData"].is_null() {
                        before["spec"]["encryptedData"] = serde_json::json!({});
                    }
                    prop_assert_eq!(after, before);
                } else {
                    prop_assert_eq!(&*file.text(), &damaged);
                }
            }
        }
    }
}
