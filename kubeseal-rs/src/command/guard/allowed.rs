//! `is_allowed`: whether a comment says that what is on a line is known.
//!
//! Decided: a comment instead of an annotation, because it stands in every kind of file, stays out of the cluster,
//! and speaks for one value instead of for a whole object.

/// The comment.
const MARK: &str = "kubeseal-rs: allow";

/// Whether `line` of `text`, from 1, is marked: on the line, or by a comment alone on the line above. What is in a block scalar,
/// where no comment can stand, is marked where the block begins.
pub(super) fn is_allowed(text: &str, line: usize) -> bool {
    if !text.contains(MARK) {
        return false;
    }
    let lines: Vec<&str> = text.lines().take(line).collect();
    let Some(index) = line.checked_sub(1).filter(|index| *index < lines.len()) else { return false };
    is_marked(&lines, index) || block_header(&lines, index).is_some_and(|header| is_marked(&lines, header))
}

fn is_marked(lines: &[&str], index: usize) -> bool {
    lines[index].contains(MARK) || index.checked_sub(1).is_some_and(|above| is_mark_alone(lines[above]))
}

/// Whether the mark has its line for itself, in a comment of any language.
fn is_mark_alone(line: &str) -> bool {
    line.split_once(MARK).is_some_and(|(before, _)| !before.contains(char::is_alphanumeric))
}

/// The line that begins the block scalar that this line is in: `key: |`.
fn block_header(lines: &[&str], index: usize) -> Option<usize> {
    let mut least = indentation(lines[index]);
    for (above, line) in lines[..index].iter().enumerate().rev() {
        if least == 0 {
            return None;
        }
        if !line.trim().is_empty() && indentation(line) < least {
            if is_block_header(line) {
                return Some(above);
            }
            least = indentation(line);
        }
    }
    None
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
        (0..=text.lines().count() + 1).filter(|line| is_allowed(text, *line)).collect()
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
