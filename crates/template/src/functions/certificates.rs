//! Certificates: authorities, what they sign, and what is self-signed.

use super::decode::decode_base64;
use super::{Function, Type, any, int, text, utf8};
use crate::certificate::{Certificate, Key, KeyKind, Names, decode_pem, is_certificate, issue};
use crate::engine::Engine;
use crate::error::{Fault, Result};
use crate::value::Value;
use std::rc::Rc;

use Type::{Certificate as Pair, Int, List, Text};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("genCA", &[Text, Int], |engine, values| {
        authority(engine, values, &Key::generate(engine, KeyKind::Rsa2048)?)
    }),
    Function::new("genCAWithKey", &[Text, Int, Text], |engine, values| {
        authority(engine, values, &Key::parse(engine, text(values, 2))?)
    }),
    Function::new("genSelfSignedCert", &[Text, List, List, Int], |engine, values| {
        let names = names(engine, values)?;
        self_signed(engine, values, &names, &Key::generate(engine, KeyKind::Rsa2048)?)
    }),
    Function::new("genSelfSignedCertWithKey", &[Text, List, List, Int, Text], |engine, values| {
        self_signed(engine, values, &names(engine, values)?, &Key::parse(engine, text(values, 4))?)
    }),
    Function::new("genSignedCert", &[Text, List, List, Int, Pair], |engine, values| {
        let names = names(engine, values)?;
        signed(engine, values, &names, &Key::generate(engine, KeyKind::Rsa2048)?)
    }),
    Function::new("genSignedCertWithKey", &[Text, List, List, Int, Pair, Text], |engine, values| {
        signed(engine, values, &names(engine, values)?, &Key::parse(engine, text(values, 5))?)
    }),
    Function::new("buildCustomCert", &[Text, Text], |engine, values| {
        engine.budget().memory((text(values, 0).len() + text(values, 1).len()).saturating_mul(2))?;
        let certificate = decode_base64(text(values, 0))
            .map_err(|_| Fault::evaluation("unable to decode the certificate's base64"))?;
        let key = decode_base64(text(values, 1))
            .map_err(|_| Fault::evaluation("unable to decode the private key's base64"))?;
        let (_, der) =
            decode_pem(&certificate).ok_or_else(|| Fault::evaluation("unable to decode certificate"))?;
        if !is_certificate(&der) {
            return Err(Fault::evaluation("error parsing certificate"));
        }
        Key::parse(engine, &key)?;
        pair(engine, Certificate::new(certificate, key))
    }),
];

fn pair(engine: &Engine<'_>, certificate: Certificate) -> Result<Value> {
    engine.budget().memory(certificate.size())?;
    Ok(Value::Certificate(Rc::new(certificate)))
}

/// The common name, addresses, host names and days of the arguments.
fn names(engine: &Engine<'_>, values: &[Value]) -> Result<Names> {
    let strings = |index: usize| {
        let Value::List(list) = any(values, index) else { return Ok(Vec::new()) };
        for item in list.items().iter() {
            // As a string, in the request, and in the certificate as it is built.
            let length = if let Value::Text(text) = item { text.len() } else { 0 };
            engine.budget().memory(length * 4 + 64)?;
        }
        list.items()
            .iter()
            .map(|item| match item {
                Value::Text(text) => String::from_utf8(text.to_vec()).ok(),
                _ => None,
            })
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| Fault::evaluation("an address or name is not a string"))
    };
    let addresses = strings(1)?
        .iter()
        .map(|address| address.parse().ok())
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| Fault::evaluation("error parsing ip"))?;
    Ok(Names { common: utf8(values, 0)?.to_owned(), addresses, hosts: strings(2)?, days: int(values, 3) })
}

fn authority(engine: &Engine<'_>, values: &[Value], key: &Key) -> Result<Value> {
    let names =
        Names { common: utf8(values, 0)?.to_owned(), addresses: vec![], hosts: vec![], days: int(values, 1) };
    pair(engine, issue(engine, &names, key, true, None)?)
}

fn self_signed(engine: &Engine<'_>, _: &[Value], names: &Names, key: &Key) -> Result<Value> {
    pair(engine, issue(engine, names, key, false, None)?)
}

fn signed(engine: &Engine<'_>, values: &[Value], names: &Names, key: &Key) -> Result<Value> {
    let Value::Certificate(authority) = any(values, 4) else {
        return Err(Fault::evaluation("the authority is not a certificate"));
    };
    pair(engine, issue(engine, names, key, false, Some(authority))?)
}
