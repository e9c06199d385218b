//! Lists, as in `a,b`, and lists of pairs, as in `a=b,c=d`.

use crate::config::error::ConfigError;
use std::collections::BTreeMap;

/// The items of a list, without those that are empty.
pub(crate) fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

/// Reads the value of `--flag`. Of a name given twice, the last counts.
pub(crate) fn pairs(flag: &'static str, text: &str) -> Result<BTreeMap<String, String>, ConfigError> {
    items(text)
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
            |text| pairs("privatekey-labels", text).ok().map(|read| read.into_iter().collect::<Vec<_>>());
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(read(""), Some(vec![]));
        assert_eq!(read("a=b, c/d=e=f ,"), Some(vec![pair("a", "b"), pair("c/d", "e=f")]));
        assert_eq!(read("a"), None);
        assert_eq!(read("=b"), None);
    }
}
