//! [`Written`]: a file as text, and where in it the entries of the edited document are. [`Writer`] writes it: `block` the maps without
//! braces, `braces` those with.

use std::ops::Range;

use crate::document::{Layout, Node};

/// A key of a map, or the index of an item of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Key(&'static str),
    Index(usize),
}

#[derive(Debug, Default)]
pub(crate) struct Written {
    pub text: String,
    /// Every entry that has a key to edit it by.
    pub places: Vec<Place>,
    /// The path of every map that has entries.
    pub maps: Vec<Vec<Step>>,
}

/// Where an entry is.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub path: Vec<Step>,
    /// Its lines; in braces, from its key to the end of its value.
    pub own: Range<usize>,
    /// What may change when it is removed.
    pub whole: Range<usize>,
    /// What may change when it gets another value: what is behind its colon.
    pub value: Range<usize>,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Scalar,
    Null,
    EmptyMap,
    List,
    Map,
}

pub(crate) struct Writer<'a> {
    pub written: Written,
    pub layout: &'a Layout,
    pub path: Vec<Step>,
    /// Whether what was written last is a block scalar.
    pub ends_in_block: bool,
}

impl Written {
    pub(crate) fn cut_line_end(&mut self) {
        let end = self.text.trim_end_matches(['\r', '\n']).len();
        self.text.truncate(end);
        for place in &mut self.places {
            if place.whole.end > end {
                // The line end before the entry goes with it.
                let above = &self.text[..place.whole.start];
                let above = above.strip_suffix('\n').unwrap_or(above);
                place.whole.start = above.strip_suffix('\r').unwrap_or(above).len();
            }
            for range in [&mut place.own, &mut place.whole, &mut place.value] {
                *range = range.start.min(end)..range.end.min(end);
            }
        }
    }
}

impl Writer<'_> {
    pub(crate) fn push(&mut self, text: &str) {
        let line_end = if self.layout.has_crlf { "\r\n" } else { "\n" };
        self.written.text.push_str(&text.replace('\n', line_end));
    }

    pub(crate) fn line(&mut self, column: usize) {
        self.push("\n");
        self.push(&" ".repeat(column));
    }

    pub(crate) fn end(&self) -> usize {
        self.written.text.len()
    }

    pub(crate) fn value(&mut self, step: Option<Step>, write: impl FnOnce(&mut Self)) {
        let Some(step) = step else {
            // Nothing below a key that cannot be named is edited.
            let places = self.written.places.len();
            let maps = self.written.maps.len();
            write(self);
            self.written.places.truncate(places);
            return self.written.maps.truncate(maps);
        };
        self.path.push(step);
        write(self);
        self.path.pop();
    }

    pub(crate) fn place(
        &mut self,
        key: &'static str,
        own: Range<usize>,
        whole: Range<usize>,
        value: Range<usize>,
        node: &Node,
    ) {
        let path = self.path.iter().copied().chain([Step::Key(key)]).collect();
        let kind = match node {
            Node::Fixed("" | "~" | "null") => Kind::Null,
            Node::Fixed("{}") => Kind::EmptyMap,
            Node::Fixed("[]") | Node::List(_) => Kind::List,
            Node::Map(_) => Kind::Map,
            Node::Scalar(..) | Node::Fixed(_) => Kind::Scalar,
        };
        self.written.places.push(Place { path, own, whole, value, kind });
    }
}
