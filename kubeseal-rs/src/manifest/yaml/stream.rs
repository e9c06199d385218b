//! [`DocumentStream`]: splits a reader into documents; only the current document is in memory.
//!
//! Decided: JSON objects in a row are one document, as in `documents`: where one ends is known only after parsing it.

use std::io::{self, BufRead as _, BufReader, Read};
use yaml_edit_in_place::split::{BYTE_ORDER_MARK, has_content, marker_length};

/// How much is read at a time.
const ROOM: usize = 64 * 1024;

/// One piece of the stream that has content. It has no Debug, because it holds values.
pub(crate) struct StreamedDocument {
    /// The bytes, which may not be text.
    pub bytes: Vec<u8>,
    /// Line in the stream on which it begins, counted from 1.
    pub first_line: usize,
}

/// The documents of a reader, in order.
pub(crate) struct DocumentStream<R> {
    reader: BufReader<R>,
    /// What was read of the document at hand.
    document: Vec<u8>,
    /// Line that it begins on, and the number of lines read so far.
    first_line: usize,
    lines: usize,
    is_done: bool,
}

impl<R: Read> DocumentStream<R> {
    pub(crate) fn new(reader: R) -> Self {
        let reader = BufReader::with_capacity(ROOM, reader);
        Self { reader, document: Vec::new(), first_line: 1, lines: 0, is_done: false }
    }

    fn advance(&mut self) -> io::Result<Option<StreamedDocument>> {
        while !self.is_done {
            let begin = self.document.len();
            // After the last line there is an empty one, which ends the last document.
            self.is_done = self.reader.read_until(b'\n', &mut self.document)? == 0;
            self.lines += 1;
            if self.lines == 1 && self.document.starts_with(BYTE_ORDER_MARK.to_string().as_bytes()) {
                self.document.drain(..BYTE_ORDER_MARK.len_utf8());
            }
            let marker = if self.is_done { Some(0) } else { marker_length(&self.document[begin..]) };
            let Some(marker) = marker else { continue };
            // Text after a marker on its line belongs to the next document.
            let next = self.document.split_off(begin + marker);
            let mut bytes = std::mem::replace(&mut self.document, next);
            bytes.truncate(begin);
            let first_line = std::mem::replace(&mut self.first_line, self.lines);
            if std::str::from_utf8(&bytes).map_or(true, has_content) {
                return Ok(Some(StreamedDocument { bytes, first_line }));
            }
        }
        Ok(None)
    }
}

impl<R: Read> Iterator for DocumentStream<R> {
    type Item = io::Result<StreamedDocument>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use yaml_edit_in_place::split::documents;

    /// A reader that gives this many bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(room.len());
            room[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn assert_same(stream: &str, at_a_time: usize) {
        let streamed: Vec<(usize, String)> = DocumentStream::new(Slow(stream.as_bytes(), at_a_time))
            .map(Result::unwrap)
            .map(|document| (document.first_line, String::from_utf8(document.bytes).unwrap()))
            .collect();
        let whole: Vec<(usize, String)> = documents(stream)
            .into_iter()
            .map(|document| (document.first_line, document.text.to_owned()))
            .collect();
        assert_eq!(streamed, whole, "{stream:?} {at_a_time}");
    }

    #[test]
    fn is_cut_as_a_whole_is() {
        let long = "k: v\n".repeat(ROOM / 2);
        for stream in [
            "",
            "\n",
            "a",
            "---",
            "\u{feff}",
            "\u{feff}---\na: 1\n--- b\n...\n",
            "a: 1\r\n---\r\nb: 2\n# c\n---\n# d\n--- {e: f}",
            &format!("{long}---\n{long}---\n{long}"),
        ] {
            for at_a_time in [1, 2, 3, 1000, usize::MAX] {
                if at_a_time > 100 || stream.len() < 100 {
                    assert_same(stream, at_a_time);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn however_it_is_read(stream in "(---|\\.\\.\\.|\n|\r\n|a: b|#| |\u{feff}|\u{e9}|-){0,30}", at_a_time in 1_usize..9) {
            assert_same(&stream, at_a_time);
        }
    }

    #[test]
    fn keeps_no_more_than_a_document() {
        let stream = "a: 1\n---\n".repeat(100_000);
        let mut documents = DocumentStream::new(stream.as_bytes());
        assert_eq!(documents.by_ref().map(Result::unwrap).count(), 100_000);
        assert!(documents.document.capacity() < 1000);
    }
}
