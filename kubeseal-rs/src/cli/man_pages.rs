//! `man_pages`: the manual, a page for the program and one for each command, in roff.
//!
//! All of it is from the one definition of flags and commands: `clap_mangen` renders names and flags, `sections` the rest. A new command needs
//! nothing here; its examples are those of its help.

pub(crate) mod places;
pub(crate) mod sections;

use crate::cli::Cli;
use crate::cli::man_pages::sections::{environment, examples, exit_status, files, see_also};
use clap::{Arg, Command};
use clap_mangen::Man;
use clap_mangen::roff::Roff;
use std::io;

/// Every page: its file name, such as `kubeseal-rs.1`, and its text.
pub fn man_pages() -> Vec<(String, Vec<u8>)> {
    let mut pages = Vec::new();
    add(&command(), None, &mut pages);
    pages
}

/// The definition of flags and commands that pages are made from.
pub fn command() -> Command {
    let mut root = Cli::definition().disable_help_subcommand(true);
    // Names the commands in full, such as `kubeseal-rs-completion`.
    root.build();
    root
}

/// The name of a command's page.
fn title(command: &Command) -> &str {
    command.get_display_name().unwrap_or(command.get_name())
}

fn add(command: &Command, parent: Option<&Command>, pages: &mut Vec<(String, Vec<u8>)>) {
    // A page in memory is written whole.
    if let Ok(page) = page(command, parent) {
        pages.push((format!("{}.1", title(command)), page));
    }
    for next in command.get_subcommands().filter(|next| !next.is_hide_set()) {
        add(next, Some(command), pages);
    }
}

/// `clap_mangen` leaves out the meaning of flags that only the long help shows.
fn with_long_help(flag: Arg) -> Arg {
    match flag.get_long_help().or(flag.get_help()).cloned() {
        Some(help) => flag.long_help(help),
        None => flag,
    }
}

fn page(command: &Command, parent: Option<&Command>) -> io::Result<Vec<u8>> {
    let mut page = Roff::new().render().into_bytes();
    // Written here, because roff has no empty arguments, and the next one would be the date.
    let source = concat!("kubeseal-rs ", env!("CARGO_PKG_VERSION"));
    page.extend(
        format!(".TH {} 1 \"\" \"{source}\" \"kubeseal-rs\"\n", title(command).to_uppercase()).as_bytes(),
    );
    let man = Man::new(command.clone().mut_args(with_long_help));
    let mut rendered = Vec::new();
    man.render_name_section(&mut rendered)?;
    man.render_synopsis_section(&mut rendered)?;
    man.render_description_section(&mut rendered)?;
    man.render_options_section(&mut rendered)?;
    if command.get_subcommands().any(|next| !next.is_hide_set()) {
        man.render_subcommands_section(&mut rendered)?;
    }
    let mut roff = Roff::new();
    exit_status(&mut roff, command);
    environment(&mut roff, command);
    files(&mut roff, command);
    examples(&mut roff, command);
    see_also(&mut roff, parent.map(title).into_iter().chain(command.get_subcommands().map(title)));
    roff.to_writer(&mut rendered)?;
    // Each section begins with the definition of apostrophes, which the page has already.
    let is_definition = |line: &&[u8]| line.starts_with(b".ie ") || line.starts_with(b".el ");
    let lines = rendered.split_inclusive(|byte| *byte == b'\n').filter(|line| !is_definition(line));
    page.extend(lines.flatten());
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(page: &[u8]) -> String {
        String::from_utf8_lossy(page).replace("\\-", "-")
    }

    #[test]
    fn there_is_a_page_for_each_command() {
        let pages = man_pages();
        for name in ["kubeseal-rs.1", "kubeseal-rs-completion.1", "kubeseal-rs-keys-list.1"] {
            assert!(pages.iter().any(|(page, _)| page == name), "{name}");
        }
        let root = text(&pages[0].1);
        assert!(root.contains("--merge-into") && !root.contains("stderrthreshold"), "{root}");
    }

    #[test]
    fn every_page_has_every_section() {
        for (name, page) in man_pages() {
            let text = text(&page);
            assert!(text.starts_with(".ie ") && text.matches(".TH ").count() == 1, "{text}");
            for section in [
                "NAME",
                "SYNOPSIS",
                "DESCRIPTION",
                "OPTIONS",
                "\"EXIT STATUS\"",
                "ENVIRONMENT",
                "\"SEE ALSO\"",
            ] {
                assert_eq!(text.matches(&format!(".SH {section}\n")).count(), 1, "{name}: {section}");
            }
            assert!(!text.contains("EXTRA"), "{name}");
        }
    }

    #[test]
    fn sections_say_what_the_command_uses() {
        let pages = man_pages();
        let page = |name: &str| {
            let found = pages.iter().find(|(page, _)| *page == format!("kubeseal-rs{name}.1"));
            text(&found.unwrap().1)
        };
        let edit = page("-edit");
        for words in [
            "kubeseal-rs edit sealed-secret.yaml",
            "EDITOR",
            "SEALED_SECRETS_CONTEXT",
            ".sealed-secrets.yaml",
            "KUBECONFIG",
        ] {
            assert!(edit.contains(words), "{words}: {edit}");
        }
        // A flag that only the long help shows.
        assert!(edit.contains("User to act as"), "{edit}");
        let guard = page("-guard");
        assert!(
            guard.contains("NO_COLOR") && !guard.contains("KUBECONFIG") && !guard.contains("EDITOR"),
            "{guard}"
        );
        // A group has the files of its commands.
        assert!(page("-keys").contains(".kube/config"));
        assert!(page("").contains(".SH EXAMPLES"));
    }
}
