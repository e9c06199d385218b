//! Holds the crate to what Go's own text/template and sprig make of a corpus of templates.
//!
//! `tests/corpus/*.cases` are the templates, `tests/corpus/*.expected` what Go makes of them; see `tests/corpus/README.md`.

use std::fmt::Write as _;
use std::path::Path;
use template::{Limits, Outside, Renderer, Values};
use zeroize::Zeroizing;

mod cases;

use cases::{Case, parse};

#[test]
fn renders_as_go_does() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut count = 0;
    let mut mismatches = String::new();
    let mut files: Vec<_> =
        std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for cases in files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "cases")) {
        let expected = std::fs::read_to_string(cases.with_extension("expected")).unwrap();
        let cases_read = parse(&std::fs::read_to_string(cases).unwrap());
        assert_eq!(cases_read.len(), expected.lines().count(), "{}: stale expectations", cases.display());
        for (case, expected) in cases_read.iter().zip(expected.lines()) {
            count += 1;
            let (actual, reason) = outcome(case);
            let line = format!("{}\t{actual}", escape(case.name.as_bytes()));
            if line != expected {
                writeln!(mismatches, "{}:\n  go   {expected}\n  ours {line} {reason}", cases.display())
                    .unwrap();
            }
        }
    }
    assert!(count > 400, "only {count} cases");
    assert!(mismatches.is_empty(), "{mismatches}\n{} of {count} differ", mismatches.lines().count() / 3);
}

fn outcome(case: &Case) -> (String, String) {
    let mut values = Values::new();
    for (name, value) in &case.values {
        values.insert(name.clone(), Zeroizing::new(value.clone()));
    }
    let mut fill = |bytes: &mut [u8]| bytes.fill(7);
    let now = "2026-02-03T04:05:06.789Z".parse().unwrap();
    let outside = Outside { now, random: &mut fill };
    match Renderer::new(&values, Limits::default()).render(&case.name, &case.text, outside) {
        Ok(rendered) => (format!("ok\t{}", escape(&rendered.bytes)), String::new()),
        Err(error) => ("error".to_owned(), format!("({error})")),
    }
}

fn escape(bytes: &[u8]) -> String {
    let mut out = String::new();
    for byte in bytes {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b' '..=b'~' => out.push(char::from(*byte)),
            other => write!(out, "\\x{other:02x}").unwrap(),
        }
    }
    out
}
