//! What a service says about a failure, made fit for a message.

use zeroize::Zeroizing;

/// The most characters that are shown.
const MOST: usize = 200;

/// The shortest run of letters and digits that is taken as part of a secret.
const PART: usize = 8;

/// The shortest run of base64 with a digit or padding that is taken as a secret, whatever was sent: 32 bytes are 44 characters.
const BASE64: usize = 40;

/// The shortest run of numbers that is taken as a secret: Go writes bytes as `[12 243 7]`.
const NUMBERS: usize = 30;

/// Words of a service on one line, cut, and without parts of the secrets that it was sent, which a service may repeat, or of others.
pub(crate) fn shown(text: &str, secrets: &[Zeroizing<String>]) -> String {
    let is_known = |word: &str| word.len() >= PART && secrets.iter().any(|secret| secret.contains(word));
    let is_key = |word: &str| word.len() >= BASE64 && word.contains(|c: char| c.is_ascii_digit() || c == '=');
    let text = replaced(text, |c| c.is_ascii_alphanumeric() || "+/=".contains(c), is_key);
    let text = replaced(&text, |c| c.is_ascii_digit() || " ,".contains(c), |run| run.trim().len() >= NUMBERS);
    let text = replaced(&text, |c| c.is_ascii_alphanumeric(), is_known).replace(char::is_control, " ");
    let shown = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if shown.chars().count() > MOST { shown.chars().take(MOST).chain(['…']).collect() } else { shown }
}

/// The text with an ellipsis for each longest run of such characters that is a secret.
fn replaced(text: &str, is_inside: impl Fn(char) -> bool, is_secret: impl Fn(&str) -> bool) -> String {
    let pieces = text.split_inclusive(|c| !is_inside(c));
    pieces.fold(String::new(), |shown, piece| {
        let word = piece.trim_end_matches(|c| !is_inside(c));
        shown + if is_secret(word) { "…" } else { word } + &piece[word.len()..]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_one_line_of_200_characters() {
        let text = "1 error occurred:\n\t* permission denied\n\n\u{1b}[31m";
        assert_eq!(shown(text, &[]), "1 error occurred: * permission denied [31m");
        assert_eq!(shown(&"x ".repeat(200), &[]).chars().count(), 201);
        assert_eq!(shown("é\r\n", &[]), "é");
    }

    #[test]
    fn what_was_sent_as_a_secret_is_left_out_in_full_and_in_part() {
        let secrets = ["hvs.CAESIJ2dTOKEN", "vault:v1:vEjRWeJCrze8SN/vEjRWeJCrze8SN=="];
        let secrets: Vec<_> = secrets.map(|secret| Zeroizing::new(secret.to_owned())).into();
        for (text, expected) in [
            ("bad token hvs.CAESIJ2dTOKEN.", "bad token hvs.…."),
            ("bad token \"CAESIJ2dTO\"", "bad token \"…\""),
            ("vault:v1:vEjRWeJCrze8SN/vEjRWeJCrze8SN==", "vault:v1:…/…=="),
            ("32 bytes: q83vEjRWeJCrze8SNFZ4kA/vEjRWeJCrze8SN+Z4kA=!", "32 bytes: …!"),
            ("no key/1234abcd-12ab-34cd-56ef-1234567890ab", "no key/1234abcd-12ab-34cd-56ef-1234567890ab"),
            ("cannot parse [12 243 7 0 1 2 3 4 5 6 7 8 9 10 11]", "cannot parse […]"),
            ("at 2026-01-02 03:04:05, 503 of 100000", "at 2026-01-02 03:04:05, 503 of 100000"),
            ("permission denied, TOKEN", "permission denied, TOKEN"),
        ] {
            assert_eq!(shown(text, &secrets), expected);
        }
    }
}
