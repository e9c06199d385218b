//! Hashes, password hashes, AES, private keys.

use crate::engine::Engine;
use crate::error::{Cause, Result};
use crate::functions::signature::{Function, Type, text, utf8};
use crate::packages::base64::{BASE64, decode_base64};
use crate::packages::x509::{Key, KeyKind};
use crate::value::Value;
use aes::Aes256;
use aes::cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA512, digest};
use bcrypt::{Version, hash_with_salt};
use zeroize::Zeroizing;

use Type::Text;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("sha1sum", &[Text], |engine, values| hashed(engine, &SHA1_FOR_LEGACY_USE_ONLY, values)),
    Function::new("sha256sum", &[Text], |engine, values| hashed(engine, &SHA256, values)),
    Function::new("sha512sum", &[Text], |engine, values| hashed(engine, &SHA512, values)),
    Function::new("adler32sum", &[Text], |engine, values| {
        let (mut a, mut b) = (1u32, 0u32);
        for byte in text(values, 0) {
            a = (a + u32::from(*byte)) % 65521;
            b = (b + a) % 65521;
        }
        engine.text((b << 16 | a).to_string())
    }),
    Function::new("bcrypt", &[Text], |engine, values| engine.text(bcrypted(engine, text(values, 0))?)),
    Function::new("htpasswd", &[Text, Text], |engine, values| {
        let user = text(values, 0);
        let mut out = engine.buffer();
        if user.contains(&b':') {
            out.push(b"invalid username: ")?;
            out.push(user)?;
        } else {
            out.push(user)?;
            out.push(b":")?;
            out.push_str(&bcrypted(engine, text(values, 1))?)?;
        }
        engine.finish(out)
    }),
    Function::new("encryptAES", &[Text, Text], encrypt),
    Function::new("decryptAES", &[Text, Text], decrypt),
    Function::new("genPrivateKey", &[Text], |engine, values| {
        let kind = match utf8(values, 0)? {
            "" | "rsa" => KeyKind::Rsa4096,
            "ecdsa" => KeyKind::EcdsaP256,
            "ed25519" => KeyKind::Ed25519,
            "dsa" => return Err(Cause::evaluation("DSA keys are refused: nothing takes them any more")),
            other => return engine.text(format!("Unknown type {other}")),
        };
        engine.draw();
        engine.text(Key::generate(engine.budget(), kind)?.pem()?.as_slice())
    }),
];

fn hashed(engine: &Engine<'_>, algorithm: &'static Algorithm, values: &[Value]) -> Result<Value> {
    let mut out = engine.buffer();
    for byte in digest(algorithm, text(values, 0)).as_ref() {
        out.push_str(&format!("{byte:02x}"))?;
    }
    engine.finish(out)
}

/// A bcrypt hash of cost 10, as sprig makes it.
fn bcrypted(engine: &Engine<'_>, password: &[u8]) -> Result<String> {
    if password.len() > 72 {
        return Ok(
            "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes".to_owned()
        );
    }
    engine.budget().toil(75)?;
    let mut salt = [0; 16];
    engine.random(&mut salt);
    let parts =
        hash_with_salt(password, 10, salt).map_err(|_| Cause::evaluation("the password does not hash"))?;
    Ok(parts.format_for_version(Version::TwoA))
}

/// AES with the password itself as the key, padded with zeros or truncated, as sprig does it.
fn cipher(password: &[u8]) -> Aes256 {
    let mut key = Zeroizing::new([0; 32]);
    let length = password.len().min(32);
    key[..length].copy_from_slice(&password[..length]);
    Aes256::new(&(*key).into())
}

/// AES-CBC with PKCS#7 padding. The random initialization vector comes first.
fn encrypt(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    let plain = text(values, 1);
    if plain.is_empty() {
        return engine.text("");
    }
    let cipher = cipher(text(values, 0));
    let padding = 16 - plain.len() % 16;
    engine.budget().memory(plain.len() * 2 + 32)?;
    engine.budget().steps(plain.len() / 64)?;
    let mut content = Zeroizing::new(Vec::with_capacity(plain.len() + padding));
    content.extend_from_slice(plain);
    content.extend(std::iter::repeat_n(u8::try_from(padding).unwrap_or(16), padding));
    let mut block = Block::<Aes256>::default();
    engine.random(&mut block);
    let mut out = Vec::with_capacity(16 + content.len());
    out.extend_from_slice(&block);
    for chunk in content.chunks(16) {
        for (byte, plain) in block.iter_mut().zip(chunk) {
            *byte ^= plain;
        }
        cipher.encrypt_block(&mut block);
        out.extend_from_slice(&block);
    }
    let mut text = engine.buffer();
    BASE64.encode(&mut text, &out)?;
    engine.finish(text)
}

fn decrypt(engine: &Engine<'_>, values: &[Value]) -> Result<Value> {
    if text(values, 1).is_empty() {
        return engine.text("");
    }
    let wrong = || Cause::evaluation("the text is not what encryptAES gives");
    engine.budget().memory(text(values, 1).len() * 2)?;
    engine.budget().steps(text(values, 1).len() / 64)?;
    let sealed = decode_base64(text(values, 1)).map_err(|_| wrong())?;
    if sealed.len() < 32 || !sealed.len().is_multiple_of(16) {
        return Err(wrong());
    }
    let cipher = cipher(text(values, 0));
    let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
    for (before, sealed) in sealed.chunks(16).zip(sealed.chunks(16).skip(1)) {
        let mut block = Block::<Aes256>::default();
        block.copy_from_slice(sealed);
        cipher.decrypt_block(&mut block);
        plain.extend(block.iter().zip(before).map(|(byte, before)| byte ^ before));
    }
    // The padding is not checked, as in sprig.
    let padding = plain.last().map_or(0, |byte| usize::from(*byte));
    let length = plain.len().checked_sub(padding).ok_or_else(wrong)?;
    engine.text(&plain[..length])
}
