//! `like`: which of some words was meant by a misspelt one.

/// A longer word is no name that is misspelt; the time of a comparison grows with the square.
const LONGEST: usize = 253;

/// Words beyond these are not looked at: they may be the content of a file.
const MOST_WORDS: usize = 1000;

/// The word that was meant, if one is like this one.
pub(crate) fn like<'a>(word: &str, words: &[&'a str]) -> Option<&'a str> {
    const LIKE: f64 = 0.8;
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase();
    let known = words.iter().copied().take(MOST_WORDS).filter(|known| known.len() <= LONGEST);
    let best = known.map(|known| (strsim::jaro(&word, &known.to_lowercase()), known));
    best.filter(|(likeness, _)| *likeness >= LIKE)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, known)| known)
}
