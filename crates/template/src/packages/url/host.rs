//! Hosts: names, addresses in brackets, ports.

use super::escape::{Component, unescape};
use std::net::Ipv6Addr;

fn is_port(text: &[u8]) -> bool {
    match text.split_first() {
        None => true,
        Some((colon, digits)) => *colon == b':' && digits.iter().all(u8::is_ascii_digit),
    }
}

/// The host without port and brackets.
pub(super) fn name(host: &[u8]) -> &[u8] {
    let colon = host.iter().rposition(|byte| *byte == b':');
    let bare = match colon {
        Some(colon) if is_port(&host[colon..]) => &host[..colon],
        _ => host,
    };
    bare.strip_prefix(b"[").and_then(|bare| bare.strip_suffix(b"]")).unwrap_or(bare)
}

/// The host, unescaped, or none if it is not a host.
pub(super) fn parse(scheme: &[u8], host: &[u8]) -> Option<Vec<u8>> {
    match host.iter().rposition(|byte| *byte == b'[') {
        Some(0) => return bracketed(host),
        Some(_) => return None,
        None => {}
    }
    let colon = host.iter().position(|byte| *byte == b':');
    // Go accepts several colons in schemes other than HTTP, for lists of hosts.
    let colon = if matches!(scheme, b"http" | b"https") {
        colon
    } else {
        colon.and_then(|_| host.iter().rposition(|byte| *byte == b':'))
    };
    if colon.is_some_and(|colon| !is_port(&host[colon..])) {
        return None;
    }
    unescape(host, Component::Host)
}

fn bracketed(host: &[u8]) -> Option<Vec<u8>> {
    let close = host.iter().rposition(|byte| *byte == b']')?;
    let port = &host[close + 1..];
    if !is_port(port) {
        return None;
    }
    let inner = &host[1..close];
    let zone = inner.windows(3).position(|window| window == b"%25");
    let address = match zone {
        Some(zone) => {
            [unescape(&inner[..zone], Component::Host)?, unescape(&inner[zone..], Component::Zone)?].concat()
        }
        None => unescape(inner, Component::Host)?,
    };
    let bare = address.split(|byte| *byte == b'%').next().unwrap_or_default();
    str::from_utf8(bare).ok()?.parse::<Ipv6Addr>().ok()?;
    if bare.len() + 1 == address.len() {
        return None;
    }
    Some([b"[", address.as_slice(), b"]", port].concat())
}
