//! Functions of base64 and base32. If the text does not decode, the result is the error message, as in sprig.

use crate::engine::Engine;
use crate::error::Result;
use crate::functions::signature::{Function, Type, text};
use crate::packages::base64::{Alphabet, BASE32, BASE64, decode_base32, decode_base64};
use crate::value::Value;
use zeroize::Zeroizing;

use Type::Text;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("b64enc", &[Text], |engine, values| encoded(engine, &BASE64, text(values, 0))),
    Function::new("b32enc", &[Text], |engine, values| encoded(engine, &BASE32, text(values, 0))),
    Function::new("b64dec", &[Text], |engine, values| {
        engine.budget().memory(text(values, 0).len())?;
        decoded(engine, "base64", decode_base64(text(values, 0)))
    }),
    Function::new("b32dec", &[Text], |engine, values| {
        engine.budget().memory(text(values, 0).len() * 2)?;
        decoded(engine, "base32", decode_base32(text(values, 0)))
    }),
];

fn encoded(engine: &Engine<'_>, alphabet: &Alphabet, bytes: &[u8]) -> Result<Value> {
    let mut out = engine.buffer();
    alphabet.encode(&mut out, bytes)?;
    engine.finish(out)
}

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
