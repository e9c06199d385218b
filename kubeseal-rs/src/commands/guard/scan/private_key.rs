//! `lines`: finds private keys in a text, as PEM, as the base64 of PEM (`client-key-data` and the like), or as
//! identities of age.
//!
//! A BEGIN line alone is no key: programs and their documentation have it, too. A key that is encrypted with a password
//! is no finding.

use crate::files::decoded::from_base64;

/// The base64 of `-----BEGIN `, as far as it does not depend on the next characters.
const BEGIN_IN_BASE64: &str = "LS0tLS1CRUdJTi";

/// The part of an armoured text that shows what it is: a multiple of four.
const HEAD_IN_BASE64: usize = 64;

/// No shorter run of base64 is part of a key.
const SHORTEST_RUN: usize = 24;

/// How far after its BEGIN line a key begins: there may be headers and escaped line ends.
const BODY_WITHIN: usize = 400;

/// The prefix of age's identities: `AGE-SECRET-KEY-1`, and `AGE-SECRET-KEY-PQ-1` of the newer kind.
const AGE_IDENTITY: &str = "AGE-SECRET-KEY-";

/// No identity is shorter after its prefix.
const SHORTEST_IDENTITY: usize = 59;

/// The line of each private key, from 1.
pub(crate) fn lines(text: &str) -> Vec<usize> {
    let in_pem = text.match_indices("-----BEGIN ").filter(|(at, found)| is_key(&text[at + found.len()..]));
    let in_base64 = text.match_indices(BEGIN_IN_BASE64).filter(|(at, _)| is_key_in_base64(&text[*at..]));
    let of_age =
        text.match_indices(AGE_IDENTITY).filter(|(at, found)| is_identity(&text[at + found.len()..]));
    let mut offsets: Vec<usize> = in_pem.chain(in_base64).chain(of_age).map(|(at, _)| at).collect();
    offsets.sort_unstable();
    let mut passed = 0;
    let mut line = 1;
    let mut lines = Vec::new();
    for offset in offsets {
        line += text[passed..offset].matches('\n').count();
        passed = offset;
        lines.push(line);
    }
    lines.dedup();
    lines
}

/// Whether this, which follows `-----BEGIN `, is a private key.
fn is_key(text: &str) -> bool {
    let Some((label, body)) = text.split_once("-----") else { return false };
    if !label.contains("PRIVATE KEY") || label.len() > 40 || label.contains("ENCRYPTED") {
        return false;
    }
    // A slice, not a copy: it may be the key. An escaped line end leaves its letter at the start of the run after it,
    // which does not matter here.
    let body = &body[..body.floor_char_boundary(BODY_WITHIN)];
    let body = body.split("-----").next().unwrap_or_default();
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    !body.contains("ENCRYPTED") && body.split(|c| !is_base64(c)).any(|run| run.len() >= SHORTEST_RUN)
}

fn is_identity(text: &str) -> bool {
    let is_of_it = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'-';
    text.bytes().take_while(is_of_it).count() >= SHORTEST_IDENTITY
}

fn is_key_in_base64(text: &str) -> bool {
    let Some(head) = text.as_bytes().get(..HEAD_IN_BASE64) else { return false };
    let Some(head) = from_base64(head) else { return false };
    let head = String::from_utf8_lossy(&head);
    let label = head.trim_start_matches('-').split("-----").next().unwrap_or_default();
    label.contains("PRIVATE KEY") && !label.contains("ENCRYPTED")
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;

    fn pem(label: &str) -> String {
        envelope::pem::encode(label, &[0x5a; 300]).to_string()
    }

    #[test]
    fn keys_are_found_however_they_are_written() {
        for label in ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY"] {
            let pem = pem(label);
            assert_eq!(lines(&pem), [1], "{label}");
            let indented = format!("a: 1\nkey: |\n  {}", pem.replace('\n', "\n  "));
            assert_eq!(lines(&indented), [3], "{label}");
            assert_eq!(lines(&format!("\n\n{{\"key\": \"{}\"}}", pem.replace('\n', "\\n"))), [3], "{label}");
            assert_eq!(lines(&format!("\nkey: {}\n", BASE64_STANDARD.encode(&pem))), [2], "{label}");
        }
        assert_eq!(lines(&format!("{}\n{}", pem("PRIVATE KEY"), pem("PRIVATE KEY"))), [1, 11]);
    }

    #[test]
    fn identities_of_age_are_found() {
        let identity = format!("AGE-SECRET-KEY-1{}", "Q7".repeat(29));
        assert_eq!(lines(&format!("# public key: age1\n{identity}\n")), [2]);
        assert_eq!(lines(&identity.replace("-1", "-PQ-1")), [1]);
        assert_eq!(lines("grep AGE-SECRET-KEY-1 *\nAGE-SECRET-KEY-1...\n"), [] as [usize; 0]);
    }

    #[test]
    fn what_is_no_key_is_let_pass() {
        for label in ["CERTIFICATE", "PUBLIC KEY", "ENCRYPTED PRIVATE KEY"] {
            assert_eq!(lines(&pem(label)), [] as [usize; 0], "{label}");
            assert_eq!(lines(&BASE64_STANDARD.encode(pem(label))), [] as [usize; 0], "{label}");
        }
        let encrypted = pem("RSA PRIVATE KEY").replacen('\n', "\nProc-Type: 4,ENCRYPTED\nDEK-Info: x\n\n", 1);
        for text in [
            encrypted.as_str(),
            "if text.contains(\"-----BEGIN RSA PRIVATE KEY-----\") { return Err(ThisIsThePrivateHalf); }",
            "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "-----BEGIN ",
        ] {
            assert_eq!(lines(text), [] as [usize; 0], "{text}");
        }
    }
}
