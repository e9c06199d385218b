//! `words`: the cause of an error, as every Unix program words it.

use std::error::Error;
use std::io;

/// In words. What the system says is said as Go and the shell say it (`no such file or directory`), because scripts look for
/// that, and without Rust's `(os error 2)`.
pub(crate) fn words(cause: &(dyn Error + 'static)) -> String {
    let said = cause.to_string();
    let code = cause.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error);
    match code.and_then(|code| said.strip_suffix(&format!(" (os error {code})"))) {
        None => said,
        Some(words) => {
            let mut letters = words.chars();
            letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_words_are_the_systems() {
        let error = std::fs::read("/nonexistent/file").unwrap_err();
        assert_eq!(words(&error), "no such file or directory");
        assert_eq!(words(&io::Error::other("No (os error 2)")), "No (os error 2)");
        assert_eq!(words(&std::fmt::Error), std::fmt::Error.to_string());
    }
}
