//! `render`: the differences for people, aligned.

use crate::commands::diff::compare::Difference;
use crate::commands::diff::object::Sign;
use crate::terminal::escape::shown;
use crate::terminal::paint::Paint;
use std::fmt::Write as _;

/// A name that is longer does not widen the column.
const WIDEST: usize = 40;

/// All differences; empty without any.
pub(crate) fn render(differences: &[Difference], paint: Paint) -> String {
    let mut text = String::new();
    for difference in differences {
        // Writing to a String cannot fail.
        let _ = match difference {
            Difference::Added { name, items } => {
                let items =
                    if items.is_empty() { String::new() } else { format!(": {}", shown(&items.join(", "))) };
                writeln!(text, "{}", paint.good(&format!("+ SealedSecret {}{items}", shown(name))))
            }
            Difference::Removed { name } => {
                writeln!(text, "{}", paint.bad(&format!("- SealedSecret {}", shown(name))))
            }
            Difference::Changed { name, lines } => {
                let _ = writeln!(text, "{}", paint.bold(&format!("SealedSecret {}", shown(name))));
                let names = lines.iter().map(|line| shown(&line.what).chars().count());
                let width = names.filter(|length| *length <= WIDEST).max().unwrap_or_default();
                for line in lines {
                    let (what, how) = (shown(&line.what), shown(&line.how));
                    let _ = match line.sign {
                        Sign::Added => {
                            writeln!(text, "{}", paint.good(format!("  + {what:<width$}  {how}").trim_end()))
                        }
                        Sign::Removed => {
                            writeln!(text, "{}", paint.bad(format!("  - {what:<width$}  {how}").trim_end()))
                        }
                        Sign::Changed => {
                            writeln!(text, "{}", format!("  ~ {what:<width$}  {how}").trim_end())
                        }
                    };
                }
                Ok(())
            }
        };
    }
    text
}
