//! `insert`: adds an entry, with the maps around it that are missing.

use crate::change::NewValue;
use crate::document::Syntax;
use crate::error::EditError;
use crate::layout::{Flow, column, step};
use crate::lines::{line_end, next_line};
use crate::scalar::{literal, scalar, written};
use crate::splice::{Object, Splice};
use crate::syntax::{Entry, SyntaxKind, SyntaxNode};
use serde_saphyr::granit_parser::ScalarStyle;

impl Object<'_> {
    /// Adds `keys`, a path of maps that ends with the entry, to `map`, which is the value of `holder`.
    pub(crate) fn insert(
        &self,
        holder: Option<(&SyntaxNode, &Entry)>,
        map: &SyntaxNode,
        keys: &[String],
        value: &NewValue,
    ) -> Result<Vec<Splice>, EditError> {
        if let Some(last) = map.entries().last() {
            let at = last.end(self.text);
            if map.is_flow() {
                let flow = Flow::of(self.text, self.syntax, map);
                let entry = self.flow_entry(&flow, keys, value, Some(last));
                let gap = match &flow.lines {
                    Some(lines) => format!("{}{}", lines.line_end, lines.indent),
                    None => flow.space.to_owned(),
                };
                // Where a value is missing, YAML 1.1 would take the comma for a part of the key.
                let comma = if last.value.is_missing() { " ," } else { "," };
                return Ok(vec![Splice { range: at..at, text: format!("{comma}{gap}{entry}") }]);
            }
            return Ok(vec![self.lines(at, column(self.text, map), keys, value, Some(last))]);
        }
        let Some((parent, entry)) = holder else {
            return Err(EditError::not_a_map(keys));
        };
        let Some(after_colon) = entry.after_colon else {
            return Err(EditError::not_a_map(keys));
        };
        let from = map.properties_end.unwrap_or(after_colon);
        let until = if map.is_missing() { from } else { map.range.end };
        let on_one_line = Flow { lines: None, space: " " };
        let has_comment = map.is_flow() && !self.text[map.range.start + 1..until - 1].trim().is_empty();
        if has_comment {
            let entry = self.flow_entry(&on_one_line, keys, value, None);
            return Ok(vec![Splice { range: until - 1..until - 1, text: entry }]);
        }
        if self.text[from..until].contains('#') {
            // The map is below a comment, which stays.
            let text = on_one_line.braced(&self.flow_entry(&on_one_line, keys, value, None));
            return Ok(vec![Splice { range: map.range.clone(), text }]);
        }
        if parent.is_flow() {
            let flow = Flow::of(self.text, self.syntax, parent);
            let braced = flow.braced(&self.flow_entry(&flow.deeper(), keys, value, None));
            let text = format!("{}{braced}", flow.space);
            return Ok(vec![Splice { range: from..until, text }]);
        }
        let column = column(self.text, parent) + step(self.text, self.node);
        Ok(vec![
            Splice { range: from..until, text: String::new() },
            self.lines(until, column, keys, value, None),
        ])
    }

    /// The entry on lines of its own, below the line that `end` is on.
    fn lines(
        &self,
        end: usize,
        column: usize,
        keys: &[String],
        value: &NewValue,
        like: Option<&Entry>,
    ) -> Splice {
        let line_end = line_end(self.text);
        let step = step(self.text, self.node);
        let mut lines = String::new();
        for (depth, key) in keys.iter().enumerate() {
            let indent = " ".repeat(column + depth * step);
            let key = scalar(key, self.syntax, key_style(like.filter(|_| depth == 0)));
            let value = if depth + 1 == keys.len() {
                let style = value_style(like.filter(|_| depth == 0));
                let block = literal(value, indent.len() + step, line_end)
                    .filter(|_| style == ScalarStyle::Literal && self.text[end..].contains('\n'));
                block.map_or_else(
                    || format!(" {}", written(value, self.syntax, style)),
                    |block| format!(" {}{}", block.header, block.lines),
                )
            } else {
                String::new()
            };
            lines.extend([indent.as_str(), key.as_str(), ":", value.as_str(), line_end]);
        }
        let at = next_line(self.text, end);
        if self.text[..at].ends_with('\n') {
            return Splice { range: at..at, text: lines };
        }
        // The file ends as it did, without a line end.
        let lines = &lines[..lines.len() - line_end.len()];
        Splice { range: at..at, text: format!("{line_end}{lines}") }
    }

    /// `key: value`, or `key: {key: value}` and so on.
    fn flow_entry(&self, flow: &Flow, keys: &[String], value: &NewValue, like: Option<&Entry>) -> String {
        let Some((key, rest)) = keys.split_first() else {
            return String::new();
        };
        // Plain keys in braces need the space; in JSON there are none.
        let space = if self.syntax == Syntax::Json { flow.space } else { " " };
        let value = if rest.is_empty() {
            written(value, self.syntax, value_style(like))
        } else {
            flow.braced(&self.flow_entry(&flow.deeper(), rest, value, None))
        };
        format!("{}:{space}{value}", scalar(key, self.syntax, key_style(like)))
    }
}

fn key_style(like: Option<&Entry>) -> ScalarStyle {
    like.map_or(ScalarStyle::Plain, |entry| style(&entry.key))
}

fn value_style(like: Option<&Entry>) -> ScalarStyle {
    like.map_or(ScalarStyle::Plain, |entry| style(&entry.value))
}

fn style(node: &SyntaxNode) -> ScalarStyle {
    match &node.kind {
        SyntaxKind::Scalar(style, _) => *style,
        _ => ScalarStyle::Plain,
    }
}
