//! `holds_credential`: whether static text beside what is sealed is more than configuration: by the names in it, and by what
//! can be nothing else.
//!
//! Decided: `spec.template.data` is there for files with sealed values in them, of which some have none. Text is let pass there,
//! unless its key, or a key in it, is called a password, a token or the like, or a URL has a password in it.

use super::plain::{Extent, is_plain};

/// Ends of names whose values are secret, without `-`, `_` and `.`.
const SECRET_NAMES: [&str; 15] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "pass",
    "secret",
    "secretkey",
    "accesskey",
    "apikey",
    "privatekey",
    "token",
    "credentials",
    "credential",
    "authkey",
    "dockerconfigjson",
];

/// Whether this text, which `spec.template.data` has under `key`, holds a credential.
pub(super) fn holds_credential(key: &str, text: &str) -> bool {
    let is_one_line = !text.trim().contains('\n');
    is_one_line && is_secret_name(key) && is_value(text)
        || text.lines().any(|line| has_password_in_url(line) || has_secret_entry(line))
}

pub(super) fn is_secret_name(name: &str) -> bool {
    let name: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    SECRET_NAMES.iter().any(|secret| name.ends_with(secret))
}

/// `password: x`, `password = x`, `"password": "x"`.
fn has_secret_entry(line: &str) -> bool {
    let Some((name, value)) = line.split_once([':', '=']) else { return false };
    let value = value.trim().trim_end_matches([',', ';']).trim_matches(['"', '\'', ' ']);
    let name = name.trim().trim_matches(['"', '\'']);
    let is_comment = name.starts_with(['#', ';']) || name.starts_with("//");
    // What begins a map or a list is no value, nor is the name of a file or a switch.
    let is_other = value.starts_with(['{', '[', '/', '|', '>', '&']) && !value.starts_with("{{")
        || matches!(value, "true" | "false" | "null" | "~" | "yes" | "no");
    !is_comment && !is_other && !name.contains("{{") && is_secret_name(name) && is_value(value)
}

/// Whether it is no template, nor has one in it.
fn is_value(text: &str) -> bool {
    !text.contains("{{") && is_plain(text, Extent::Whole)
}

/// `scheme://user:password@host`.
fn has_password_in_url(line: &str) -> bool {
    line.match_indices("://").any(|(at, found)| {
        let rest = &line[at + found.len()..];
        let end = rest.find(|c: char| c.is_whitespace() || "/\"'".contains(c)).unwrap_or(rest.len());
        let login = rest[..end].rsplit_once('@').and_then(|(login, _)| login.split_once(':'));
        login.is_some_and(|(_, password)| is_value(password))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_told_from_configuration() {
        for (key, text) in [
            ("password", "hunter2"),
            ("DB_PASSWORD", "hunter2\n"),
            ("api-key", "hunter2"),
            (".dockerconfigjson", "{\"auths\": {}}"),
            ("app.ini", "[db]\nhost = db\npassword = hunter2\n"),
            ("app.json", "{\"a\": 1,\n \"authToken\": \"hunter2\",\n"),
            ("url", "postgres://admin:hunter2@db/shop"),
        ] {
            assert!(holds_credential(key, text), "{key}");
        }
        for (key, text) in [
            ("host", "db.example.com"),
            ("type", "git"),
            ("url", "https://github.com/a/b"),
            ("url", "postgres://{{ .user }}:{{ .password }}@db/shop"),
            ("password", "{{ .password }}"),
            ("password", "${PASSWORD}"),
            (
                "app.ini",
                "# password = x\npassword = {{ .p }}\npassword_file = /run/p\nusePassword: true\ntokens: [a]\n",
            ),
        ] {
            assert!(!holds_credential(key, text), "{text}");
        }
    }
}
