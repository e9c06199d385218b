//! Writes maps and lists in braces, and what can be in them: values on one line.

use std::ops::Range;

use crate::document::{Braces, Entry, List, Map, Node, Spelling};
use crate::written::{Step, Writer};

impl Writer<'_> {
    /// A value as it can be written in braces, too.
    pub(crate) fn in_braces(&mut self, node: &Node, column: usize) {
        let on_one_line = Braces { on_lines: false, last_comma: false };
        match node {
            Node::Scalar(spelling, text) => self.scalar_in_braces(*spelling, text),
            Node::Fixed(text) if self.layout.is_json => self.push(match *text {
                "" | "~" => "null",
                "0o14" => "12",
                "null" | "1" | "true" | "{}" | "[]" => text,
                text => return self.push(&format!("\"{text}\"")),
            }),
            // Over several lines, it does not fit.
            Node::Fixed(text) => self.push(text.split('\n').next().unwrap_or_default()),
            Node::Map(map) => self.map_in_braces(map, map.braces.unwrap_or(on_one_line), column),
            Node::List(List { items, .. }) => {
                self.push("[");
                for (index, item) in items.iter().enumerate() {
                    self.push(if index == 0 { "" } else { ", " });
                    // Nothing is no item.
                    let item = if let Node::Fixed("") = item { &Node::Fixed("~") } else { item };
                    self.value(Some(Step::Index(index)), |writer| writer.in_braces(item, column));
                }
                self.push("]");
            }
        }
    }

    pub(crate) fn scalar_in_braces(&mut self, spelling: Spelling, text: &str) {
        self.push(&match spelling {
            _ if self.layout.is_json => format!("\"{text}\""),
            Spelling::Plain => text.to_owned(),
            Spelling::Single => format!("'{text}'"),
            Spelling::Tagged => format!("!!str {text}"),
            Spelling::Anchored => format!("&anchor {text}"),
            _ => format!("\"{text}\""),
        });
    }

    pub(crate) fn map_in_braces(&mut self, map: &Map, braces: Braces, column: usize) {
        let is_json = self.layout.is_json;
        let below = column + self.layout.step;
        self.written.maps.push(self.path.clone());
        self.push("{");
        let mut from = self.end();
        let mut places: Vec<(Range<usize>, usize, usize, &Entry)> = Vec::new();
        for (number, entry) in map.entries.iter().enumerate() {
            let is_last = number + 1 == map.entries.len();
            if braces.on_lines {
                self.line(below);
            } else if number > 0 {
                self.push(" ");
            }
            let start = self.end();
            let key = if is_json {
                format!("\"{}\"", entry.key.1.unwrap_or(entry.key.0))
            } else {
                entry.key.0.to_owned()
            };
            self.push(&format!("{key}:"));
            let colon = self.end();
            self.push(" ");
            self.value(entry.key.1.map(Step::Key), |writer| writer.in_braces(&entry.value, below));
            places.push((start..self.end(), from, colon, entry));
            from = self.end();
            self.push(if is_last && (is_json || !braces.last_comma) { "" } else { "," });
            if braces.on_lines && !is_json {
                self.push(entry.behind);
            }
        }
        if braces.on_lines {
            self.line(column);
        }
        let mut untils: Vec<usize> = places.iter().map(|(own, ..)| own.start).skip(1).collect();
        untils.push(self.end());
        self.push("}");
        for ((own, from, colon, entry), until) in places.into_iter().zip(untils) {
            if let Some(key) = entry.key.1 {
                self.place(key, own.clone(), from..until, colon..own.end, &entry.value);
            }
        }
    }
}
