//! Go's `net/url`: reads URLs and writes them.

mod escape;
mod host;
mod parse;

pub(crate) use parse::parse;

use escape::{Component, escape, unescape};

/// The components of a URL. Only the query is escaped.
#[derive(Default)]
pub(crate) struct Url {
    pub(crate) scheme: Vec<u8>,
    pub(crate) opaque: Vec<u8>,
    pub(crate) user: Option<User>,
    pub(crate) host: Vec<u8>,
    pub(crate) path: Vec<u8>,
    pub(crate) query: Vec<u8>,
    pub(crate) fragment: Vec<u8>,
}

/// A user and maybe a password.
pub(crate) struct User {
    name: Vec<u8>,
    password: Option<Vec<u8>>,
}

impl User {
    pub(crate) fn text(&self) -> Vec<u8> {
        let mut out = escape(&self.name, Component::User);
        if let Some(password) = &self.password {
            out.push(b':');
            out.extend(escape(password, Component::User));
        }
        out
    }

    /// The user in the text before the at sign.
    fn parse(text: &[u8]) -> Option<Self> {
        let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(byte);
        if !text.iter().all(allowed) {
            return None;
        }
        Some(match text.iter().position(|byte| *byte == b':') {
            None => Self { name: unescape(text, Component::User)?, password: None },
            Some(colon) => Self {
                name: unescape(&text[..colon], Component::User)?,
                password: Some(unescape(&text[colon + 1..], Component::User)?),
            },
        })
    }
}

impl Url {
    /// The host without port and brackets.
    pub(crate) fn hostname(&self) -> &[u8] {
        host::name(&self.host)
    }

    pub(crate) fn text(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if !self.scheme.is_empty() {
            out.extend_from_slice(&self.scheme);
            out.push(b':');
        }
        if self.opaque.is_empty() {
            self.push_location(&mut out);
        } else {
            out.extend_from_slice(&self.opaque);
        }
        if !self.query.is_empty() {
            out.push(b'?');
            out.extend_from_slice(&self.query);
        }
        if !self.fragment.is_empty() {
            out.push(b'#');
            out.extend(escape(&self.fragment, Component::Fragment));
        }
        out
    }

    fn push_location(&self, out: &mut Vec<u8>) {
        if self.user.is_some() || !self.host.is_empty() || !self.scheme.is_empty() && !self.path.is_empty() {
            out.extend_from_slice(b"//");
        }
        if let Some(user) = &self.user {
            out.extend(user.text());
            out.push(b'@');
        }
        out.extend(escape(&self.host, Component::Host));
        let path = if self.path == b"*" { self.path.clone() } else { escape(&self.path, Component::Path) };
        if !self.host.is_empty() && path.first().is_some_and(|first| *first != b'/') {
            out.push(b'/');
        }
        // A colon in the first segment would make it a scheme.
        let segment = path.split(|byte| *byte == b'/').next().unwrap_or_default();
        if out.is_empty() && segment.contains(&b':') {
            out.extend_from_slice(b"./");
        }
        out.extend(path);
    }
}
