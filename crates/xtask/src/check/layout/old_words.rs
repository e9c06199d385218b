//! Modules named with words of a private language, which were given up for those that Kubernetes and clap use.

use super::finding::{Finding, Rule};

/// Each word that was given up, and what took its place where it was used.
const WORDS: [(&str, &str); 45] = [
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
    ("following", "watch_config"),
    ("found", "key_secret"),
    ("happens", "action"),
    ("hindered", "transient"),
    ("hindrance", "transient"),
    ("in_place", "file_update"),
    ("insist", "retry"),
    ("kept", "cached"),
    ("known", "key_records"),
    ("ledger", "object_state"),
    ("loose", "text_scan"),
    ("meant_by", "from_args, try_from"),
    ("means", "opener"),
    ("misdated", "clock_skew"),
    ("noted", "fingerprint_change"),
    ("observed", "key_records"),
    ("patience", "retry_delays"),
    ("pause", "requeue"),
    ("pending", "renewal_request"),
    ("quarrel", "conflict_backoff"),
    ("quoted", "redact"),
    ("record", "key_records"),
    ("seen", "known_certificate"),
    ("shorten", "truncate"),
    ("shut_out", "lease_permission"),
    ("standing", "key_records"),
    ("stray", "orphan_key"),
    ("tell", "recorded events"),
    ("told", "recorded events"),
    ("turned_away", "throttle"),
    ("turns", "fair_queue"),
    ("unbroken", "fold"),
    ("until_keys", "wait_for_keys"),
    ("world", "model"),
];

/// The modules among `files` that have such a name, as a file or as a folder.
pub(super) fn used(files: &[String]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for file in files.iter().filter(|file| has_code(file)) {
        let Some(path) = file.strip_suffix(".rs") else { continue };
        let names = path.split('/').scan(String::new(), |place, name| {
            if !place.is_empty() {
                place.push('/');
            }
            place.push_str(name);
            Some((place.clone(), name))
        });
        for (place, name) in names {
            let better = WORDS.iter().find(|(word, _)| *word == name);
            if let Some((_, better)) = better
                && findings.iter().all(|finding| finding.place != place)
            {
                let text = format!("the module {place} has a name that was given up, elsewhere for {better}");
                findings.push(Finding { rule: Rule::OldWord, place, text });
            }
        }
    }
    findings
}

/// Whether a file is in one of the folders where the words were used.
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
            "tests/doors.rs",
        ];
        let found = used(&files.map(str::to_owned));
        let places: Vec<_> = found.iter().map(|finding| finding.place.as_str()).collect();
        assert_eq!(places, ["controller/src/keys/door", "controller/src/ledger"]);
    }
}
