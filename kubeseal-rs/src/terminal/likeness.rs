//! `like`: which of some words was meant by a misspelt one.

/// The word that was meant, if one is like this one.
pub(crate) fn like<'a>(word: &str, words: &[&'a str]) -> Option<&'a str> {
    const LIKE: f64 = 0.8;
    let likeness = |known: &&'a str| strsim::jaro(&word.to_lowercase(), &known.to_lowercase());
    let best = words.iter().copied().map(|known| (likeness(&known), known));
    best.filter(|(likeness, _)| *likeness >= LIKE)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, known)| known)
}
