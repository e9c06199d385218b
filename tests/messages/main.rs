//! The documents list the programs' texts: each message, reason, event, annotation, label and path has an entry in a
//! table, and each entry is a text of a program. Reads the sources and the documents, and runs nothing.
//!
//! A new message fails here until `docs/troubleshooting.md` of its program says what causes it and what to do.

mod page;
mod program;
mod source;
mod template;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use self::page::Page;
use self::program::{Message, Program};

/// The folders of both programs, beside the crates.
const PROGRAMS: &[&str] = &["controller/src", "kubeseal-rs/src"];

const TROUBLESHOOTING: &[&str] =
    &["controller/docs/troubleshooting.md", "kubeseal-rs/docs/troubleshooting.md"];

const REFERENCE: &str = "controller/docs/reference.md";

/// Functions, constants and types whose texts users read, beside errors and log lines.
const PRINTED: &[(&str, &str)] = &[
    ("controller/src", "ConfigWarning"),
    ("controller/src", "Refused"),
    ("controller/src", "WAITING"),
    ("controller/src", "carry_out"),
    ("controller/src", "compromise"),
    ("controller/src", "escrow"),
    ("controller/src", "event_for"),
    ("controller/src", "held"),
    ("controller/src", "mislabelled"),
    ("controller/src", "new_event"),
    ("controller/src", "reject"),
    ("controller/src", "take"),
    ("controller/src", "wait_for_keys"),
    ("controller/src", "why_none_is_published"),
    ("crates/api/src", "IN_THE_LOG"),
    ("crates/api/src", "NOT_SHOWN"),
    ("crates/api/src", "NO_API_SERVER"),
    ("crates/key-wrapping/src", "SlotReport"),
    ("crates/sealing/src", "DO_NOT_RENDER"),
    ("crates/sealing/src", "described"),
    ("crates/sealing/src", "faulty"),
    ("crates/sealing/src", "faulty_templates_in_full"),
];

/// Errors that users never read, and why.
const UNREAD: &[(&str, &str)] = &[
    ("the answer is longer than {0} bytes", "the object is read again, without a limit"),
    ("the sealed value is cut off: it ends before its own announced length", "`faulty` says it of the item"),
    ("this key and label do not open the sealed value", "`faulty` says it of the item"),
];

/// Words in CamelCase that are no reasons: kinds, names for Debug, and words of Kubernetes.
const NO_REASONS: &[&str] = &[
    "ApiError",
    "CertNotBefore",
    "False",
    "InOctets",
    "Logging",
    "NamespaceTerminating",
    "Normal",
    "OutOctets",
    "RequestEntityTooLarge",
    "SealedSecrets",
    "Secret",
    "SecretCreationTimestamp",
    "Secrets",
    "Threads",
    "True",
    "Unsealing",
    "VmRSS",
    "VmSize",
    "Warning",
];

#[test]
fn every_message_has_its_entry() -> Result<()> {
    let documented = entries("message")?;
    let has_entry = |message: &Message| documented.iter().any(|(_, text)| message.template.is(text));
    let missing: Vec<String> = said()?.iter().filter(|it| !has_entry(it)).map(Message::with_place).collect();
    ensure!(missing.is_empty(), "in neither of {TROUBLESHOOTING:?}:\n{}", missing.join("\n"));
    Ok(())
}

#[test]
fn no_entry_speaks_of_a_message_that_is_gone() -> Result<()> {
    let texts = program()?.texts();
    let mut gone = entries("message")?;
    gone.retain(|(_, text)| !texts.iter().any(|it| it.template.is(text)));
    let gone: Vec<String> = gone.iter().map(|(source, text)| format!("{source}: {text}")).collect();
    ensure!(gone.is_empty(), "no program says:\n{}", gone.join("\n"));
    for (text, _) in UNREAD {
        ensure!(texts.iter().any(|it| it.text == *text), "UNREAD: no program says: {text}");
    }
    Ok(())
}

#[test]
fn every_reason_has_its_entries_and_no_other_has() -> Result<()> {
    let program = Program::read(&root(), &["controller/src"])?;
    let mut reasons = program.words(is_camel_case);
    for word in NO_REASONS {
        ensure!(reasons.remove(*word), "NO_REASONS: no source has {word}");
    }
    for path in [TROUBLESHOOTING[0], REFERENCE] {
        let page = Page::read(&root(), path)?;
        let listed = page.of("reason").chain(page.of("event")).map(|entry| entry.text.clone()).collect();
        same(path, &listed, &reasons)?;
    }
    let conditions = Program::read(&root(), &["crates/api/src/condition.rs"])?.words(is_camel_case);
    same(REFERENCE, &listed("condition")?, &conditions)
}

#[test]
fn every_annotation_label_and_type_has_its_entry_and_no_other_has() -> Result<()> {
    const OURS: &str = "sealedsecrets.bitnami.com/";
    let program = program()?;
    let names = program.words(|word| word.strip_prefix(OURS).is_some_and(|name| !name.is_empty()));
    let listed = ["annotation", "label", "type"].map(listed).into_iter().collect::<Result<Vec<_>>>()?;
    let (ours, others): (BTreeSet<_>, BTreeSet<_>) =
        listed.into_iter().flatten().partition(|name| name.starts_with(OURS));
    let read = program.words(|word| others.contains(word));
    same(REFERENCE, &others, &read)?;
    same(REFERENCE, &ours, &names)
}

#[test]
fn every_path_has_its_entry_and_no_other_has() -> Result<()> {
    let served = Program::read(&root(), &["controller/src"])?.first_arguments_of("route");
    let path = |entry: String| entry.split_once(' ').map_or(entry.clone(), |(_, path)| path.to_owned());
    same(REFERENCE, &listed("path")?.into_iter().map(path).collect(), &served)
}

/// The messages that users may read, from all programs.
fn said() -> Result<Vec<Message>> {
    let mut said = program()?.messages();
    for (folder, name) in PRINTED {
        let texts = Program::read(&root(), &[folder])?.texts_of(name);
        ensure!(!texts.is_empty(), "PRINTED: {folder} has no {name}");
        said.extend(texts);
    }
    said.retain(|message| !UNREAD.iter().any(|(text, _)| message.text == *text));
    Ok(said)
}

fn program() -> Result<Program> {
    let mut folders: Vec<String> = PROGRAMS.iter().map(|folder| (*folder).to_owned()).collect();
    for entry in fs::read_dir(root().join("crates"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name != "xtask" {
            folders.push(format!("crates/{name}/src"));
        }
    }
    Program::read(&root(), &folders)
}

/// The entries of the pages about messages under this heading, with their locations.
fn entries(heading: &str) -> Result<Vec<(String, String)>> {
    let mut all = Vec::new();
    for path in TROUBLESHOOTING {
        let page = Page::read(&root(), path)?;
        all.extend(page.of(heading).map(|entry| (format!("{path}:{}", entry.line), entry.text.clone())));
    }
    Ok(all)
}

/// The entries of the reference under this heading.
fn listed(heading: &str) -> Result<BTreeSet<String>> {
    Ok(Page::read(&root(), REFERENCE)?.of(heading).map(|entry| entry.text.clone()).collect())
}

fn same(path: &str, listed: &BTreeSet<String>, there: &BTreeSet<String>) -> Result<()> {
    let missing: Vec<_> = there.difference(listed).collect();
    let gone: Vec<_> = listed.difference(there).collect();
    ensure!(
        missing.is_empty() && gone.is_empty(),
        "{path} lacks {missing:?}, and has {gone:?}, which no source has"
    );
    Ok(())
}

/// Whether a word is written as in `NoKeyOpens`.
fn is_camel_case(word: &str) -> bool {
    word.len() > 1
        && word.starts_with(|first: char| first.is_ascii_uppercase())
        && word.chars().all(|c| c.is_ascii_alphabetic())
        && word.chars().any(|c| c.is_ascii_lowercase())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}
