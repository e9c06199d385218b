//! The documentation, followed as a reader follows it: every command of every `console` block is run, in order, page by
//! page, on a control plane of its own; and every page is found from the README.
//!
//! A block that needs what a test machine lacks has a mark before it, `<!-- unrun: REASON -->`. [`pages`] counts the
//! marks of each page, so that a new one is seen. Lines that a page shows below a command must be in its output, where
//! `…` stands for any text. A command fails if and only if the page shows a line that begins with `error:`.

mod follow;
mod kubelet;
mod links;
mod pages;
mod shell;
mod stage;
mod threats;

use std::process::ExitCode;
use std::sync::Arc;

use tests::test::suite::{self, Test};
use tests::tests;

use self::pages::PAGES;
use self::stage::Stage;

fn main() -> ExitCode {
    let mut tests: Vec<Test<Arc<Stage>>> = tests![
        pages::every_page_with_commands_is_in_the_list,
        pages::the_list_counts_what_is_not_run,
        links::every_link_leads_somewhere,
        links::every_page_is_two_clicks_from_the_readme,
        links::the_readme_is_short,
        threats::every_threat_is_shown_by_a_test,
        threats::only_what_a_suite_lists_is_a_test,
    ];
    tests.extend(PAGES.iter().map(|page| Test::new(page.path, move |stage| follow::follow(stage, page))));
    suite::run_on(async || Ok(Stage::default()), tests)
}
