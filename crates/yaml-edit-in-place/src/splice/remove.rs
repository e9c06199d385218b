//! `remove`: removes an entry. Comments on lines of their own stay, because it is not known which entry they are about.

use crate::layout::{before, line_start};
use crate::splice::{Object, Splice};
use crate::syntax::{Entry, SyntaxNode};

impl Object<'_> {
    /// Removes `entry` from `map`, which is the value of `holder`.
    pub(crate) fn remove(
        &self,
        holder: Option<(&SyntaxNode, &Entry)>,
        map: &SyntaxNode,
        entry: &Entry,
    ) -> Vec<Splice> {
        if map.is_flow() { self.remove_in_braces(map, entry) } else { self.remove_lines(holder, map, entry) }
    }

    fn remove_lines(
        &self,
        holder: Option<(&SyntaxNode, &Entry)>,
        map: &SyntaxNode,
        entry: &Entry,
    ) -> Vec<Splice> {
        let text = self.text;
        let start = entry.key.outer;
        let end = entry.end(text);
        let is_first_on_line = before(text, start).trim_start().is_empty();
        let next = map.entries().iter().find(|other| other.key.outer > start);
        let range = match next {
            // Behind the dash of a list: the next entry moves up.
            Some(next) if !is_first_on_line => start..next.key.outer,
            _ => {
                let from = line_start(text, start);
                let until = text[end..].find('\n').map_or(text.len(), |newline| end + newline + 1);
                // Without a last line end, the one before the entry goes, so that the file ends as it did.
                let from = if until == text.len() && !text.ends_with('\n') {
                    text[..from].trim_end_matches(['\r', '\n']).len()
                } else {
                    from
                };
                from..until
            }
        };
        let mut splices = vec![Splice { range, text: String::new() }];
        // Without its last entry, the map has to be written as an empty one.
        if let (1, Some((_, holder))) = (map.entries().len(), holder) {
            let at = holder.value.properties_end.or(holder.after_colon).unwrap_or(start);
            splices.push(Splice { range: at..at, text: " {}".into() });
        }
        splices
    }

    fn remove_in_braces(&self, map: &SyntaxNode, entry: &Entry) -> Vec<Splice> {
        let text = self.text;
        let start = entry.key.outer;
        let end = entry.end(text);
        let next = map.entries().iter().find(|other| other.key.outer > start);
        let previous = map.entries().iter().rev().find(|other| other.key.outer < start);
        let has_comment = |gap: &str| gap.contains('#');
        let range = match (next, previous) {
            (Some(next), _) if !has_comment(&text[end..next.key.outer]) => start..next.key.outer,
            (None, Some(previous)) if !has_comment(&text[previous.end(text)..start]) => {
                previous.end(text)..end
            }
            // Up to its comma. The map may then end with a comma, which YAML allows.
            _ => {
                let rest = &text[end..];
                let spaces = rest.len() - rest.trim_start().len();
                let comma = if rest[spaces..].starts_with(',') { spaces + 1 } else { 0 };
                start..end + comma
            }
        };
        vec![Splice { range, text: String::new() }]
    }
}
