//! The Secret of a registry login, byte for byte as kubectl makes it.

use crate::commands::create::error::CreateError;
use crate::commands::create::form::{DOCKER_CONFIG_KEY, RegistryLogin};
use crate::commands::create::gather;
use crate::commands::create::values::Values;
use crate::terminal::prompt;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use envelope::Plaintext;
use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::json;
use std::path::Path;

/// The type of such a Secret.
pub(crate) const TYPE: &str = "kubernetes.io/dockerconfigjson";

/// The values of the Secret. Prompts for the password if no flag gives it.
pub(crate) fn values(login: &RegistryLogin) -> Result<Values, CreateError> {
    let config = if let Some(password) = &login.password {
        config(login, password.expose())
    } else {
        let typed = prompt::read("password")?;
        config(login, std::str::from_utf8(&typed).map_err(|_| CreateError::PasswordNotText)?)
    };
    Ok(Values::from([(DOCKER_CONFIG_KEY.to_owned(), config)]))
}

/// The file unchanged, if it is what docker writes: the API server would refuse anything else.
pub(crate) fn from_file(path: &Path) -> Result<Values, CreateError> {
    let config = gather::read_text(path)?;
    let is_json = serde_json::from_slice::<IgnoredAny>(&config).is_ok();
    if !is_json || !config.trim_ascii_start().starts_with(b"{") {
        return Err(CreateError::NotDockerConfig(path.to_owned()));
    }
    Ok(Values::from([(DOCKER_CONFIG_KEY.to_owned(), Plaintext::new(config))]))
}

/// What docker keeps of a login, in the order in which Go writes it.
#[derive(Serialize)]
struct Login<'a> {
    username: &'a str,
    password: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    auth: String,
}

fn config(login: &RegistryLogin, password: &str) -> Plaintext {
    let RegistryLogin { server, username, email, .. } = login;
    let auth = BASE64_STANDARD.encode(format!("{username}:{password}"));
    let login = Login { username, password, email: email.as_deref().filter(|email| !email.is_empty()), auth };
    let mut json = json!({ "auths": { server: login } }).to_string();
    // Go escapes these in strings, and they stand nowhere else.
    for c in ['<', '>', '&', '\u{2028}', '\u{2029}'] {
        json = json.replace(c, &format!("\\u{:04x}", u32::from(c)));
    }
    Plaintext::new(json.into_bytes())
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
