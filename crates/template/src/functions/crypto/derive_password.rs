//! `derivePassword`: the Master Password algorithm, which derives a password for each site from one password.

use crate::engine::Engine;
use crate::error::{Cause, Result};
use crate::functions::signature::{Function, Type, int, text};
use crate::value::Value;
use aws_lc_rs::hmac;
use scrypt::{Params, scrypt};
use zeroize::Zeroizing;

use Type::{Text, Uint32};

pub(super) const FUNCTIONS: &[Function] =
    &[Function::new("derivePassword", &[Uint32, Text, Text, Text, Text], derive)];

const SCOPE: &[u8] = b"com.lyndir.masterpassword";

/// The shapes of a kind of password. A letter stands for a set of characters.
fn shapes(kind: &[u8]) -> &'static [&'static str] {
    match kind {
        b"maximum" => &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        b"long" => &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
        b"medium" => &["CvcnoCvc", "CvcCvcno"],
        b"short" => &["Cvcn"],
        b"basic" => &["aaanaaan", "aannaaan", "aaannaaa"],
        b"pin" => &["nnnn"],
        _ => &[],
    }
}

fn set(letter: u8) -> &'static [u8] {
    match letter {
        b'V' => b"AEIOU",
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

/// The text, after its length.
fn counted(text: &[u8]) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), text].concat()
}

fn derive(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let shapes = shapes(text(values, 1));
    if shapes.is_empty() {
        let mut out = engine.buffer();
        out.push(b"cannot find password template ")?;
        out.push(text(values, 1))?;
        return engine.finish(out);
    }
    engine.budget().toil(200)?;
    engine.budget().memory((text(values, 3).len() + text(values, 4).len()) * 2)?;
    let failed = || Cause::evaluation("the password does not derive");
    let salt = [SCOPE, &counted(text(values, 3))].concat();
    let mut key = Zeroizing::new([0; 64]);
    let params = Params::new(15, 8, 2).map_err(|_| failed())?;
    scrypt(text(values, 2), &salt, &params, key.as_mut_slice()).map_err(|_| failed())?;
    let counter = u32::try_from(int(values, 0)).unwrap_or(0).to_be_bytes();
    let site = [SCOPE, &counted(text(values, 4)), &counter].concat();
    let seed = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_slice()), &site);
    let mut seed = seed.as_ref().iter().map(|byte| usize::from(*byte));
    let shape = shapes[seed.next().unwrap_or(0) % shapes.len()];
    let mut out = engine.buffer();
    for (letter, number) in shape.bytes().zip(seed) {
        let set = set(letter);
        out.push(&[set[number % set.len()]])?;
    }
    engine.finish(out)
}
