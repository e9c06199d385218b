//! `remove`: removes an entry. Comments on lines of their own stay, because it is not known which entry they are about.

use crate::lines::{BLANK, before, lines, next_line};
use crate::splice::{Object, Splice};
use crate::syntax::{Entry, SyntaxNode};
use std::ops::Range;

impl Object<'_> {
    /// Removes `entry` from `map`, which is the value of `holder`.
    pub(crate) fn remove(
        &self,
        holder: Option<(&SyntaxNode, &Entry)>,
        map: &SyntaxNode,
        entry: &Entry,
    ) -> Vec<Splice> {
        if map.is_flow() {
            let range = self.range_in_braces(map, entry);
            return vec![Splice { range, text: String::new() }];
        }
        let mut splices = vec![Splice { range: self.range_on_lines(map, entry), text: String::new() }];
        // Without its last entry, the map has to be written as an empty one.
        if let (1, Some((_, holder))) = (map.entries().len(), holder) {
            let at = holder.value.properties_end.or(holder.after_colon).unwrap_or(entry.start(self.text));
            splices.push(Splice { range: at..at, text: " {}".into() });
        }
        splices
    }

    fn range_on_lines(&self, map: &SyntaxNode, entry: &Entry) -> Range<usize> {
        let text = self.text;
        let (start, end) = (entry.start(text), entry.end(text));
        let (previous, next) = neighbours(map, entry);
        match next.map(|next| next.start(text)) {
            // Behind the dash of a list.
            Some(next) if !before(text, start).trim_start().is_empty() => {
                let below = next_line(text, end);
                if text[below..next].trim_matches(BLANK).is_empty() {
                    // The next entry moves up.
                    start..next
                } else {
                    let line = text[..below].trim_end_matches(['\r', '\n']).len();
                    text[..start].trim_end_matches(BLANK).len()..line
                }
            }
            _ => lines(text, start, end, previous.is_some_and(|previous| previous.value.ends_in_block())),
        }
    }

    fn range_in_braces(&self, map: &SyntaxNode, entry: &Entry) -> Range<usize> {
        let text = self.text;
        let (start, end) = (entry.start(text), entry.end(text));
        let (previous, next) = neighbours(map, entry);
        let has_comment = |gap: &str| gap.contains('#');
        // Where a value is missing, the blank behind its colon stays: to YAML 1.1, `{a:}` has the key `a:`.
        let end_of = |previous: &Entry| {
            let end = previous.end(text);
            let comma = text[end..start].find(',').filter(|_| previous.value.is_missing());
            end + comma.unwrap_or(0)
        };
        match (next.map(|next| next.start(text)), previous.map(end_of)) {
            (Some(next), _) if !has_comment(&text[end..next]) => start..next,
            (None, Some(previous)) if !has_comment(&text[previous..start]) => previous..end,
            // Up to its comma. The map may then end with a comma, which YAML allows.
            _ => {
                let rest = &text[end..];
                let spaces = rest.len() - rest.trim_start().len();
                let comma = if rest[spaces..].starts_with(',') { spaces + 1 } else { 0 };
                start..end + comma
            }
        }
    }
}

/// The entries before and behind one.
fn neighbours<'m>(map: &'m SyntaxNode, entry: &Entry) -> (Option<&'m Entry>, Option<&'m Entry>) {
    let at = |other: &&Entry| other.key.outer.cmp(&entry.key.outer);
    let entries = map.entries();
    (entries.iter().rev().find(|it| at(it).is_lt()), entries.iter().find(|it| at(it).is_gt()))
}
