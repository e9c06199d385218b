//! The lines of a file for `--trusted`, which `clusters list --trusted-file` prints: `NAME FINGERPRINT` or `NAME age1…` for each key,
//! `NAME context CONTEXT`, `NAME url URL` and so on for how a certificate is fetched, with the fields of the project file, and
//! `rules SHA256`. `#` begins a comment. A word with spaces, `#` or quotes is in quotes, as a string in JSON: a context may have any name.

use crate::project::cluster::Connection;
use crate::project::cluster_name::RESERVED;
use crate::project::trust::trusted::{Trusted, TrustedRules};
use crate::terminal::escape::{shown, shown_json};
use serde_json::{Deserializer, Map, Value};
use std::fmt::Write as _;

/// Why a line says nothing. Words of the line are not shown: it may be the line of any file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidLine {
    #[error("it names no key, no connection and no rules")]
    Form,
    #[error("an earlier line says so already, or otherwise")]
    Twice,
    #[error("what is in quotes is not a string of JSON")]
    Quotes,
}

/// What the lines list; the number of a line that is wrong.
pub(crate) fn parse(text: &str) -> Result<Trusted, (usize, InvalidLine)> {
    let mut trusted = Trusted::default();
    for (number, line) in (1..).zip(text.lines()) {
        let added = words(line).and_then(|words| add(&mut trusted, &words));
        added.map_err(|problem| (number, problem))?;
    }
    Ok(trusted)
}

fn add(trusted: &mut Trusted, words: &[String]) -> Result<(), InvalidLine> {
    match words {
        [] => {}
        [word, digest] if word == RESERVED && is_digest(digest) => {
            if trusted.rules != TrustedRules::None {
                return Err(InvalidLine::Twice);
            }
            trusted.rules = TrustedRules::Digest(digest.clone());
        }
        [name, key] => {
            let name = name.parse().map_err(|_| InvalidLine::Form)?;
            let key = key.parse().map_err(|_| InvalidLine::Form)?;
            trusted.clusters.entry(name).or_default().keys.push(key);
        }
        [name, fields @ ..] => {
            let name = name.parse().map_err(|_| InvalidLine::Form)?;
            let connection = connection(fields)?;
            let known = &mut trusted.clusters.entry(name).or_default().connection;
            if !known.is_empty() {
                return Err(InvalidLine::Twice);
            }
            *known = connection;
        }
    }
    Ok(())
}

/// The connection with these fields and values, at least one of them.
fn connection(words: &[String]) -> Result<Connection, InvalidLine> {
    let mut fields = Map::new();
    for pair in words.chunks(2) {
        let [field, value] = pair else { return Err(InvalidLine::Form) };
        if fields.insert(field.clone(), value.as_str().into()).is_some() {
            return Err(InvalidLine::Twice);
        }
    }
    let connection: Connection = serde_json::from_value(fields.into()).map_err(|_| InvalidLine::Form)?;
    if connection.is_empty() { Err(InvalidLine::Form) } else { Ok(connection) }
}

/// The words of a line, up to a comment.
fn words(line: &str) -> Result<Vec<String>, InvalidLine> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() && !rest.starts_with('#') {
        let end = if rest.starts_with('"') {
            let mut strings = Deserializer::from_str(rest).into_iter();
            words.push(strings.next().and_then(Result::ok).ok_or(InvalidLine::Quotes)?);
            strings.byte_offset()
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || c == '#').unwrap_or(rest.len());
            words.push(rest[..end].to_owned());
            end
        };
        rest = rest[end..].trim_start();
    }
    Ok(words)
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
}

/// The lines for the clusters of `trusted`, and for rules with this digest.
pub(crate) fn lines(trusted: &Trusted, digest: &str) -> String {
    let mut lines = String::new();
    for (name, cluster) in &trusted.clusters {
        for key in &cluster.keys {
            // Writing to a String cannot fail.
            let _ = writeln!(lines, "{name} {key}");
        }
        if let Ok(Value::Object(fields)) = serde_json::to_value(&cluster.connection)
            && !fields.is_empty()
        {
            let fields = fields.iter().map(|(field, value)| format!(" {field} {}", word(value)));
            let _ = writeln!(lines, "{name}{}", fields.collect::<String>());
        }
    }
    lines + &format!("{RESERVED} {digest}\n")
}

/// The text as a word of a line.
fn word(text: &Value) -> String {
    let is_plain = |text: &&str| {
        !text.is_empty()
            && !text.contains(|c: char| c.is_whitespace() || matches!(c, '#' | '"'))
            && shown(text) == *text
    };
    text.as_str().filter(is_plain).map_or_else(|| shown_json(&text.to_string()), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::trust::claim::Claim;
    use crate::project::trust::rules::digest;

    #[test]
    fn reads_what_it_prints_and_comments() {
        let (one, two) = ("1".repeat(64), "2".repeat(64));
        let age = age::x25519::Identity::generate().to_public().to_string();
        let mut trusted = Trusted::default();
        for (cluster, key) in [("a", &one), ("a", &two), ("dr", &age)] {
            let (cluster, key) = (cluster.parse().unwrap(), key.parse().unwrap());
            trusted.add(Claim::Key { cluster, key, not_after: None });
        }
        let rules = vec!["r".to_owned()];
        let text = lines(&trusted, &digest(&rules));
        assert_eq!(text, format!("a {one}\na {two}\ndr {age}\nrules {}\n", digest(&rules)));
        let read = parse(&format!("# a comment\n\n{}", text.replace('\n', "  # renewed\r\n"))).unwrap();
        assert_eq!(read.clusters, trusted.clusters);
        assert!(read.has(&Claim::Rules(rules)) && !read.has(&Claim::Rules(Vec::new())));
    }

    #[test]
    fn a_connection_is_read_as_it_was_printed() {
        let plain = Connection {
            context: Some("arn:aws:eks:eu-central-1:1234:cluster/prod".into()),
            controller_name: Some("sealed".into()),
            controller_namespace: Some("sealing".into()),
            url: Some("https://sealed.example.com/v1/cert.pem".into()),
        };
        let mut trusted = Trusted::default();
        let cluster: crate::project::cluster_name::ClusterName = "a".parse().unwrap();
        let mut line = |connection: &Connection| {
            trusted.add(Claim::Connection { cluster: cluster.clone(), connection: connection.clone() });
            let text = lines(&trusted, &digest(&[]));
            assert_eq!(parse(&text).unwrap().clusters, trusted.clusters, "{text}");
            text.lines().next().unwrap().to_owned()
        };
        assert_eq!(
            line(&plain),
            "a context arn:aws:eks:eu-central-1:1234:cluster/prod controllerName sealed controllerNamespace sealing \
             url https://sealed.example.com/v1/cert.pem"
        );
        for (context, written) in [
            ("prod eu", "\"prod eu\""),
            ("prod#1", "\"prod#1\""),
            ("\"", "\"\\\"\""),
            ("a\\b", "a\\b"),
            ("\n\u{85}", "\"\\n\\u0085\""),
            ("\u{202e}", "\"\\u202e\""),
            ("", "\"\""),
        ] {
            let connection = Connection { context: Some(context.into()), ..Connection::default() };
            assert_eq!(line(&connection), format!("a context {written}"));
        }
    }

    #[test]
    fn a_line_that_says_nothing_is_wrong() {
        let one = "1".repeat(64);
        for (line, expected) in [
            ("a", InvalidLine::Form),
            ("a b", InvalidLine::Form),
            (&format!("a {one} c"), InvalidLine::Form),
            (&format!("A {one}"), InvalidLine::Form),
            ("rules 12", InvalidLine::Form),
            (&format!("rules {one}\nrules {one}"), InvalidLine::Twice),
            ("a age1x", InvalidLine::Form),
            ("dr AGE-SECRET-KEY-1QQ", InvalidLine::Form),
            ("a context", InvalidLine::Form),
            ("a context x url", InvalidLine::Form),
            ("a certificate x.pem", InvalidLine::Form),
            ("rules context x", InvalidLine::Form),
            ("a context x context y", InvalidLine::Twice),
            ("a context x\na url https://y/", InvalidLine::Twice),
            ("a context \"x", InvalidLine::Quotes),
            ("a context \"\\x\"", InvalidLine::Quotes),
        ] {
            let number = 1 + line.lines().count();
            assert_eq!(parse(&format!("# one\n{line}\n")).err(), Some((number, expected)), "{line}");
        }
        // Without rules, none are trusted, except none.
        assert!(!parse("").unwrap().has(&Claim::Rules(vec!["r".into()])));
    }
}
