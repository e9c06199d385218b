//! Certificates: authorities, what they sign, and what is self-signed.

use crate::engine::Engine;
use crate::error::{Cause, Result};
use crate::functions::signature::{Function, Type, any, int, text, utf8};
use crate::packages::base64::decode_base64;
use crate::packages::x509::{Certificate, Key, KeyKind, Request, decode_pem, is_certificate, issue};
use crate::value::Value;
use std::rc::Rc;

use Type::{Certificate as Pair, Int, List, Text};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("genCA", &[Text, Int], |engine, values| authority(engine, values, &generated(engine)?)),
    Function::new("genCAWithKey", &[Text, Int, Text], |engine, values| {
        authority(engine, values, &given(engine, values, 2)?)
    }),
    Function::new("genSelfSignedCert", &[Text, List, List, Int], |engine, values| {
        let request = request(engine, values)?;
        issued(engine, &request, &generated(engine)?, None)
    }),
    Function::new("genSelfSignedCertWithKey", &[Text, List, List, Int, Text], |engine, values| {
        issued(engine, &request(engine, values)?, &given(engine, values, 4)?, None)
    }),
    Function::new("genSignedCert", &[Text, List, List, Int, Pair], |engine, values| {
        let request = request(engine, values)?;
        issued(engine, &request, &generated(engine)?, Some(signer(values)?))
    }),
    Function::new("genSignedCertWithKey", &[Text, List, List, Int, Pair, Text], |engine, values| {
        issued(engine, &request(engine, values)?, &given(engine, values, 5)?, Some(signer(values)?))
    }),
    Function::new("buildCustomCert", &[Text, Text], |engine, values| {
        engine.budget().memory((text(values, 0).len() + text(values, 1).len()).saturating_mul(2))?;
        let certificate = decode_base64(text(values, 0))
            .map_err(|_| Cause::evaluation("unable to decode the certificate's base64"))?;
        let key = decode_base64(text(values, 1))
            .map_err(|_| Cause::evaluation("unable to decode the private key's base64"))?;
        let (_, der) =
            decode_pem(&certificate).ok_or_else(|| Cause::evaluation("unable to decode certificate"))?;
        if !is_certificate(&der) {
            return Err(Cause::evaluation("error parsing certificate"));
        }
        Key::parse(engine.budget(), &key)?;
        pair(engine, Certificate::new(certificate, key))
    }),
];

fn pair(engine: &Engine<'_>, certificate: Certificate) -> Result<Value> {
    engine.budget().memory(certificate.size())?;
    Ok(Value::Certificate(Rc::new(certificate)))
}

/// What the arguments ask for: a common name, addresses, host names and days.
fn request(engine: &Engine<'_>, values: &[Value]) -> Result<Request> {
    let strings = |index: usize| {
        let Value::List(list) = any(values, index) else { return Ok(Vec::new()) };
        for item in list.items().iter() {
            // The bytes are copied to a string, to the request, and to the certificate.
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
            .ok_or_else(|| Cause::evaluation("an address or name is not a string"))
    };
    let addresses = strings(1)?
        .iter()
        .map(|address| address.parse().ok())
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| Cause::evaluation("error parsing ip"))?;
    Ok(Request { addresses, hosts: strings(2)?, ..blank(engine, utf8(values, 0)?, int(values, 3)) })
}

fn blank(engine: &Engine<'_>, common_name: &str, days: i64) -> Request {
    let mut serial = [0; 16];
    engine.random(&mut serial);
    Request {
        common_name: common_name.to_owned(),
        addresses: Vec::new(),
        hosts: Vec::new(),
        days,
        is_authority: false,
        now: engine.now(),
        serial,
    }
}

fn generated(engine: &Engine<'_>) -> Result<Key> {
    engine.draw();
    Key::generate(engine.budget(), KeyKind::Rsa2048)
}

fn given(engine: &Engine<'_>, values: &[Value], index: usize) -> Result<Key> {
    Key::parse(engine.budget(), text(values, index))
}

fn authority(engine: &Engine<'_>, values: &[Value], key: &Key) -> Result<Value> {
    let request = Request { is_authority: true, ..blank(engine, utf8(values, 0)?, int(values, 1)) };
    issued(engine, &request, key, None)
}

fn signer(values: &[Value]) -> Result<&Certificate> {
    match any(values, 4) {
        Value::Certificate(authority) => Ok(authority),
        _ => Err(Cause::evaluation("the authority is not a certificate")),
    }
}

fn issued(
    engine: &Engine<'_>,
    request: &Request,
    key: &Key,
    authority: Option<&Certificate>,
) -> Result<Value> {
    pair(engine, issue(engine.budget(), request, key, authority)?)
}
