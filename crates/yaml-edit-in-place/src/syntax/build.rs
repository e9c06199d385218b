//! `syntax_tree`: makes nodes of the parser's events.

use crate::lines::skip_comments;
use crate::syntax::{Entry, SyntaxKind, SyntaxNode};
use serde_saphyr::granit_parser::{Event, Parser, Span, StructureStyle, options};
use std::iter::Peekable;

/// The root of the one document in `text`. `None` if it is not well-formed.
pub(crate) fn syntax_tree(text: &str) -> Option<SyntaxNode> {
    let options = options! { emit_anchor_events: true, emit_comments: false };
    let events: Vec<(Event<'_>, Span)> =
        Parser::new_from_str_with_options(text, options).collect::<Result<_, _>>().ok()?;
    let mut builder = Builder { text, events: events.into_iter().peekable() };
    loop {
        if let (Event::DocumentStart(..), _) = builder.events.next()? {
            return builder.node();
        }
    }
}

struct Builder<'a, I: Iterator<Item = (Event<'a>, Span)>> {
    text: &'a str,
    events: Peekable<I>,
}

impl<'a, I: Iterator<Item = (Event<'a>, Span)>> Builder<'a, I> {
    fn node(&mut self) -> Option<SyntaxNode> {
        let (event, span) = self.events.next()?;
        let mut range = span.byte_range()?;
        let mut outer = range.start;
        let mut properties_end = None;
        let mut property = |range: std::ops::Range<usize>| {
            outer = outer.min(range.start);
            properties_end = Some(properties_end.unwrap_or(0).max(range.end));
        };
        let tag = match span.tag_span() {
            Some(tag) => Some(tag.byte_range()?),
            None => None,
        };
        if let Some(tag) = tag.clone() {
            property(tag);
        }
        if let Some((Event::Anchor(..), _)) = self.events.peek() {
            property(self.events.next()?.1.byte_range()?);
        }
        let kind = match event {
            Event::Scalar(text, style, ..) => SyntaxKind::Scalar(style, text.into_owned()),
            Event::Alias(_) => SyntaxKind::Alias,
            Event::MappingStart(style, ..) => {
                let (entries, end) = self.entries()?;
                range.end = end;
                SyntaxKind::Map { flow: style == StructureStyle::Flow, entries }
            }
            Event::SequenceStart(style, ..) => {
                let (items, end) = self.items()?;
                range.end = end;
                SyntaxKind::List { flow: style == StructureStyle::Flow, items }
            }
            _ => return None,
        };
        Some(SyntaxNode { outer, properties_end, tag, range, kind })
    }

    fn entries(&mut self) -> Option<(Vec<Entry>, usize)> {
        let mut entries = Vec::new();
        loop {
            if let Some((Event::MappingEnd, span)) = self.events.peek() {
                let end = span.byte_range()?.end;
                self.events.next();
                return Some((entries, end));
            }
            let key = self.node()?;
            let value = self.node()?;
            let after_colon = self.after_colon(&key);
            entries.push(Entry { key, value, after_colon });
        }
    }

    fn items(&mut self) -> Option<(Vec<SyntaxNode>, usize)> {
        let mut items = Vec::new();
        loop {
            if let Some((Event::SequenceEnd, span)) = self.events.peek() {
                let end = span.byte_range()?.end;
                self.events.next();
                return Some((items, end));
            }
            items.push(self.node()?);
        }
    }

    fn after_colon(&self, key: &SyntaxNode) -> Option<usize> {
        // A key behind `?` may have a comment, and its colon on a line below.
        let at = skip_comments(self.text, key.range.end)?;
        self.text[at..].starts_with(':').then_some(at + 1)
    }
}
