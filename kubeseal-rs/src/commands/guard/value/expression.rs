//! `holds_text`: whether a template's expression holds text that could be the value that it renders.

/// Functions whose text arguments are names, messages and conditions.
const TAKES_NAMES: [&str; 28] = [
    "include",
    "template",
    "required",
    "fail",
    "lookup",
    "index",
    "get",
    "dig",
    "hasKey",
    "pluck",
    "env",
    "getenv",
    "expandenv",
    "if",
    "else",
    "eq",
    "ne",
    "hasPrefix",
    "hasSuffix",
    "contains",
    "with",
    "range",
    "secret",
    "key",
    "ds",
    "datasource",
    "define",
    "block",
];

/// For Go's templates, and what other template languages share with them.
pub(crate) fn holds_text(expression: &str) -> bool {
    let expression = expression.trim_matches(|c: char| c == '-' || c.is_whitespace());
    if expression.starts_with("/*") {
        return false;
    }
    // For each open parenthesis, whether texts in it are names; and the word that is being read.
    let mut names = vec![false];
    let mut word = String::new();
    // Whether no word of this command was read yet.
    let mut is_first = true;
    let mut rest = expression.chars();
    while let Some(c) = rest.next() {
        if c.is_alphanumeric() || "._$".contains(c) {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            // `f(…)` is a command, too.
            let begins = is_first || c == '(';
            if begins && word.starts_with(|c: char| c.is_ascii_digit()) {
                return true;
            }
            if begins && takes_names(&word) {
                names.pop();
                names.push(true);
            }
            is_first = false;
            word.clear();
        }
        match c {
            '"' | '\'' | '`' => {
                let Some(text) = quoted(c, &mut rest) else { return true };
                if !is_among(&names) && !is_separator(&text) {
                    return true;
                }
                is_first = false;
            }
            '(' | '[' => {
                // In `a["key"]` the text is a name.
                names.push(is_among(&names) || c == '[' && !is_first);
                is_first = true;
            }
            ')' | ']' => {
                if names.len() > 1 {
                    names.pop();
                }
                is_first = false;
            }
            '|' => {
                names.pop();
                names.push(is_among(&names));
                is_first = true;
            }
            _ => {}
        }
    }
    is_first && word.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether texts are names in the innermost of the open parentheses.
fn is_among(names: &[bool]) -> bool {
    names.last().copied().unwrap_or_default()
}

fn takes_names(word: &str) -> bool {
    TAKES_NAMES.contains(&word) || word.ends_with("Files.Get")
}

/// The text up to its quote, without escapes and verbs; none if it does not end.
fn quoted(quote: char, rest: &mut std::str::Chars<'_>) -> Option<String> {
    let mut text = String::new();
    while let Some(c) = rest.next() {
        match c {
            _ if c == quote => return Some(text),
            // A line end, or the next character unchanged.
            '\\' if quote != '`' => text.extend(rest.next().filter(|c| !"nrt".contains(*c))),
            '%' => {
                // A verb of printf.
                rest.next();
            }
            _ => text.push(c),
        }
    }
    None
}

/// Whether the text holds neither a letter nor a digit.
pub(crate) fn is_separator(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c.is_ascii_punctuation())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_could_be_the_value_and_names_are_distinguished() {
        for text in [
            " \"hunter2\" ",
            "`hunter2`",
            "\"hunter2\" | b64enc",
            ".a | default \"hunter2\" | quote",
            ".a | default (printf \"hunter2-%s\" .b)",
            "lookup('env', 'A') | default('hunter2')",
            "ternary \"hunter2\" \"\" .a",
            "[\"hunter2\"]",
            "\"open",
            "$a := 'hunter2'",
            "123456",
            "(123456) | quote",
        ] {
            assert!(holds_text(text), "{text}");
        }
        for none in [
            "",
            "- .Values.a -",
            ".Values.password | b64enc | quote",
            "include \"x.y\" .",
            "include \"x.y\" (dict \"key\" \"password\" \"length\" 10 \"context\" $)",
            "(include \"x.y\" .) | b64enc",
            "randAlphaNum 16 | b64enc",
            "required \"set it, please\" .Values.a | toString",
            "index .Data \"password\"",
            "(lookup \"v1\" \"Secret\" .ns \"db\").data.password",
            "printf \"%s:%s\\n\" .a .b",
            ".a | default \"\"",
            "if eq .env \"production\"",
            "else if .b",
            ".Files.Get \"config.json\" | b64enc",
            "hostvars['db']['password']",
            "lookup('env', 'PASSWORD')",
            "/* hunter2, once */",
            "htpasswd .a (.b | trim)",
        ] {
            assert!(!holds_text(none), "{none}");
        }
    }
}
