//! [`AllowedLines`]: the lines of a file that a comment allows to hold plaintext.
//!
//! Decided: a comment instead of an annotation, because it fits every kind of file, is not applied to the cluster, and
//! applies to one value instead of a whole object.

/// The comment.
const MARK: &str = "kubeseal-rs: allow";

/// The allowed lines of one file. Computed once per file, because a file may have thousands of findings.
pub(crate) struct AllowedLines(Vec<bool>);

impl AllowedLines {
    /// A line is allowed by a mark on it, or by a comment alone on the line above. Lines of a block scalar, where no comment can
    /// stand, are allowed by the line that begins the block.
    pub(crate) fn of(text: &str) -> Self {
        if !text.contains(MARK) {
            return Self(Vec::new());
        }
        let mut lines: Vec<bool> = Vec::new();
        // Indentation of each line that the current line is nested in, and whether its innermost block scalar is allowed.
        let mut nesting: Vec<(usize, bool)> = Vec::new();
        let mut is_below_mark = false;
        for line in text.lines() {
            let is_marked = is_below_mark || line.contains(MARK);
            is_below_mark = is_mark_alone(line);
            if line.trim().is_empty() {
                lines.push(is_marked);
                continue;
            }
            let indentation = indentation(line);
            while nesting.last().is_some_and(|(outer, _)| *outer >= indentation) {
                nesting.pop();
            }
            let is_in_allowed_block = nesting.last().is_some_and(|(_, is_allowed)| *is_allowed);
            lines.push(is_marked || is_in_allowed_block);
            nesting.push((indentation, if is_block_header(line) { is_marked } else { is_in_allowed_block }));
        }
        Self(lines)
    }

    /// Whether the line, from 1, is allowed.
    pub(crate) fn has(&self, line: usize) -> bool {
        line.checked_sub(1).and_then(|index| self.0.get(index)).is_some_and(|is_allowed| *is_allowed)
    }
}

/// Whether the mark is alone on its line, in a comment of any language.
fn is_mark_alone(line: &str) -> bool {
    line.split_once(MARK).is_some_and(|(before, _)| !before.contains(char::is_alphanumeric))
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn is_block_header(line: &str) -> bool {
    let line = line.split(" #").next().unwrap_or_default().trim_end();
    let line = line.trim_end_matches(|c: char| c.is_ascii_digit() || "+-".contains(c));
    line.strip_suffix(['|', '>']).is_some_and(|before| before.ends_with(' ') && before.contains([':', '-']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(text: &str) -> Vec<usize> {
        let allowed = AllowedLines::of(text);
        (0..=text.lines().count() + 1).filter(|line| allowed.has(*line)).collect()
    }

    #[test]
    fn a_mark_behind_a_value_is_for_that_line_and_one_alone_for_the_next() {
        assert_eq!(allowed("a: 1\nb: 2 # kubeseal-rs: allow\nc: 3\n"), [2]);
        assert_eq!(allowed("a: 1\n  # kubeseal-rs: allow\nb: 2\nc: 3\n"), [2, 3]);
        for comment in
            ["// kubeseal-rs: allow", "{{- /* kubeseal-rs: allow */}}", "<!-- kubeseal-rs: allow -->"]
        {
            assert_eq!(allowed(&format!("a\n{comment}\nb\nc\n")), [2, 3], "{comment}");
        }
    }

    #[test]
    fn a_mark_where_a_block_begins_is_for_all_of_it() {
        let block = "a: 1\n# kubeseal-rs: allow\nb: |-\n  one\n\n    two\n  three\nc: 3\n";
        assert_eq!(allowed(block), [2, 3, 4, 6, 7]);
        assert_eq!(allowed("x:\n  b: >2 # kubeseal-rs: allow\n      one\n    two\n  c: 3\n"), [2, 3, 4]);
        assert_eq!(allowed("# kubeseal-rs: allow\ndata:\n  a: 1\n  b: |\n    c\n"), [1, 2]);
    }
}
