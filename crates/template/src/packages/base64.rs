//! Base64 and base32. What does not decode is reported by its position, as Go counts it.

use crate::error::Result as Step;
use crate::text::Buffer;
use zeroize::Zeroizing;

pub(crate) const BASE64: Alphabet = Alphabet {
    digits: b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    bits: 6,
    quantum: 4,
};
pub(crate) const BASE32: Alphabet =
    Alphabet { digits: b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", bits: 5, quantum: 8 };

/// An encoding with a fixed number of bits a digit, padded to whole quanta.
pub(crate) struct Alphabet {
    digits: &'static [u8],
    bits: u32,
    quantum: usize,
}

impl Alphabet {
    /// Appends the bytes, encoded.
    pub(crate) fn encode(&self, out: &mut Buffer<'_>, bytes: &[u8]) -> Step<()> {
        bytes
            .chunks(self.quantum * self.bits as usize / 8)
            .try_for_each(|chunk| out.push(&self.quantum(chunk)[..self.quantum]))
    }

    /// The digits of as many bytes as fit into one quantum.
    pub(crate) fn quantum(&self, chunk: &[u8]) -> [u8; 8] {
        let (mut held, mut count, mut written) = (0u32, 0, 0);
        let mut digits = [b'='; 8];
        let mut put = |held: u32| {
            digits[written] = self.digits[held as usize % self.digits.len()];
            written += 1;
        };
        for byte in chunk {
            held = held << 8 | u32::from(*byte);
            count += 8;
            while count >= self.bits {
                count -= self.bits;
                put(held >> count);
            }
        }
        if count > 0 {
            put(held << (self.bits - count));
        }
        digits
    }
}

fn digit64(byte: u8) -> Option<u32> {
    let digit = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(digit))
}

fn digit32(byte: u8) -> Option<u64> {
    match byte {
        b'A'..=b'Z' => Some(u64::from(byte - b'A')),
        b'2'..=b'7' => Some(u64::from(byte - b'2' + 26)),
        _ => None,
    }
}

/// The bytes that standard, padded base64 stands for, or where it is wrong. Line ends are passed over.
pub(crate) fn decode_base64(text: &[u8]) -> Result<Zeroizing<Vec<u8>>, usize> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 4 * 3 + 3));
    let mut rest =
        text.iter().copied().enumerate().filter(|(_, byte)| !matches!(byte, b'\r' | b'\n')).peekable();
    loop {
        let (mut held, mut digits) = (0, 0);
        while digits < 4 {
            let Some((index, byte)) = rest.next() else {
                return if digits == 0 { Ok(bytes) } else { Err(text.len() - digits) };
            };
            match digit64(byte) {
                Some(digit) => {
                    held = held << 6 | digit;
                    digits += 1;
                }
                None if byte != b'=' || digits < 2 => return Err(index),
                None => {
                    if digits == 2 {
                        match rest.next() {
                            None => return Err(text.len()),
                            Some((index, byte)) if byte != b'=' => return Err(index - 1),
                            Some(_) => {}
                        }
                    }
                    let whole = (held << (6 * (4 - digits))).to_be_bytes();
                    bytes.extend_from_slice(&whole[1..digits]);
                    return match rest.next() {
                        Some((index, _)) => Err(index),
                        None => Ok(bytes),
                    };
                }
            }
        }
        bytes.extend_from_slice(&held.to_be_bytes()[1..]);
    }
}

/// The bytes that base32 stands for, or where it is wrong. Line ends are passed over, and positions do not count them.
pub(crate) fn decode_base32(text: &[u8]) -> Result<Zeroizing<Vec<u8>>, usize> {
    let text: Zeroizing<Vec<u8>> =
        Zeroizing::new(text.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect());
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 8 * 5 + 5));
    let mut position = 0;
    while position < text.len() {
        let (mut held, mut digits) = (0u64, 0);
        while digits < 8 {
            let Some(byte) = text.get(position) else { return Err(text.len() - digits) };
            position += 1;
            let after = text.len() - position;
            if *byte == b'=' && digits >= 2 && after < 8 {
                if after + digits < 7 {
                    return Err(text.len());
                }
                if let Some(index) = text[position..].iter().take(7 - digits).position(|byte| *byte != b'=') {
                    return Err((position + index).saturating_sub(1));
                }
                if matches!(digits, 3 | 6) {
                    return Err(position - 1);
                }
                let whole = (held << (5 * (8 - digits))).to_be_bytes();
                bytes.extend_from_slice(&whole[3..3 + digits * 5 / 8]);
                return Ok(bytes);
            }
            held = held << 5 | digit32(*byte).ok_or(position - 1)?;
            digits += 1;
        }
        bytes.extend_from_slice(&held.to_be_bytes()[3..]);
    }
    Ok(bytes)
}
