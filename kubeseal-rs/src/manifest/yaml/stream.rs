//! [`DocumentStream`]: cuts documents out of a reader, of which no more than the document at hand is in memory.
//!
//! Decided: JSON objects in a row are one document, as they are to `documents`: where one ends is known only once it is
//! parsed.

use std::io::{self, Read};
use yaml_edit_in_place::split::{BYTE_ORDER_MARK, has_content, marker_length};
use zeroize::Zeroizing;

/// Room for most documents at once.
const FIRST_ROOM: usize = 64 * 1024;

/// Less at a time would go through the buffer of standard input, which keeps what went through it.
const LEAST_READ: usize = 16 * 1024;

/// One piece of the stream that has content. It has no Debug: it holds values.
pub(crate) struct StreamedDocument {
    /// Not yet known to be text.
    pub bytes: Zeroizing<Vec<u8>>,
    /// Line in the stream that it begins on, from 1.
    pub first_line: usize,
}

/// The documents of a reader, in order.
pub(crate) struct DocumentStream<R> {
    reader: R,
    /// Wiped when it becomes too small, and at the end.
    room: Zeroizing<Vec<u8>>,
    /// How much of the room was read into.
    filled: usize,
    /// Where the document at hand begins, in the room and in lines.
    start: usize,
    first_line: usize,
    /// Where the next line begins that was not looked at, in the room and in lines.
    next: usize,
    line: usize,
    /// How far its end was looked for.
    searched: usize,
    has_begun: bool,
    /// The reader has nothing more.
    is_read: bool,
    is_done: bool,
}

impl<R: Read> DocumentStream<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            reader,
            room: Zeroizing::new(vec![0; FIRST_ROOM]),
            filled: 0,
            start: 0,
            first_line: 1,
            next: 0,
            line: 1,
            searched: 0,
            has_begun: false,
            is_read: false,
            is_done: false,
        }
    }

    fn advance(&mut self) -> io::Result<Option<StreamedDocument>> {
        if !self.has_begun {
            self.begin()?;
        }
        while !self.is_done {
            let Some(end) = self.line_end() else {
                self.read()?;
                continue;
            };
            let begin = std::mem::replace(&mut self.next, end);
            // Behind the last line, there is an empty one, which ends the last document.
            self.is_done = begin == end;
            let marker = if self.is_done { Some(0) } else { marker_length(&self.room[begin..end]) };
            if let Some(marker) = marker {
                let bytes = Zeroizing::new(self.room[self.start..begin].to_vec());
                // What follows on the line of a marker belongs to the next document.
                self.start = begin + marker;
                let first_line = std::mem::replace(&mut self.first_line, self.line);
                if std::str::from_utf8(&bytes).map_or(true, has_content) {
                    self.line += 1;
                    return Ok(Some(StreamedDocument { bytes, first_line }));
                }
            }
            self.line += 1;
        }
        Ok(None)
    }

    /// Passes over a byte order mark.
    fn begin(&mut self) -> io::Result<()> {
        while self.filled < BYTE_ORDER_MARK.len_utf8() && !self.is_read {
            self.read()?;
        }
        let mut mark = [0; 3];
        if self.room[..self.filled].starts_with(BYTE_ORDER_MARK.encode_utf8(&mut mark).as_bytes()) {
            (self.start, self.next, self.searched) = (mark.len(), mark.len(), mark.len());
        }
        self.has_begun = true;
        Ok(())
    }

    /// Where the next line ends, if that was read.
    fn line_end(&mut self) -> Option<usize> {
        let unsearched = &self.room[self.searched..self.filled];
        let newline = unsearched.iter().position(|byte| *byte == b'\n');
        self.searched = newline.map_or(self.filled, |newline| self.searched + newline + 1);
        (newline.is_some() || self.is_read).then_some(self.searched)
    }

    fn read(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.room.copy_within(self.start..self.filled, 0);
            self.filled -= self.start;
            self.next -= self.start;
            self.searched -= self.start;
            self.start = 0;
        }
        if self.room.len() - self.filled < LEAST_READ {
            let mut larger = Zeroizing::new(vec![0; self.room.len() * 2]);
            larger[..self.filled].copy_from_slice(&self.room[..self.filled]);
            self.room = larger;
        }
        match self.reader.read(&mut self.room[self.filled..]) {
            Ok(count) => {
                self.filled += count;
                self.is_read = count == 0;
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            Err(error) => Err(error),
        }
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

    /// Reads so many bytes at a time.
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
            .map(|document| (document.first_line, String::from_utf8(document.bytes.to_vec()).unwrap()))
            .collect();
        let whole: Vec<(usize, String)> = documents(stream)
            .into_iter()
            .map(|document| (document.first_line, document.text.to_owned()))
            .collect();
        assert_eq!(streamed, whole, "{stream:?} {at_a_time}");
    }

    #[test]
    fn is_cut_as_a_whole_is() {
        let long = "k: v\n".repeat(FIRST_ROOM / 2);
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
        assert_eq!(documents.room.len(), FIRST_ROOM);
    }
}
