//! What people read: the tables with their plots, printed, written beside the numbers, and put into the pages of the documentation.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use harness::failure::Failure;
use harness::workspace;

use super::curves::title;
use super::numbers::{Curve, Numbers, Taken};
use super::plots::Plot;
use super::tables;
use crate::span::span;

const BEGIN: &str =
    "<!-- Written by `cargo xtask bench --docs`, from the numbers in benchmarks/numbers.json. -->";
const END: &str = "<!-- The end of what `cargo xtask bench --docs` writes. -->";

/// The folder of the plots and of the JSON file in the documentation.
pub(super) fn docs_folder() -> PathBuf {
    docs().join("benchmarks")
}

fn docs() -> PathBuf {
    workspace::root().join("controller/docs")
}

/// Everything measured, in Markdown; plots are looked for in `folder`, which ends with a slash or is empty.
pub(super) fn text(numbers: &Numbers, plots: &[Plot], folder: &str) -> String {
    let mut page = Page { text: String::new(), plots, folder };
    if let Some(taken) = &numbers.controller {
        page.head("The controller", taken);
        for curve in
            [Curve::Objects, Curve::Defaults, Curve::Items, Curve::OldestKey, Curve::AllKeys, Curve::Values]
        {
            let title = title(curve);
            page.part(title.text, tables::curves::curve(&taken.measured, curve), title.file);
        }
        let old_keys = tables::old_keys::old_keys(&taken.measured);
        page.part(title(Curve::OldKeys).text, old_keys, "");
    }
    if let Some(taken) = &numbers.memory {
        page.head("Memory", taken);
        page.part(title(Curve::Memory).text, tables::curves::memories(&taken.measured), "memory");
        page.part("Restart", tables::curves::restarts(&taken.measured), "");
    }
    if let Some(taken) = &numbers.latency {
        page.head("Latency", taken);
        page.add(&tables::latency::latencies(&taken.measured), "latency");
    }
    if let Some(taken) = &numbers.limit {
        page.head("The limit of the machine", taken);
        page.add(&tables::limit::limits(&taken.measured), "");
    }
    if let Some(taken) = &numbers.cli {
        page.head("The command line", taken);
        page.add(&tables::commands::commands(&taken.measured), "kubeseal");
    }
    page.text
}

/// The same for sizes of clusters.
pub(super) fn sizes(numbers: &Numbers) -> String {
    let mut page = Page { text: String::new(), plots: &[], folder: "" };
    if let Some(taken) = &numbers.scale {
        page.head("Measured", taken);
        page.add(&tables::scale::sizes(&taken.measured), "");
    }
    page.text
}

struct Page<'a> {
    text: String,
    plots: &'a [Plot],
    folder: &'a str,
}

impl Page<'_> {
    fn head<T>(&mut self, title: &str, taken: &Taken<T>) {
        let took = span(std::time::Duration::from_secs_f64(taken.took_seconds));
        // Writing to a String cannot fail.
        let _ = write!(self.text, "## {title}\n\nMeasured {} It took {took}.\n\n", tables::place(taken));
    }

    fn part(&mut self, title: &str, table: Option<String>, plot: &str) {
        if let Some(table) = table {
            let _ = write!(self.text, "### {title}\n\n");
            self.add(&table, plot);
        }
    }

    fn add(&mut self, table: &str, plot: &str) {
        let _ = writeln!(self.text, "{table}");
        if let Some(plot) = self.plots.iter().find(|it| it.file == plot) {
            let _ = write!(self.text, "![{}]({}{}.svg)\n\n", plot.title, self.folder, plot.file);
        }
    }
}

/// For a terminal: without plots.
pub(super) fn without_plots(text: &str) -> String {
    let lines: Vec<_> = text.lines().filter(|line| !line.starts_with("![")).collect();
    lines.join("\n").replace("\n\n\n", "\n\n")
}

/// Writes what was measured into the pages of the documentation.
pub(super) fn write_docs(numbers: &Numbers, plots: &[Plot]) -> Result<()> {
    write(&docs().join("benchmarks.md"), &text(numbers, plots, "benchmarks/"))?;
    if numbers.scale.is_some() {
        write(&docs().join("scale.md"), &sizes(numbers))?;
    }
    Ok(())
}

fn write(page: &Path, part: &str) -> Result<()> {
    let text = fs::read_to_string(page).with_context(|| format!("cannot read {}", page.display()))?;
    let text = replaced(&text, part).ok_or_else(|| {
        let what = format!("{} has no place for numbers", page.display());
        Failure::new(what, format!("add the two lines `{BEGIN}` and `{END}`"))
    })?;
    fs::write(page, text).with_context(|| format!("cannot write {}", page.display()))?;
    println!("{} written", page.strip_prefix(workspace::root()).unwrap_or(page).display());
    Ok(())
}

/// The page with this part between the two marks.
fn replaced(page: &str, part: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", part.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::{plots, sample};

    #[test]
    fn only_what_is_between_the_marks_is_replaced() {
        let page = format!("before\n{BEGIN}\nold\n{END}\nafter\n");
        let once = replaced(&page, "new\n").unwrap();
        assert_eq!(once, format!("before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"));
        assert_eq!(replaced(&once, "new\n").unwrap(), once);
        assert_eq!(replaced("nothing", "new"), None);
    }

    #[test]
    fn the_pages_have_a_place_for_numbers() {
        for page in ["benchmarks.md", "scale.md"] {
            let text = fs::read_to_string(docs().join(page)).unwrap();
            assert!(replaced(&text, "new").is_some(), "{page}");
        }
    }

    #[test]
    fn each_plot_is_shown_beside_its_table() {
        let numbers = sample::numbers();
        let plots = plots::all(&numbers).unwrap();
        let text = text(&numbers, &plots, "there/");
        for plot in &plots {
            assert!(text.contains(&format!("](there/{}.svg)", plot.file)), "{}", plot.file);
        }
        assert!(!without_plots(&text).contains("!["));
        assert!(text.matches("2026-01-02, commit abc").count() == 5);
    }
}
