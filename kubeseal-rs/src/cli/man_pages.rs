//! `man_pages`: the manual, a page for the program and one for each command, in roff.

use crate::cli::Cli;
use clap::Command;
use clap_mangen::Man;

/// Every page: its file name, such as `kubeseal-rs.1`, and its text.
pub fn man_pages() -> Vec<(String, Vec<u8>)> {
    let mut pages = Vec::new();
    add(&command(), &mut pages);
    pages
}

/// The definition of flags and commands that pages are made from.
pub fn command() -> Command {
    let mut root = Cli::definition().disable_help_subcommand(true);
    // Names the commands in full, such as `kubeseal-rs-completion`.
    root.build();
    root
}

fn add(command: &Command, pages: &mut Vec<(String, Vec<u8>)>) {
    let name = command.get_display_name().unwrap_or(command.get_name());
    let mut page = Vec::new();
    // A page in memory is written whole.
    if Man::new(command.clone()).date("").source(env!("CARGO_PKG_NAME")).render(&mut page).is_ok() {
        pages.push((format!("{name}.1"), page));
    }
    for next in command.get_subcommands().filter(|next| !next.is_hide_set()) {
        add(next, pages);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_page_for_each_command() {
        let pages = man_pages();
        for name in ["kubeseal-rs.1", "kubeseal-rs-completion.1"] {
            let (_, page) = pages.iter().find(|(page, _)| page == name).unwrap();
            let text = String::from_utf8_lossy(page);
            assert!(text.contains(".SH OPTIONS") || text.contains(".SH ARGUMENTS"), "{text}");
        }
        let text = String::from_utf8_lossy(&pages[0].1);
        assert!(text.contains("merge\\-into") && !text.contains("stderrthreshold"), "{text}");
    }
}
