//! `holds_credential`: whether the plain text of `spec.template.data` holds a credential. A new kind of name goes into
//! `SECRET_NAMES`.
//!
//! Decided: `spec.template.data` is for files with sealed values in them, and some of them have none. Text is allowed
//! there, unless its key, or a key in it, is called a password, a token or the like, or a URL has a password in it.

use crate::commands::guard::value::plain::{Extent, is_plain};

/// Ends of names with secret values, without `-`, `_` and `.`.
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

/// The part of each of many values on a line that is checked, so that a line of megabytes takes no hours.
const LONGEST_VALUE: usize = 4096;

/// Whether this text, which `spec.template.data` has under `key`, holds a credential.
pub(crate) fn holds_credential(key: &str, text: &str) -> bool {
    let is_one_line = !text.trim().contains('\n');
    is_one_line && is_secret_name(key) && is_value(text)
        || text
            .lines()
            .any(|line| has_password_in_url(line) || has_secret_entry(line) || has_inner_entry(line))
}

pub(crate) fn is_secret_name(name: &str) -> bool {
    let name: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    SECRET_NAMES.iter().any(|secret| name.ends_with(secret))
}

/// Whether an entry holds a credential. Under `auth`, which is registries' name for user and password, a single word is
/// a method such as `basic`.
fn is_credential(name: &str, value: &str) -> bool {
    // The start of a map or a list is no value, nor is a file name or a boolean.
    let is_other = value.starts_with(['{', '[', '/', '|', '>', '&']) && !value.starts_with("{{")
        || matches!(value, "true" | "false" | "null" | "~" | "yes" | "no");
    let is_auth = name.trim_matches(|c: char| c.is_ascii_punctuation()).eq_ignore_ascii_case("auth")
        && !value.chars().all(|c| c.is_ascii_lowercase());
    !is_other && (is_auth || is_secret_name(name)) && is_value(value)
}

/// Whether a line is a comment. `//` may also begin the name of a registry.
fn is_comment(text: &str) -> bool {
    let text = text.trim_start();
    let behind = text.strip_prefix("//");
    text.starts_with(['#', ';'])
        || behind.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
}

/// `password: x`, `password = x`, `"password": "x"`.
fn has_secret_entry(line: &str) -> bool {
    let Some((name, value)) = line.split_once([':', '=']) else { return false };
    let value = value.trim().trim_end_matches([',', ';']).trim_matches(['"', '\'', ' ']);
    let name = name.trim().trim_matches(['"', '\'']);
    !is_comment(line) && !name.contains("{{") && is_credential(name, value)
}

/// One of several entries of a line: compact JSON, a flow mapping, a connection string, the parameters of a URL.
fn has_inner_entry(line: &str) -> bool {
    if is_comment(line) {
        return false;
    }
    let mut quote = None;
    let mut is_behind_space = false;
    let mut at = 0;
    while let Some(c) = line[at..].chars().next() {
        let rest = &line[at..];
        if is_behind_space && quote.is_none() && (c == '#' || rest.starts_with("// ")) {
            return false;
        }
        is_behind_space = c.is_whitespace();
        if rest.starts_with("{{") || rest.starts_with("${") {
            at += reference(rest);
            continue;
        }
        if matches!(c, '"' | '\'') {
            match quote {
                None => quote = Some(c),
                Some(open) if open == c => quote = None,
                Some(_) => {}
            }
        }
        at += c.len_utf8();
        if matches!(c, ':' | '=')
            && let Some(name) = inner_name(&line[..at - 1], c)
            && is_credential(name, inner_value(&line[at..]))
        {
            return true;
        }
    }
    false
}

/// The name before `=` or `:`. Before a colon only where an entry begins: in prose, a colon may follow any word.
fn inner_name(before: &str, separator: char) -> Option<&str> {
    let bare = before.trim_end().trim_end_matches(['"', '\'', '\\']);
    let is_quoted = bare.len() < before.trim_end().len();
    let name = bare.rsplit(|c: char| !(c.is_alphanumeric() || "_-.".contains(c))).next()?;
    let around = bare[..bare.len() - name.len()].trim_end();
    let begins = is_quoted || around.is_empty() || around.ends_with(['{', '[', '(', ',', ';']);
    (!name.is_empty() && (separator == '=' || begins)).then_some(name)
}

/// The value after `=` or `:`, without its quotes.
fn inner_value(behind: &str) -> &str {
    let behind = behind.trim_start();
    let behind = &behind[..behind.floor_char_boundary(LONGEST_VALUE)];
    let quoted = behind.trim_start_matches('\\');
    if let Some(quote) = quoted.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let inner = &quoted[1..];
        return inner.split(quote).next().unwrap_or_default().trim_end_matches('\\');
    }
    let mut at = 0;
    while let Some(c) = behind[at..].chars().next() {
        let rest = &behind[at..];
        if rest.starts_with("{{") || rest.starts_with("${") {
            at += reference(rest);
        } else if c.is_whitespace() || ",;&)}]\"'\\".contains(c) {
            break;
        } else {
            at += c.len_utf8();
        }
    }
    &behind[..at]
}

/// The length of the template or placeholder at the start of the text; the whole line if it does not end there.
fn reference(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return at + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// Whether a text is not a template, and holds none.
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
    fn credentials_differ_from_configuration() {
        for (key, text) in [
            ("password", "hunter2"),
            ("DB_PASSWORD", "hunter2\n"),
            ("api-key", "hunter2"),
            (".dockerconfigjson", "{\"auths\": {}}"),
            ("app.ini", "[db]\nhost = db\npassword = hunter2\n"),
            ("app.json", "{\"a\": 1,\n \"authToken\": \"hunter2\",\n"),
            ("url", "postgres://admin:hunter2@db/shop"),
            ("app.json", "{\"user\":\"a\",\"password\":\"hunter2\"}"),
            ("app.json", "{\"a\":{\"b\":\"{{ .b }}\", \"apiKey\": \"hunter2\"}}"),
            ("app.json", "{\"a\":\"{\\\"password\\\":\\\"hunter2\\\"}\"}"),
            ("app.json", "{\"a\": \"x # y\", \"password\": \"hunter2\"}"),
            ("app.yaml", "db: {user: a, password: hunter2}"),
            ("dsn", "host=db user=a password=hunter2 sslmode=off"),
            ("dsn", "dsn = \"host={{ .host }} password=hunter2\""),
            ("url", "jdbc:postgresql://db/shop?user=a&password=hunter2&ssl=true"),
            (".npmrc", "registry=x\n//registry/:_authToken=npm_x\n"),
            ("config.json", "{\"auths\":{\"ghcr.io\":{\"auth\":\"dXNlcjpwYXNz\"}}}"),
            ("config.json", "\"auth\": \"dXNlcjpwYXNz\""),
            (".npmrc", "_auth=dXNlcjpwYXNz"),
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
            ("app.json", "{\"user\":\"a\",\"password\":\"{{ .p }}\",\"tokens\":[\"a\"],\"token\":null}"),
            ("app.yaml", "db: {user: a, password: {{ .p }}, token: '${T}', secret: {a: b}, auth: basic}"),
            ("dsn", "host=db user=a password={{ .p }} sslmode=off"),
            ("dsn", "host=db password=${P} passwordFile=x"),
            ("url", "jdbc:postgresql://db/shop?user=a&password={{ .p | urlquery }}&ssl=true"),
            ("run.sh", "run ${PASSWORD:-} {{ $password := .p }} {{ if eq .token \"x\" }} # password=x"),
            ("app.yaml", "{a: b, password: , token:}"),
            ("page.html", "see: enter your password: twice"),
            ("app.ini", "// password = x\n; password = x\n"),
            (".npmrc", "//registry/:_authToken=${NPM_TOKEN}"),
            ("config.json", "{\"auth\":\"{{ .auth }}\",\"oauth\":\"x\",\"auth\":\"\"}"),
            (
                "app.ini",
                "# password = x\npassword = {{ .p }}\npassword_file = /run/p\nusePassword: true\ntokens: [a]\n",
            ),
        ] {
            assert!(!holds_credential(key, text), "{text}");
        }
    }
}
