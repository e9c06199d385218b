//! Words that the project gave up for those of Kubernetes and clap: names of modules ([`in_paths`]), and names of types and functions
//! and words of comments ([`in_text`]).

use super::finding::{Finding, Rule};

/// Each name of a module that was given up, and the name that replaced it.
const WORDS: [(&str, &str); 52] = [
    ("answer", "rotated_object"),
    ("answers", "renewal_request"),
    ("ask", "renewal_request"),
    ("asked", "renewal_request"),
    ("asking", "renewal_request"),
    ("by_hand", "kubectl_command"),
    ("caution", "warnings"),
    ("contained", "panic_guard"),
    ("cores", "cpu_permits"),
    ("dates", "key_age"),
    ("decades", "simulation"),
    ("door", "admission"),
    ("doors", "port_forwards"),
    ("following", "watch_config"),
    ("found", "key_secret"),
    ("gate", "admission"),
    ("happens", "action"),
    ("hint", "error"),
    ("hindered", "transient"),
    ("hindrance", "transient"),
    ("in_place", "file_update"),
    ("insist", "retry"),
    ("kept", "cached"),
    ("known", "key_records"),
    ("ledger", "object_states"),
    ("loose", "text_scan"),
    ("meant_by", "from_args, try_from"),
    ("means", "opener"),
    ("misdated", "clock_skew"),
    ("noted", "fingerprint_change"),
    ("observed", "key_records"),
    ("patience", "retry_delays"),
    ("pause", "requeue"),
    ("pending", "renewal_request"),
    ("place", "location"),
    ("quarrel", "conflict_backoff"),
    ("question", "request_kind"),
    ("quoted", "redact"),
    ("record", "key_records"),
    ("seen", "known_certificate"),
    ("shorten", "truncate"),
    ("shut_out", "lease_permission"),
    ("standing", "key_records"),
    ("stray", "orphan_key"),
    ("tell", "recorded events"),
    ("tells", "recorded events"),
    ("told", "recorded events"),
    ("turned_away", "throttle"),
    ("turns", "fair_queue"),
    ("unbroken", "fold"),
    ("until_keys", "wait_for_keys"),
    ("world", "model"),
];

/// Names of types and functions that were given up. Fewer than of modules: `answer` and `kept` are good names of local functions.
const ITEMS: [&str; 28] = [
    "ask",
    "asked",
    "asking",
    "caution",
    "decades",
    "door",
    "doors",
    "happens",
    "hindered",
    "hindrance",
    "insist",
    "ledger",
    "meant_by",
    "misdated",
    "noted",
    "patience",
    "quarrel",
    "shorten",
    "shut_out",
    "stray",
    "tell",
    "told",
    "turned_away",
    "turns",
    "unbroken",
    "until_keys",
    "world",
    "means",
];

/// Words that say too little in a comment: the role of the user in Kubernetes or the object stands there instead.
const PRONOUNS: [&str; 5] = ["somebody", "nobody", "whoever", "everybody", "anybody"];

/// The modules among `files` that have a name that was given up, as a file or as a folder.
pub(super) fn in_paths(files: &[String]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for file in files.iter().filter(|file| has_code(file)) {
        let Some(path) = file.strip_suffix(".rs") else { continue };
        let names = path.split('/').scan(String::new(), |location, name| {
            if !location.is_empty() {
                location.push('/');
            }
            location.push_str(name);
            Some((location.clone(), name))
        });
        for (location, name) in names {
            let better = WORDS.iter().find(|(word, _)| *word == name);
            if let Some((_, better)) = better
                && findings.iter().all(|finding| finding.location != location)
            {
                let text =
                    format!("the module {location} has a name that was given up, elsewhere for {better}");
                findings.push(Finding { rule: Rule::OldWord, location, text });
            }
        }
    }
    findings
}

/// The items and comments in the text of a Rust file that use a word that was given up.
pub(super) fn in_text(file: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let location = format!("{file}:{number}");
        let word = match line.trim_start().strip_prefix("//") {
            Some(comment) => {
                words(comment).find(|word| PRONOUNS.iter().any(|it| word.eq_ignore_ascii_case(it)))
            }
            None => item(line).filter(|name| ITEMS.iter().any(|it| name.eq_ignore_ascii_case(it))),
        };
        if let Some(word) = word {
            let text = format!("{location} has a word that was given up: {word}");
            findings.push(Finding { rule: Rule::OldWord, location, text });
        }
    }
    findings
}

/// The name of the type or function that is defined on this line. A line that opens with a text defines nothing.
fn item(line: &str) -> Option<&str> {
    let line = Some(line).filter(|line| !line.trim_start().starts_with('"'))?;
    words(line).skip_while(|word| !["enum", "fn", "struct", "trait", "type"].contains(word)).nth(1)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !(character.is_alphanumeric() || character == '_'))
        .filter(|word| !word.is_empty())
}

/// Whether a file is in one of the folders whose modules have the names of this project.
fn has_code(file: &str) -> bool {
    ["controller/", "kubeseal-rs/", "tests/"].iter().any(|folder| file.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_folders_each_once() {
        let files = [
            "controller/src/keys/door/a.rs",
            "controller/src/keys/door/b.rs",
            "controller/src/ledger.rs",
            "tests/told.yaml",
            "tests/port_forwards.rs",
        ];
        let found = in_paths(&files.map(str::to_owned));
        let locations: Vec<_> = found.iter().map(|finding| finding.location.as_str()).collect();
        assert_eq!(locations, ["controller/src/keys/door", "controller/src/ledger"]);
    }

    #[test]
    fn items_and_comments() {
        let text = [
            "//! Nobody reads this.",
            "pub(crate) async fn told(told: &str) {",
            "    let told = \"nobody\"; // told",
            "struct Ledger;",
            "/// The word `fn told` in a sentence.",
        ]
        .join("\n");
        let found = in_text("a.rs", &text);
        let locations: Vec<_> = found.iter().map(|finding| finding.location.as_str()).collect();
        assert_eq!(locations, ["a.rs:1", "a.rs:2", "a.rs:4"]);
    }
}
