//! Random strings and numbers, from the randomness that the caller gives.

use crate::engine::Engine;
use crate::error::{Cause, Result};
use crate::functions::signature::{Function, Type, int, text};
use crate::packages::base64::BASE64;
use crate::text::characters;
use crate::value::Value;
use zeroize::Zeroizing;

use Type::{Int, Text};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("randAlphaNum", &[Int], |engine, values| {
        drawn(engine, values, |byte| byte.is_ascii_alphanumeric())
    }),
    Function::new("randAlpha", &[Int], |engine, values| {
        drawn(engine, values, |byte| byte.is_ascii_alphabetic())
    }),
    Function::new("randNumeric", &[Int], |engine, values| {
        drawn(engine, values, |byte| byte.is_ascii_digit())
    }),
    Function::new("randAscii", &[Int], |engine, values| {
        drawn(engine, values, |byte| (b' '..=b'~').contains(&byte))
    }),
    Function::new("randBytes", &[Int], |engine, values| {
        let count = usize::try_from(int(values, 0)).map_err(|_| Cause::evaluation("negative count"))?;
        engine.budget().memory(count)?;
        let mut bytes = Zeroizing::new(vec![0; count]);
        engine.random(&mut bytes);
        let mut out = engine.buffer();
        BASE64.encode(&mut out, &bytes)?;
        engine.finish(out)
    }),
    Function::new("randInt", &[Int, Int], |engine, values| {
        let (least, end) = (int(values, 0), int(values, 1));
        match u64::try_from(end.wrapping_sub(least)) {
            Ok(bound) if bound > 0 => {
                Ok(Value::int(least.wrapping_add(engine.random_below(bound).cast_signed())))
            }
            _ => Err(Cause::evaluation("the range is empty")),
        }
    }),
    Function::new("uuidv4", &[], |engine, _| {
        let mut bytes = [0; 16];
        engine.random(&mut bytes);
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let mut out = engine.buffer();
        for (index, byte) in bytes.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                out.push(b"-")?;
            }
            out.push_str(&format!("{byte:02x}"))?;
        }
        engine.finish(out)
    }),
    Function::new("shuffle", &[Text], |engine, values| {
        engine.budget().memory(text(values, 0).len() * 4)?;
        engine.budget().steps(text(values, 0).len() / 4)?;
        let mut characters: Zeroizing<Vec<char>> =
            Zeroizing::new(characters(text(values, 0)).map(|(character, _)| character).collect());
        for last in (1..characters.len()).rev() {
            let other = engine.random_below(last as u64 + 1);
            characters.swap(last, usize::try_from(other).unwrap_or(last));
        }
        let mut out = engine.buffer();
        for character in characters.iter() {
            out.push_char(*character)?;
        }
        engine.finish(out)
    }),
];

/// Random characters, each of those that are wanted with equal probability. A negative count gives none.
fn drawn(engine: &Engine<'_>, values: &[Value], wanted: fn(u8) -> bool) -> Result<Value> {
    let count = usize::try_from(int(values, 0)).unwrap_or(0);
    let alphabet: Vec<u8> = (b' '..=b'~').filter(|byte| wanted(*byte)).collect();
    engine.budget().steps(count / 4)?;
    let mut out = engine.buffer();
    out.fill(b' ', count)?;
    out.truncate(0);
    for _ in 0..count {
        let index = usize::try_from(engine.random_below(alphabet.len() as u64)).unwrap_or(0);
        out.push(&alphabet[index..=index])?;
    }
    engine.finish(out)
}
