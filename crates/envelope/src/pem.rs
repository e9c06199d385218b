//! PEM (RFC 7468) in and out, decoded straight into memory that is wiped.
//!
//! Decided: our own forty lines, because the `pem` crates leave copies of a private key's text in memory
//! that are not wiped, or refuse line widths that common tools write. What the blocks mean lives in
//! `certificate` and `private_key`.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use zeroize::{Zeroize as _, Zeroizing};

/// One PEM block.
pub struct Block {
    /// What stands in its BEGIN line: `CERTIFICATE`, `RSA PRIVATE KEY`, …
    pub label: String,
    /// Its decoded content.
    pub der: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Block {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Block({}, {} bytes)", self.label, self.der.len())
    }
}

/// Every well-formed block of `text`, in order. Text around and between blocks is ignored, as openssl and Go do.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        rest = after;
        let Some((label, after)) = after.split_once("-----") else {
            break;
        };
        let Some((body, after)) = after.split_once(&format!("-----END {label}-----")) else {
            continue;
        };
        if let Some(der) = decode_body(body) {
            found.push(Block { label: label.to_owned(), der });
        }
        rest = after;
    }
    found
}

/// `der` as one PEM block with lines of 64 characters.
pub fn encode(label: &str, der: &[u8]) -> Zeroizing<String> {
    let body = Zeroizing::new(BASE64_STANDARD.encode(der));
    // Room for everything at once: growing would leave unwiped copies behind.
    let mut text = String::with_capacity(body.len() + body.len() / 64 + 2 * label.len() + 40);
    for piece in ["-----BEGIN ", label, "-----\n"] {
        text.push_str(piece);
    }
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    for piece in ["-----END ", label, "-----\n"] {
        text.push_str(piece);
    }
    Zeroizing::new(text)
}

/// Base64 over several lines; headers (`Proc-Type: …`) stand only in encrypted keys, which are not read.
fn decode_body(body: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut packed = Zeroizing::new(Vec::with_capacity(body.len()));
    packed.extend(body.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    // Decoded in place of a growing buffer, so that no unwiped copy is left.
    let mut der = Zeroizing::new(vec![0; packed.len() / 4 * 3 + 3]);
    let length = BASE64_STANDARD.decode_slice(packed.as_slice(), &mut der).ok()?;
    der[length..].zeroize();
    der.truncate(length);
    Some(der)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_writes() {
        for length in [0_u8, 1, 47, 48, 49, 200] {
            let der: Vec<u8> = (0..length).collect();
            let text = encode("CERTIFICATE", &der);
            assert!(text.lines().all(|line| line.len() <= 64));
            let read = blocks(&text);
            assert_eq!(read.len(), 1);
            assert_eq!((read[0].label.as_str(), &*read[0].der), ("CERTIFICATE", &der));
        }
    }

    #[test]
    fn ignores_what_stands_around_blocks() {
        let text = format!("subject=CN = x\r\n{}\nbetween\n{}", *encode("A", b"1"), *encode("B", b"2"));
        let labels: Vec<String> = blocks(&text.replace('\n', "\r\n")).into_iter().map(|b| b.label).collect();
        assert_eq!(labels, ["A", "B"]);
    }

    #[test]
    fn skips_broken_blocks() {
        let text =
            format!("-----BEGIN A-----\n!!\n-----END A-----\n-----BEGIN C-----\n{}", *encode("B", b"2"));
        let labels: Vec<String> = blocks(&text).into_iter().map(|b| b.label).collect();
        assert_eq!(labels, ["B"]);
    }

    #[test]
    fn debug_shows_no_content() {
        assert_eq!(format!("{:?}", blocks(&encode("A", b"hunter2"))), "[Block(A, 7 bytes)]");
    }
}
