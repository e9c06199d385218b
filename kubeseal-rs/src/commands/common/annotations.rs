//! `check_annotations`: refuses annotations that repeat a sealed value: annotations stay readable in the SealedSecret.
//!
//! Decided: labels are not checked, because tools keep no copies in 63 letters, and a value that is also the name of an
//! application is no leak.

use crate::files::decoded::any_form;
use crate::files::decoded::inflate::TooLarge;
use crate::terminal::escape::shown;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use envelope::Plaintext;
use memchr::memmem::Finder;

/// Shorter values occur in annotations by chance.
const SHORTEST: usize = 8;

/// An annotation that repeats a sealed value, or that cannot be searched. Never holds the value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AnnotationError {
    #[error("the annotation {} repeats the value of {}", shown(.annotation), shown(.key))]
    Repeats { annotation: String, key: String },
    #[error("the annotation {} cannot be searched for the values", shown(.annotation))]
    TooLarge {
        annotation: String,
        #[source]
        source: TooLarge,
    },
}

/// Refuses the first annotation that holds one of `values`, plain, escaped, encoded or compressed, unless its name is
/// `allowed`.
pub(crate) fn check_annotations<'a>(
    annotations: impl IntoIterator<Item = (&'a String, &'a String)>,
    values: impl IntoIterator<Item = (&'a String, &'a Plaintext)>,
    allowed: &[String],
) -> Result<(), AnnotationError> {
    let mut annotations = annotations.into_iter().filter(|(name, _)| !allowed.contains(name)).peekable();
    if annotations.peek().is_none() {
        return Ok(());
    }
    let encoded: Vec<_> = values
        .into_iter()
        // A line end after the value is not repeated with it.
        .map(|(key, value)| (key, value.expose().trim_ascii(), value.expose()))
        .filter(|(_, trimmed, _)| trimmed.len() >= SHORTEST)
        .map(|(key, trimmed, value)| (key, trimmed, BASE64_STANDARD_NO_PAD.encode(value)))
        .collect();
    let wanted: Vec<_> = encoded
        .iter()
        .map(|(key, plain, encoded)| (*key, [Finder::new(*plain), Finder::new(encoded.as_bytes())]))
        .collect();
    for (annotation, text) in annotations {
        let mut repeated = None;
        let mut repeats = |form: &[u8]| {
            let found = |finders: &[Finder<'_>; 2]| finders.iter().any(|it| it.find(form).is_some());
            repeated = wanted.iter().find(|(_, finders)| found(finders)).map(|(key, _)| *key);
            repeated.is_some()
        };
        any_form(text.as_bytes(), &mut repeats)
            .map_err(|source| AnnotationError::TooLarge { annotation: annotation.clone(), source })?;
        if let Some(key) = repeated {
            return Err(AnnotationError::Repeats { annotation: annotation.clone(), key: key.clone() });
        }
    }
    Ok(())
}

impl AnnotationError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        let (Self::Repeats { annotation, .. } | Self::TooLarge { annotation, .. }) = self;
        format!(
            "annotations are not sealed: remove it; or, if its value is not secret, write --allow-annotation \
             {}",
            shown(annotation)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::prelude::BASE64_STANDARD;
    use std::collections::BTreeMap;

    fn check(annotation: &str, value: &str, allowed: &[&str]) -> Result<(), AnnotationError> {
        let annotations = BTreeMap::from([("note".to_owned(), annotation.to_owned())]);
        let values = BTreeMap::from([("k".to_owned(), Plaintext::new(value.as_bytes().to_vec()))]);
        let allowed: Vec<String> = allowed.iter().map(|name| (*name).to_owned()).collect();
        check_annotations(&annotations, &values, &allowed)
    }

    #[test]
    fn a_repeated_value_is_refused_by_the_names_alone() {
        let encoded = BASE64_STANDARD.encode("hunter2-planted\n");
        for annotation in [
            "hunter2-planted",
            "--from-literal=k=hunter2-planted",
            &encoded,
            &format!("path/{encoded}"),
            &BASE64_STANDARD.encode(r#"{"stringData":{"k":"hunter2-planted"}}"#),
        ] {
            let error = check(annotation, "hunter2-planted\n", &["other"]).unwrap_err();
            assert_eq!(error.to_string(), "the annotation note repeats the value of k");
            assert!(!format!("{error:?} {}", error.hint()).contains("hunter2"));
            assert!(check(annotation, "hunter2-planted\n", &["note"]).is_ok());
        }
    }

    #[test]
    fn what_is_short_or_not_repeated_is_taken() {
        for (annotation, value) in [
            ("hunter2", "hunter2"),
            ("hunter2-plante", "hunter2-planted"),
            ("        ", "         "),
            ("", "hunter2-planted"),
            ("hunter2-planted", ""),
        ] {
            assert!(check(annotation, value, &[]).is_ok(), "{annotation:?} {value:?}");
        }
        assert!(check("12345678", "12345678", &[]).is_err());
    }
}
