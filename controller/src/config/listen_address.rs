//! [`ListenAddress`]: host and port of a listener.

use crate::config::error::ConfigError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListenAddress {
    /// None means every interface.
    pub host: Option<String>,
    pub port: u16,
}

impl ListenAddress {
    /// Reads Go's `HOST:PORT`, the value of `--flag`.
    pub(crate) fn parse(flag: &'static str, text: &str) -> Result<Self, ConfigError> {
        let (host, port) = text.rsplit_once(':').ok_or(ConfigError::ListenAddress(flag))?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        Ok(Self {
            host: (!host.is_empty()).then(|| host.to_owned()),
            port: port.parse().map_err(|_| ConfigError::ListenAddress(flag))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listen_addresses() {
        let cases = [
            (":8080", Some((None, 8080))),
            ("127.0.0.1:0", Some((Some("127.0.0.1"), 0))),
            ("[::1]:80", Some((Some("::1"), 80))),
            ("8080", None),
            (":http", None),
            (":65536", None),
        ];
        for (text, expected) in cases {
            let read = ListenAddress::parse("listen-addr", text).ok();
            let read = read.as_ref().map(|address| (address.host.as_deref(), address.port));
            assert_eq!(read, expected, "{text}");
        }
    }
}
