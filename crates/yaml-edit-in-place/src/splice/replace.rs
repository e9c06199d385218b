//! `replace`: another value for an entry that is there.

use crate::change::NewValue;
use crate::error::EditError;
use crate::layout::{column, line_end, step};
use crate::scalar::{literal, written};
use crate::splice::{Object, Splice};
use crate::syntax::{Entry, SyntaxKind, SyntaxNode};
use serde_saphyr::granit_parser::ScalarStyle;

impl Object<'_> {
    /// Replaces the value of an entry. Anchor, tag and the comment behind it stay.
    pub(crate) fn replace(
        &self,
        map: &SyntaxNode,
        entry: &Entry,
        value: &NewValue,
        path: &[String],
    ) -> Result<Splice, EditError> {
        let node = &entry.value;
        let not_text = || EditError::NotAScalar { path: path.join(".") };
        let before = match &node.kind {
            SyntaxKind::Scalar(style, _) => *style,
            SyntaxKind::Alias => ScalarStyle::Plain,
            SyntaxKind::Map { .. } | SyntaxKind::List { .. } => return Err(not_text()),
        };
        let written = written(value, self.syntax, before);
        let Some(after_colon) = entry.after_colon else {
            // A key alone, as in `{key}`.
            let at = entry.key.range.end;
            return Ok(Splice { range: at..at, text: format!(": {written}") });
        };
        if node.is_null() && node.range.is_empty() {
            let at = node.properties_end.unwrap_or(after_colon);
            // In `{key:,` the value needs no space behind it; before it, it does.
            return Ok(Splice { range: at..at, text: format!(" {written}") });
        }
        if node.is_block_scalar() && !map.is_flow() {
            let header = node.header(self.text, after_colon).ok_or_else(not_text)?;
            let line = self.text[header..].lines().next().unwrap_or_default();
            let comment = line.find(" #").map_or("", |at| line[line[..at].trim_end().len()..].trim_end());
            // Empty lines that belonged to a block with `+` in its header stay: they mean nothing below another value.
            let end = self.text[..node.end(self.text)].trim_end().len().max(header + line.trim_end().len());
            let indent = column(self.text, map) + step(self.text, self.node);
            let block = literal(value, indent, line_end(self.text))
                // At the end of a text without a line end, a block would lose the line end that its header promises.
                .filter(|_| before == ScalarStyle::Literal && self.text[end..].contains('\n'));
            let text = block.map_or_else(
                || format!("{written}{comment}"),
                |block| format!("{}{comment}{}", block.header, block.lines),
            );
            return Ok(Splice { range: header..end, text });
        }
        Ok(Splice { range: node.range.clone(), text: written })
    }
}
