//! The causes of an error in words, each once.

use std::error::Error;
use std::io;

/// The causes of an error, from the nearest to the last, without those whose text the one before has already: libraries
/// repeat their causes in their own text.
pub(crate) fn causes(error: &(dyn Error + 'static)) -> Vec<String> {
    let mut last = error.to_string();
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = words(cause);
        if !last.contains(&words) {
            causes.push(words.clone());
            last = words;
        }
        next = cause.source();
    }
    causes
}

/// The error and its causes on one line.
pub(crate) fn on_one_line(error: &(dyn Error + 'static)) -> String {
    std::iter::once(error.to_string()).chain(causes(error)).collect::<Vec<_>>().join(": ")
}

/// The text of an error without its causes. Errors of the system have the text of Go and the shell (`no such file or
/// directory`), because scripts look for it, and no `(os error 2)` of Rust's.
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
