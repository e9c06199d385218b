//! `is_allowed`: whether a line, or the one above it, says that what is there is known.
//!
//! Decided: a comment instead of an annotation, because it stands in every kind of file, stays out of the cluster,
//! and speaks for one place instead of for a whole object.

/// The comment.
const MARK: &str = "kubeseal-rs: allow";

/// Whether `line` of `text`, from 1, is marked.
pub(super) fn is_allowed(text: &str, line: usize) -> bool {
    let first = line.saturating_sub(2);
    text.lines().skip(first).take(line - first).any(|line| line.contains(MARK))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_counts_for_its_line_and_the_next() {
        let text = "a\nb # kubeseal-rs: allow\nc\nd\n";
        let allowed: Vec<usize> = (1..=5).filter(|line| is_allowed(text, *line)).collect();
        assert_eq!(allowed, [2, 3]);
        assert!(is_allowed("// kubeseal-rs: allow\n", 1));
    }
}
