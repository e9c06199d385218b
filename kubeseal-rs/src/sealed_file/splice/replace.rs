//! Another value where there is one.

use crate::sealed_file::change::Content as New;
use crate::sealed_file::error::ChangeFault;
use crate::sealed_file::layout::{column, line_end, step};
use crate::sealed_file::scalar::{literal, written};
use crate::sealed_file::splice::{Object, Splice};
use crate::sealed_file::tree::{Content, Entry, Node};
use serde_saphyr::granit_parser::ScalarStyle;

impl Object<'_> {
    /// Replaces the value of an entry. Anchor, tag and the comment behind it stay.
    pub(crate) fn replace(
        &self,
        map: &Node,
        entry: &Entry,
        value: &New,
        path: &[String],
    ) -> Result<Splice, ChangeFault> {
        let node = &entry.value;
        let not_text = || ChangeFault::NotText { path: path.join(".") };
        let before = match &node.content {
            Content::Scalar(style, _) => *style,
            Content::Alias => ScalarStyle::Plain,
            Content::Map { .. } | Content::List { .. } => return Err(not_text()),
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
            // Empty lines that its header says to keep do no harm below another value.
            let end = self.text[..node.end(self.text)].trim_end().len().max(header + line.trim_end().len());
            let indent = column(self.text, map) + step(self.text, self.node);
            let block = literal(value, indent, line_end(self.text))
                // A last line without an end would lose the one that the header promises.
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
