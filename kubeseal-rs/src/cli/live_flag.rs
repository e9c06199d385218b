//! `reseal --cluster`, without the name of a cluster, is `reseal --live`: with a name, `--cluster` is the flag of kubectl that chooses one
//! in the kubeconfig.

use std::ffi::OsString;

/// The command line, where `--cluster` of `reseal` has a name or is called `--live`. Flags stand behind their command.
pub(crate) fn named(mut words: Vec<OsString>) -> Vec<OsString> {
    if words.get(1).is_none_or(|verb| verb != "reseal") {
        return words;
    }
    let end = words.iter().position(|word| word == "--").unwrap_or(words.len());
    for index in 2..end {
        let is_flag = |word: &OsString| word.to_string_lossy().starts_with('-');
        if words[index] == "--cluster" && words.get(index + 1).is_none_or(is_flag) {
            words[index] = "--live".into();
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    #[test]
    fn without_a_name_it_is_the_flag_of_reseal() {
        for (typed, expected) in [
            ("k reseal --cluster", "k reseal --live"),
            ("k reseal --cluster -A", "k reseal --live -A"),
            ("k reseal --check --cluster --cluster prod", "k reseal --check --live --cluster prod"),
            // What stays: a name, another command, what is no flag.
            ("k reseal --cluster prod a.yaml", "k reseal --cluster prod a.yaml"),
            ("k reseal --cluster=", "k reseal --cluster="),
            ("k keys list --cluster", "k keys list --cluster"),
            ("k reseal -- --cluster", "k reseal -- --cluster"),
            ("k", "k"),
        ] {
            let words = typed.split(' ').map(OsString::from).collect();
            assert_eq!(named(words).join(OsStr::new(" ")), expected, "{typed}");
        }
    }
}
