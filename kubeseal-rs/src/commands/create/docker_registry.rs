//! The Secret of a login to an image registry, byte for byte as kubectl makes it.

use crate::commands::create::error::CreateError;
use crate::commands::create::form::{DOCKER_CONFIG_KEY, RegistryLogin};
use crate::commands::create::gather;
use crate::commands::create::values::Values;
use crate::terminal::prompt;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::Plaintext;
use serde::de::IgnoredAny;
use std::path::Path;
use zeroize::Zeroizing;

/// The type of such a Secret.
pub(crate) const TYPE: &str = "kubernetes.io/dockerconfigjson";

/// The values of the Secret. Asks for the password if no flag gives it.
pub(crate) fn values(login: &RegistryLogin) -> Result<Values, CreateError> {
    let config = if let Some(password) = &login.password {
        config(login, password.expose())
    } else {
        let typed = prompt::ask("password")?;
        config(login, std::str::from_utf8(&typed).map_err(|_| CreateError::PasswordNotText)?)
    };
    Ok(Values::from([(DOCKER_CONFIG_KEY.to_owned(), config)]))
}

/// The file as it is, if it is what docker writes: the API server would refuse anything else.
pub(crate) fn from_file(path: &Path) -> Result<Values, CreateError> {
    let mut config = gather::read_text(path)?;
    let is_json = serde_json::from_slice::<IgnoredAny>(&config).is_ok();
    if !is_json || !config.trim_ascii_start().starts_with(b"{") {
        return Err(CreateError::NotDockerConfig(path.to_owned()));
    }
    Ok(Values::from([(DOCKER_CONFIG_KEY.to_owned(), Plaintext::new(std::mem::take(&mut *config)))]))
}

/// Decided: written piece by piece into one buffer of sufficient size, because a JSON writer grows its buffer and leaves copies behind.
fn config(login: &RegistryLogin, password: &str) -> Plaintext {
    let email = login.email.as_deref().unwrap_or_default();
    let plain = login.server.len() + 2 * (login.username.len() + password.len()) + email.len();
    // No character takes more than six bytes.
    let mut json = Vec::with_capacity(6 * plain + 100);
    let mut credentials = Zeroizing::new(Vec::with_capacity(login.username.len() + password.len() + 1));
    for piece in [login.username.as_str(), ":", password] {
        credentials.extend_from_slice(piece.as_bytes());
    }
    let credentials = Zeroizing::new(BASE64_STANDARD.encode(&*credentials));
    let email = Some(("email", email)).filter(|(_, email)| !email.is_empty());
    let fields = [("username", login.username.as_str()), ("password", password)]
        .into_iter()
        .chain(email)
        .chain([("auth", credentials.as_str())]);

    json.extend_from_slice(b"{\"auths\":{");
    push_string(&mut json, &login.server);
    json.push(b':');
    for (index, (name, value)) in fields.enumerate() {
        json.push(if index == 0 { b'{' } else { b',' });
        push_string(&mut json, name);
        json.push(b':');
        push_string(&mut json, value);
    }
    json.extend_from_slice(b"}}}");
    Plaintext::new(json)
}

/// A JSON string as Go writes it: characters with a meaning in HTML are escaped, too.
fn push_string(json: &mut Vec<u8>, text: &str) {
    json.push(b'"');
    for c in text.chars() {
        match c {
            '"' => json.extend_from_slice(b"\\\""),
            '\\' => json.extend_from_slice(b"\\\\"),
            '\n' => json.extend_from_slice(b"\\n"),
            '\r' => json.extend_from_slice(b"\\r"),
            '\t' => json.extend_from_slice(b"\\t"),
            '\u{8}' => json.extend_from_slice(b"\\b"),
            '\u{c}' => json.extend_from_slice(b"\\f"),
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => push_escape(json, c),
            _ => json.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    json.push(b'"');
}

fn push_escape(json: &mut Vec<u8>, c: char) {
    json.extend_from_slice(b"\\u");
    let code = u32::from(c);
    for shift in [12, 8, 4, 0] {
        json.extend(
            char::from_digit(code >> shift & 0xf, 16).map(|digit| u8::try_from(digit).unwrap_or(b'0')),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(server: &str, username: &str, password: &str, email: Option<&str>) -> String {
        let login = RegistryLogin {
            server: server.into(),
            username: username.into(),
            password: None,
            email: email.map(Into::into),
        };
        String::from_utf8(config(&login, password).expose().to_vec()).unwrap()
    }

    /// The output of kubectl 1.32 for these flags.
    #[test]
    fn is_kubectls() {
        assert_eq!(
            text("https://index.docker.io/v1/", "u", "p", None),
            r#"{"auths":{"https://index.docker.io/v1/":{"username":"u","password":"p","auth":"dTpw"}}}"#
        );
        assert_eq!(
            text("r.example.com", "a\"<b>&\u{e9}", "p:w", Some("e@x")),
            "{\"auths\":{\"r.example.com\":{\"username\":\"a\\\"\\u003cb\\u003e\\u0026\u{e9}\",\"password\":\"p:w\",\
             \"email\":\"e@x\",\"auth\":\"YSI8Yj4mw6k6cDp3\"}}}"
        );
    }

    #[test]
    fn every_character_reads_back_and_fits() {
        let odd: String = (0..0x300).chain(0x2020..0x2030).filter_map(char::from_u32).collect();
        let written = text(&odd, &odd, &odd, Some(&odd));
        let value: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(value["auths"][&odd]["password"], odd);
        assert_eq!(value["auths"][&odd]["email"], odd);
    }
}
