//! Base64 and base32. What does not decode gives the reason in place of the result, as in sprig.

use super::decode::{decode_base32, decode_base64};
use super::{Function, Type, text};
use crate::engine::Engine;
use crate::error::Result;
use crate::value::Value;
use zeroize::Zeroizing;

use Type::Text;

const BASE64: Radix = Radix {
    alphabet: b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    bits: 6,
    quantum: 4,
};
const BASE32: Radix = Radix { alphabet: b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", bits: 5, quantum: 8 };

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("b64enc", &[Text], |engine, values| BASE64.encode(engine, text(values, 0))),
    Function::new("b32enc", &[Text], |engine, values| BASE32.encode(engine, text(values, 0))),
    Function::new("b64dec", &[Text], |engine, values| {
        engine.budget().memory(text(values, 0).len())?;
        decoded(engine, "base64", decode_base64(text(values, 0)))
    }),
    Function::new("b32dec", &[Text], |engine, values| {
        engine.budget().memory(text(values, 0).len() * 2)?;
        decoded(engine, "base32", decode_base32(text(values, 0)))
    }),
];

fn decoded(
    engine: &Engine<'_>,
    name: &str,
    result: std::result::Result<Zeroizing<Vec<u8>>, usize>,
) -> Result<Value> {
    match result {
        Ok(bytes) => engine.text(bytes.as_slice()),
        Err(position) => engine.text(format!("illegal {name} data at input byte {position}")),
    }
}

pub(super) fn encode_base64(engine: &Engine<'_>, bytes: &[u8]) -> Result<Value> {
    BASE64.encode(engine, bytes)
}

/// An encoding of so many bits a digit, padded to whole quanta.
struct Radix {
    alphabet: &'static [u8],
    bits: u32,
    quantum: usize,
}

impl Radix {
    fn encode(&self, engine: &Engine<'_>, bytes: &[u8]) -> Result<Value> {
        let mut out = engine.buffer();
        for chunk in bytes.chunks(self.quantum * self.bits as usize / 8) {
            let (mut held, mut count, mut written) = (0u32, 0, 0);
            let mut digits = [b'='; 8];
            let mut put = |held: u32| {
                digits[written] = self.alphabet[held as usize % self.alphabet.len()];
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
            out.push(&digits[..self.quantum])?;
        }
        engine.finish(out)
    }
}
