//! The same Secrets in other bytes: line ends, byte order marks, indentation, white space, control characters.

/// A Secret with one of everything that depends on lines.
const SECRET: &str = "\
# A comment
apiVersion: v1
kind: Secret
metadata:
  name: db   # another
  namespace: shop
stringData:
  plain: one
  literal: |
    first
    second
  folded: >-
    first
    second

    third
  quoted: \"a
    b\"
";

/// The Secret in each variation of bytes, with a name for the case.
pub(super) fn texts() -> Vec<(String, String)> {
    let head = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n";
    let changed: [(&str, String); 25] = [
        ("as it is", SECRET.to_owned()),
        ("CRLF", SECRET.replace('\n', "\r\n")),
        ("CR", SECRET.replace('\n', "\r")),
        ("byte order mark", format!("\u{feff}{SECRET}")),
        ("byte order mark and CRLF", format!("\u{feff}{}", SECRET.replace('\n', "\r\n"))),
        ("byte order mark and separator", format!("\u{feff}---\n{SECRET}")),
        ("byte order mark later", format!("---\n\u{feff}{SECRET}")),
        ("byte order mark before JSON", format!("\u{feff}{}", crate::families::JSON)),
        ("no newline at the end", SECRET.trim_end().to_owned()),
        ("trailing spaces", SECRET.replace('\n', "   \n")),
        ("blank lines", SECRET.replace('\n', "\n\n")),
        ("blank lines of spaces", SECRET.replace('\n', "\n   \n")),
        ("indented", indented()),
        ("four spaces", SECRET.replace("  ", "    ")),
        ("tabs as indentation", SECRET.replace("  ", "\t")),
        ("tab after the colon", SECRET.replace(": one", ":\tone")),
        ("tab before a comment", SECRET.replace("   # another", "\t# another")),
        ("tab in a value", format!("{head}  k: a\tb\n")),
        ("tab at the end of a value", format!("{head}  k: a\t\n")),
        ("tab in a literal block", format!("{head}  k: |\n    \tall:\n    \t\techo\n")),
        ("control character", format!("{head}  k: a\u{7}b\n")),
        ("delete character", format!("{head}  k: a\u{7f}b\n")),
        ("nul", format!("{head}  k: a\u{0}b\n")),
        ("next line and line separator", format!("{head}  k: a\u{85}b\u{2028}c\n")),
        ("emoji", format!("{head}  k: 🔑 zażółć\n  '🔑': x\n")),
    ];
    changed.into_iter().map(|(name, text)| (name.to_owned(), text)).chain(line_breaks(head)).collect()
}

/// The line breaks that YAML 1.1 has and YAML 1.2 does not, wherever upstream's kubeseal reads one.
fn line_breaks(head: &str) -> impl Iterator<Item = (String, String)> + use<'_> {
    let breaks = [("U+0085", '\u{85}'), ("U+2028", '\u{2028}'), ("U+2029", '\u{2029}')];
    breaks.into_iter().flat_map(move |(name, c)| {
        let texts = [
            ("plain", format!("{head}  k: a{c}   b\n")),
            ("single-quoted", format!("{head}  k: 'a{c}b'\n")),
            ("double-quoted", format!("{head}  k: \"a{c}b\"\n")),
            ("literal", format!("{head}  k: |\n    a{c}    b\n")),
            ("folded", format!("{head}  k: >\n    a{c}    b\n")),
            ("in braces", format!("{head}  {{k: a{c}b}}\n")),
            ("in a comment", format!("{head}  k: a # b{c}  l: m\n")),
            ("in a comment above", format!("# a{c}{head}  k: a\n")),
            ("after a value", format!("{head}  k: a{c}\n")),
            ("between entries", format!("{head}  k: a{c}  l: b\n")),
        ];
        texts.map(|(place, text)| (format!("line break of YAML 1.1, {place}, {name}"), text))
    })
}

fn indented() -> String {
    let text = format!("    {}", SECRET.replace('\n', "\n    "));
    text.trim_end_matches(' ').to_owned()
}
