//! `replace`: another value for an entry that is there.

use crate::change::NewValue;
use crate::error::EditError;
use crate::layout::{column, step};
use crate::lines::{BLANK, indent, line_end, lines};
use crate::scalar::{literal, written};
use crate::splice::{Object, Splice};
use crate::syntax::{Entry, SyntaxKind, SyntaxNode};
use serde_saphyr::granit_parser::ScalarStyle;

impl Object<'_> {
    /// Replaces the value of an entry. Anchor, tag and the comment behind it stay. A tag before a value that is no text goes: readers
    /// differ in what `!mine true` is.
    pub(crate) fn replace(
        &self,
        map: &SyntaxNode,
        entry: &Entry,
        value: &NewValue,
        path: &[String],
    ) -> Result<Vec<Splice>, EditError> {
        let mut splices = self.replace_tagged(map, entry, value, path)?;
        if let (Some(tag), false) = (&entry.value.tag, matches!(value, NewValue::Text(_))) {
            let range = match indent(self.text, tag.start) {
                // First on its line.
                Some(_) => {
                    let behind = &self.text[tag.end..];
                    tag.start..tag.end + behind.len() - behind.trim_start_matches([' ', '\t']).len()
                }
                None => self.text[..tag.start].trim_end_matches([' ', '\t']).len()..tag.end,
            };
            splices.push(Splice { range, text: String::new() });
        }
        Ok(splices)
    }

    fn replace_tagged(
        &self,
        map: &SyntaxNode,
        entry: &Entry,
        value: &NewValue,
        path: &[String],
    ) -> Result<Vec<Splice>, EditError> {
        let node = &entry.value;
        let not_a_scalar = || EditError::NotAScalar { path: path.join(".") };
        let before = match (&node.kind, value) {
            (SyntaxKind::Scalar(style, _), _) => *style,
            (SyntaxKind::Alias, _) | (SyntaxKind::List { .. }, NewValue::Texts(_)) => ScalarStyle::Plain,
            (SyntaxKind::Map { .. } | SyntaxKind::List { .. }, _) => return Err(not_a_scalar()),
        };
        let written = written(value, self.syntax, before);
        let Some(after_colon) = entry.after_colon else {
            // A key alone, as in `{key}`.
            let at = entry.key.range.end;
            return Ok(vec![Splice { range: at..at, text: format!(": {written}") }]);
        };
        // In `{key:,` the value needs no space behind it; before it, it does.
        let behind_colon = node.properties_end.unwrap_or(after_colon);
        let behind_colon = Splice { range: behind_colon..behind_colon, text: format!(" {written}") };
        if node.is_missing() {
            return Ok(vec![behind_colon]);
        }
        if let SyntaxKind::List { flow: false, .. } = node.kind {
            let items = lines(self.text, node.range.start, node.end(self.text), false);
            return Ok(vec![behind_colon, Splice { range: items, text: String::new() }]);
        }
        if node.is_block_scalar() && !map.is_flow() {
            let header = node.header(self.text, after_colon).ok_or_else(not_a_scalar)?;
            return Ok(vec![self.replace_block(map, node, header, value, &written)]);
        }
        Ok(vec![Splice { range: node.range.clone(), text: written }])
    }

    /// Replaces a block scalar. The comment behind its header stays.
    fn replace_block(
        &self,
        map: &SyntaxNode,
        node: &SyntaxNode,
        header: usize,
        value: &NewValue,
        written: &str,
    ) -> Splice {
        let line = self.text[header..].lines().next().unwrap_or_default();
        let behind = line[line.find([' ', '\t']).unwrap_or(line.len())..].trim_end_matches(BLANK);
        // Empty lines that belonged to a block with `+` in its header stay: they mean nothing below another value.
        let end = self.text[..node.end(self.text)].trim_end_matches(BLANK).len();
        let end = end.max(header + line.trim_end_matches(BLANK).len());
        let indent = column(self.text, map) + step(self.text, self.node);
        let block = literal(value, indent, line_end(self.text))
            // At the end of a text without a line end, a block would lose the line end that its header promises.
            .filter(|_| node.is_literal() && self.text[end..].contains('\n'));
        let text = match block {
            Some(block) => format!("{}{behind}{}", block.header, block.lines),
            None => format!("{written}{behind}"),
        };
        Splice { range: header..end, text }
    }
}
