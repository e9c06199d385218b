//! Reads two facts from a go.mod: the version of Go, and the version of a module. Not a parser of the format.

/// The Go version that `go.mod` requires: its `go` line.
pub(crate) fn go_version(go_mod: &str) -> Option<&str> {
    go_mod.lines().find_map(|line| line.strip_prefix("go "))
}

/// The version that `go.mod` requires of `module`, with its `v`.
pub(crate) fn version<'a>(go_mod: &'a str, module: &str) -> Option<&'a str> {
    go_mod.lines().filter(|line| !line.contains("=>")).find_map(|line| {
        let line = line.trim().strip_prefix("require ").unwrap_or(line.trim());
        let mut words = line.split_whitespace();
        (words.next() == Some(module)).then(|| words.next())?.filter(|word| word.starts_with('v'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GO_MOD: &str = "module x\n\ngo 1.26.0\n\nrequire a.b/c v1.2.3\n\ntool (\n\ta.b/d\n)\n\nrequire (\n\ta.b/d v0.1.0 // indirect\n)\n\nreplace a.b/e => a.b/e v9.9.9\n";

    #[test]
    fn finds_versions_in_single_lines_and_in_blocks() {
        assert_eq!(go_version(GO_MOD), Some("1.26.0"));
        assert_eq!(version(GO_MOD, "a.b/c"), Some("v1.2.3"));
        assert_eq!(version(GO_MOD, "a.b/d"), Some("v0.1.0"));
        assert_eq!(version(GO_MOD, "a.b/e"), None);
    }
}
