//! Opens every case under `vectors/`.

use crate::case;
use crate::reader::Reader;
use recipients::Recipients;
use std::collections::BTreeMap;

/// Cases whose annotation has another form than a writer gives it.
const NOT_AS_WRITTEN: [&str; 5] =
    ["escaped-member", "escaped-name", "longest", "order-of-members", "white-space"];

#[test]
fn every_vector_comes_out_as_its_header_says() {
    let readers =
        BTreeMap::from([("a", Reader::cluster("a")), ("b", Reader::cluster("b")), ("age", Reader::age())]);
    for case in case::all() {
        let recipients = Recipients::from_text(&case.annotation);
        assert_eq!(recipients.is_err(), case.is_refused, "{}: {recipients:?}", case.name);
        for outcome in &case.outcomes {
            let opened =
                readers[outcome.reader.as_str()].open(&case, recipients.as_ref().ok(), &outcome.item);
            assert_eq!(opened, outcome.opened, "{}: {} {}", case.name, outcome.reader, outcome.item);
        }
        assert!(case.outcomes.len() >= readers.len(), "{}: outcomes are missing", case.name);
    }
}

#[test]
fn what_is_read_is_written_as_the_second_implementation_writes_it() {
    for case in case::all() {
        if let Ok(recipients) = Recipients::from_text(&case.annotation) {
            let is_as_written = recipients.to_text().unwrap() == case.annotation;
            assert_eq!(is_as_written, !NOT_AS_WRITTEN.contains(&case.name.as_str()), "{}", case.name);
        }
    }
}
