//! Lists of pairs, as in `a=b,c=d`.

use crate::config::error::ConfigError;
use std::collections::BTreeMap;

/// Reads the value of `--flag`. Of a name given twice, the last counts.
pub(crate) fn parse(flag: &'static str, text: &str) -> Result<BTreeMap<String, String>, ConfigError> {
    text.split(',')
        .map(str::trim)
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
            _ => Err(ConfigError::Pairs(flag)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lists_and_refuses_lone_names() {
        let read =
            |text| parse("privatekey-labels", text).ok().map(|pairs| pairs.into_iter().collect::<Vec<_>>());
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(read(""), Some(vec![]));
        assert_eq!(read("a=b, c/d=e=f ,"), Some(vec![pair("a", "b"), pair("c/d", "e=f")]));
        assert_eq!(read("a"), None);
        assert_eq!(read("=b"), None);
    }
}
