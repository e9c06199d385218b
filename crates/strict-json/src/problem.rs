//! [`Problem`]: why a text is not a document of a format; [`from_slice`] reads one.

use crate::base64::NOT_CANONICAL;
use crate::unique::TWICE;
use serde::Deserialize;

/// Why a text is not a document of a format. It names the member, and shows no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} {problem}", .path.as_deref().unwrap_or("it"))]
pub struct Problem {
    /// The member, as `groups[0].to[1].key`; None for the whole text.
    path: Option<String>,
    /// What is wrong with it.
    problem: &'static str,
}

/// The most characters of a path that are shown. A document may have names of any length, and with any characters.
const PATH: usize = 100;

/// Words of serde's messages, and what is shown instead of the message, which may quote what the text has.
const SERDES: [(&str, &str); 5] = [
    ("unknown field", "is not a known member"),
    ("missing field", "lacks a member"),
    ("duplicate field", TWICE),
    ("invalid type", "has another type than the format has"),
    ("invalid value", "has another value than the format has"),
];

const NOT_JSON: &str = "is not JSON";

impl Problem {
    /// A problem of the whole text.
    #[must_use]
    pub const fn of_all(problem: &'static str) -> Self {
        Self { path: None, problem }
    }
}

/// Reads one document. `ours` are the messages of the format's own errors.
pub fn from_slice<'de, T: Deserialize<'de>>(text: &'de [u8], ours: &[&'static str]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let document = serde_path_to_error::deserialize(&mut json).map_err(|error| problem(&error, ours))?;
    json.end().map_err(|_| Problem::of_all(NOT_JSON))?;
    Ok(document)
}

fn problem(error: &serde_path_to_error::Error<serde_json::Error>, ours: &[&'static str]) -> Problem {
    let message = error.inner().to_string();
    let own = ours.iter().chain(&[NOT_CANONICAL, TWICE]).find(|own| message.starts_with(**own)).copied();
    let serdes = SERDES.into_iter().find(|(words, _)| message.starts_with(words)).map(|(_, shown)| shown);
    let path = error.path().to_string();
    let shown = |c: char| if c.is_control() { '?' } else { c };
    Problem {
        path: (path != "." && path != "?").then(|| path.chars().take(PATH).map(shown).collect()),
        problem: own.or(serdes).unwrap_or(NOT_JSON),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Base64, object, unique};
    use serde::Deserializer;
    use std::collections::BTreeMap;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Raw {
        #[serde(deserialize_with = "unique")]
        map: BTreeMap<String, Base64>,
    }

    #[derive(Debug)]
    struct Document(Raw);

    impl<'de> Deserialize<'de> for Document {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            object(deserializer).map(Self)
        }
    }

    #[test]
    fn problems_name_the_member_and_show_no_value() {
        let cases = [
            ("[{}]", "it has another type than the format has"),
            (r#"{"map": {}, "map": {}}"#, "it has a name that is given twice"),
            (r#"{"map": {"a": "", "a": ""}}"#, "map has a name that is given twice"),
            (r#"{"map": {"a": "SECRET!"}}"#, "map.a is not canonical base64"),
            (r#"{"map": {"a": "QQ"}}"#, "map.a is not canonical base64"),
            (r#"{"map": "SECRET"}"#, "map has another type than the format has"),
            (r#"{"SECRE": 1}"#, "SECRE is not a known member"),
            (r#"{"a\u001b[31m\n": 1}"#, "a?[31m? is not a known member"),
            ("{}", "it lacks a member"),
            (r#"{"map": {"a": "SEC"#, "map.a is not JSON"),
            (r#"{"map": {}} SECRET"#, "it is not JSON"),
        ];
        for (text, expected) in cases {
            let problem = from_slice::<Document>(text.as_bytes(), &[]).unwrap_err().to_string();
            assert_eq!(problem, expected, "{text}");
        }
        let read = from_slice::<Document>(br#"{"map": {"a": "QQ=="}}"#, &[]).unwrap();
        assert_eq!(read.0.map["a"].0, b"A");
    }
}
