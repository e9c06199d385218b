//! [`may_vary`]: whether a text may give something else the next time, with the same values; told by the text alone.

/// Parts of the names of all functions that ask for the time, for randomness or for a new key.
const DRAWING: [&str; 11] =
    ["now", "ago", "date", "Date", "duration", "rand", "shuffle", "uuid", "gen", "crypt", "htpasswd"];

/// Whether the template may ask for the time, for randomness or for a new key. A function is always called by its name, so a text
/// without any of these names never does; a text with one of them may only seem to.
pub fn may_vary(template: &str) -> bool {
    template.contains("{{") && DRAWING.iter().any(|name| template.contains(name))
}
