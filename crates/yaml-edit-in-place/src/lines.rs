//! Lines, blanks and comments of a text, before anything is known of its syntax.

use std::ops::Range;

/// What a line may end with, of which YAML takes no notice. Other white space, such as U+00A0, is text.
pub(crate) const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

/// The line end that the text uses.
pub(crate) fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(newline) if text[..newline].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// The start of the line that `at` is on.
pub(crate) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// The start of the line below the one that `at` is on; the end of the text, if there is none.
pub(crate) fn next_line(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |newline| at + newline + 1)
}

/// The text of the line, up to `at`.
pub(crate) fn before(text: &str, at: usize) -> &str {
    &text[line_start(text, at)..at]
}

/// The lines from the one with `start` to the one with `end`. Without a last line end, the line end before them goes instead, so that the text
/// ends as it did; unless `keeps_line_end`, because a block scalar before them needs it.
pub(crate) fn lines(text: &str, start: usize, end: usize, keeps_line_end: bool) -> Range<usize> {
    let (start, end) = (line_start(text, start), next_line(text, end));
    if keeps_line_end || text.ends_with('\n') || end < text.len() {
        return start..end;
    }
    let above = &text[..start];
    let above = above.strip_suffix('\n').unwrap_or(above);
    above.strip_suffix('\r').unwrap_or(above).len()..end
}

/// The white space before `at`, if there is nothing else on the line before it. Does not read the line, which may be as long as the file.
pub(crate) fn indent(text: &str, at: usize) -> Option<&str> {
    let spaces = text[..at].trim_end_matches([' ', '\t']).len();
    (spaces == 0 || text[..spaces].ends_with('\n')).then(|| &text[spaces..at])
}

/// The first byte from `at` on that is neither blank nor in a comment.
pub(crate) fn skip_comments(text: &str, mut at: usize) -> Option<usize> {
    loop {
        let rest = text.get(at..)?;
        let trimmed = rest.trim_start_matches(BLANK);
        at += rest.len() - trimmed.len();
        match trimmed.strip_prefix('#') {
            Some(comment) => at += 1 + comment.find(['\r', '\n'])?,
            None => return (!trimmed.is_empty()).then_some(at),
        }
    }
}
