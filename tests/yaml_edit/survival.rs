//! `check`: what an edit has to leave alone, compared byte for byte.

use anyhow::{Result, ensure};

use crate::edit::{Chosen, MayChange};

/// Every comment of the generated files, and nothing else in them.
const COMMENT: &str = "# ";

/// Bytes outside the edit, comments and the kind of line ends are as before.
pub(crate) fn check(before: &str, after: &str, chosen: &Chosen) -> Result<()> {
    match &chosen.may_change {
        MayChange::Nothing => {
            let same = before.bytes().zip(after.bytes()).take_while(|(a, b)| a == b).count();
            let is_inserted =
                after.len() >= before.len() && after.as_bytes().ends_with(&before.as_bytes()[same..]);
            ensure!(is_inserted, "bytes of the old text are gone");
        }
        MayChange::These(range) => {
            let (left, right) = (&before[..range.start], &before[range.end..]);
            let is_kept =
                after.len() >= left.len() + right.len() && after.starts_with(left) && after.ends_with(right);
            ensure!(is_kept, "bytes beside {:?} have changed", &before[range.clone()]);
        }
    }
    let comments = |text: &str| text.matches(COMMENT).count();
    let expected = comments(before) - comments(&before[chosen.removed.clone()]);
    ensure!(comments(after) >= expected, "{} comments instead of {expected}", comments(after));
    let line_ends = after.matches('\n').count();
    let crlf = if before.contains('\r') { line_ends } else { 0 };
    ensure!(after.matches('\r').count() == crlf, "line ends are mixed");
    let ends_alike = before.ends_with('\n') == after.ends_with('\n');
    // A block that is last then needs its line end.
    ensure!(ends_alike || !chosen.removed.is_empty(), "the last line has another end");
    Ok(())
}
