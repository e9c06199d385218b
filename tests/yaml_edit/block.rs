//! Writes a file, and in it maps and lists without braces.

use crate::document::{ANCHORS, Braces, Entry, File, List, Map, Node, Spelling};
use crate::written::{Step, Writer, Written};

/// What a map is the value of.
#[derive(Clone, Copy)]
enum Holder {
    Document,
    Item,
    /// Behind the colon of a key.
    Colon(usize),
}

impl File {
    pub(crate) fn written(&self) -> Written {
        let (written, path) = (Written::default(), Vec::new());
        let mut writer = Writer { written, layout: &self.layout, path, ends_in_block: false };
        for neighbour in &self.before {
            writer.push(neighbour);
            writer.push(self.separator);
        }
        if self.layout.is_json {
            let braces = Braces { on_lines: self.root.braces.is_some(), last_comma: false };
            writer.map_in_braces(&self.root, braces, 0);
            writer.push("\n");
        } else {
            writer.push(if self.layout.is_odd { ANCHORS } else { "" });
            writer.block_map(&self.root, 0, Holder::Document);
        }
        for neighbour in &self.after {
            writer.push(self.separator);
            writer.push(neighbour);
        }
        let ends_in_block = self.after.is_empty() && writer.ends_in_block;
        let mut written = writer.written;
        // Without it, a block would end with a line end to kubectl, and without one to kustomize.
        if !self.layout.ends_with_line_end && !ends_in_block {
            written.cut_line_end();
        }
        written
    }
}

impl Writer<'_> {
    /// The first entry is on the line that was begun.
    fn block_map(&mut self, map: &Map, column: usize, holder: Holder) {
        self.written.maps.push(self.path.clone());
        let is_item = matches!(holder, Holder::Item);
        let mut places = Vec::new();
        for (number, entry) in map.entries.iter().enumerate() {
            let is_begun = is_item && number == 0;
            if !is_begun {
                self.above(entry.above, column);
            }
            let start = self.end();
            self.push(&" ".repeat(if is_begun { 0 } else { column }));
            let key_start = self.end();
            self.push(if entry.is_explicit { "? " } else { "" });
            self.push(entry.key.0);
            if entry.is_explicit {
                self.line(column);
            }
            self.push(":");
            let colon = self.end();
            self.value(entry.key.1.map(Step::Key), |writer| writer.block_value(entry, column, colon));
            places.push((start..self.end(), key_start, colon, entry));
        }
        let mut starts = places.iter().map(|(_, key_start, ..)| *key_start).skip(1);
        for (number, (own, _, colon, entry)) in places.iter().cloned().enumerate() {
            let next = starts.next();
            let Some(key) = entry.key.1 else { continue };
            let whole = match (holder, next) {
                // Without an entry, the map is written as an empty one behind the colon.
                (Holder::Colon(colon), None) if number == 0 => colon..own.end,
                // An item cannot be without its map.
                (Holder::Item, None) if number == 0 => continue,
                // The next entry moves up.
                (Holder::Item, Some(next)) if number == 0 => own.start - 1..next,
                _ => own.clone(),
            };
            self.place(key, own.clone(), whole, colon..own.end, &entry.value);
        }
    }

    fn above(&mut self, lines: &str, column: usize) {
        for line in lines.split_inclusive('\n') {
            self.push(&" ".repeat(if line == "\n" { 0 } else { column }));
            self.push(line);
        }
    }

    /// What is behind the colon of a key in this column, with the line end.
    fn block_value(&mut self, entry: &Entry, column: usize, colon: usize) {
        // Behind a colon on a line of its own, kubectl's parser takes no tab.
        let behind = if entry.is_explicit { "" } else { entry.behind };
        let below = column + self.layout.step;
        self.ends_in_block = false;
        match &entry.value {
            Node::Map(map @ Map { braces: None, .. }) => {
                self.push(behind);
                self.push("\n");
                return self.block_map(map, below, Holder::Colon(colon));
            }
            Node::List(List { braces: None, items }) => {
                self.push(behind);
                let column = if self.layout.indents_items { below } else { column };
                for (index, item) in items.iter().enumerate() {
                    if !self.written.text.ends_with('\n') {
                        self.push("\n");
                    }
                    self.push(&" ".repeat(column));
                    self.push("- ");
                    self.value(Some(Step::Index(index)), |writer| writer.item(item, column + 2));
                }
            }
            Node::Fixed("") => self.push(behind),
            node if entry.is_below => {
                self.push(behind);
                self.line(below);
                self.in_braces(node, below);
            }
            Node::Scalar(spelling, text) => self.block_scalar(*spelling, text, behind, below + 1),
            node => {
                self.push(" ");
                self.in_braces(node, column);
                self.push(behind);
            }
        }
        if !self.written.text.ends_with('\n') {
            self.push("\n");
        }
    }

    fn item(&mut self, item: &Node, column: usize) {
        match item {
            Node::Map(map @ Map { braces: None, .. }) => self.block_map(map, column, Holder::Item),
            node => self.in_braces(node, column),
        }
    }

    fn block_scalar(&mut self, spelling: Spelling, text: &str, behind: &str, column: usize) {
        let (one, two) = text.split_at(2);
        match spelling {
            Spelling::Block(header) => {
                self.push(&format!(" {header}{behind}"));
                for line in [one, two] {
                    self.line(column);
                    self.push(line);
                }
                self.ends_in_block = true;
                self.push(if header == "|+" { "\n\n" } else { "\n" });
            }
            Spelling::PlainOnTwoLines | Spelling::DoubleOnTwoLines => {
                let (quote, fold) =
                    if spelling == Spelling::PlainOnTwoLines { ("", "") } else { ("\"", "\\") };
                self.push(&format!(" {quote}{one}{fold}"));
                self.line(column);
                self.push(&format!("{two}{quote}{behind}"));
            }
            _ => {
                self.push(" ");
                self.scalar_in_braces(spelling, text);
                self.push(behind);
            }
        }
    }
}
