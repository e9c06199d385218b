//! Percent escapes, which differ by the component of the URL.

/// A component of a URL, which decides what characters are not escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Component {
    Path,
    User,
    Host,
    Zone,
    Fragment,
}

impl Component {
    fn keeps(self, byte: u8) -> bool {
        let others: &[u8] = match self {
            Self::Path => b"$&+,/:;=@",
            Self::User => b"$&+,;=",
            Self::Host | Self::Zone => b"!$&'()*+,;=:[]<>\"",
            Self::Fragment => b"$&+,/:;=?@!()*",
        };
        byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) || others.contains(&byte)
    }
}

pub(super) fn escape(bytes: &[u8], part: Component) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for byte in bytes {
        if part.keeps(*byte) {
            out.push(*byte);
        } else {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    out
}

/// The bytes without escapes, or none if an escape is wrong or a character is not allowed in that component.
pub(super) fn unescape(text: &[u8], part: Component) -> Option<Vec<u8>> {
    let in_host = matches!(part, Component::Host | Component::Zone);
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            if in_host && first.is_ascii() && !part.keeps(*first) {
                return None;
            }
            out.push(*first);
            continue;
        }
        let digits = str::from_utf8(after.get(..2)?).ok()?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let byte = u8::from_str_radix(digits, 16).ok()?;
        let allowed = match part {
            Component::Host => !byte.is_ascii() || byte == b'%',
            Component::Zone => byte == b'%' || byte == b' ' || Component::Host.keeps(byte),
            _ => true,
        };
        if !allowed {
            return None;
        }
        out.push(byte);
        rest = &after[2..];
    }
    Some(out)
}
