//! `cargo xtask bench`: our programs beside upstream's, in one run on one machine, in turn. It writes numbers, tables and plots, and
//! asserts nothing about speed: how fast a machine is says nothing about whether the code is right. It fails where a Secret is not what
//! was sealed.

mod cli;
mod controller;
mod curves;
mod file;
mod machine;
mod markdown;
mod numbers;
mod page;
mod plots;
#[cfg(test)]
mod sample;
mod shown;
mod statistics;
mod tables;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use harness::failure::Failure;
use harness::lab::Lab;
use harness::test::interruption::interruption;
use harness::workspace;
use jiff::Timestamp;
use tokio::runtime::Runtime;

use self::controller::backlog::{memory_tasks, throughput_tasks};
use self::controller::site::Site;
use self::machine::Machine;
use self::numbers::{Numbers, Taken};
use crate::cargo::cargo;
use crate::paint;

const FILE: &str = "numbers.json";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What to measure. Default: all but `scale`; with --full, all
    subjects: Vec<Subject>,
    /// Measure more rounds, and all that is said of 10,000 SealedSecrets: about an hour instead of 20 minutes
    #[arg(long)]
    full: bool,
    /// Folder for the JSON file, the tables and the plots. Subjects that are in its JSON file already, and are not measured now, stay.
    /// Default: `target/bench`
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// Write into the pages of the documentation, and to `controller/docs/benchmarks`
    #[arg(long, conflicts_with = "into")]
    docs: bool,
    /// Measure nothing; make tables and plots from this JSON file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["subjects", "full"])]
    plot: Option<PathBuf>,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Subject {
    /// kubeseal-rs beside kubeseal
    Cli,
    /// Our controller beside upstream's: how many SealedSecrets a second
    Controller,
    /// Our controller beside upstream's: memory, and restarts
    Memory,
    /// One SealedSecret at a time on an idle controller, beside upstream's and beside what is the least
    Latency,
    /// The most that the machine could unseal, and where the rest goes
    Limit,
    /// A cluster with up to 20,000 SealedSecrets in 200 namespaces
    Scale,
}

const DEFAULT: [Subject; 5] =
    [Subject::Cli, Subject::Controller, Subject::Memory, Subject::Latency, Subject::Limit];
const ALL: [Subject; 6] =
    [Subject::Cli, Subject::Controller, Subject::Memory, Subject::Latency, Subject::Limit, Subject::Scale];

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let output = Output::of(arguments)?;
    if let Some(file) = &arguments.plot {
        let numbers = Numbers::load(file)?.ok_or_else(|| {
            let what = format!("there is no file {}", file.display());
            Failure::new(what, "name the numbers.json that `cargo xtask bench` wrote")
        })?;
        return output.write(&numbers);
    }
    if cfg!(debug_assertions) {
        return optimised();
    }
    let chosen: &[Subject] = match arguments.subjects.as_slice() {
        [] if arguments.full => &ALL,
        [] => &DEFAULT,
        subjects => subjects,
    };
    let is_chosen = |subject: &Subject| chosen.contains(subject);
    let mut numbers = output.earlier()?;
    // All builds before all measuring: they load the machine.
    let cli = is_chosen(&Subject::Cli).then(|| cli::Prepared::new(arguments.full)).transpose()?;
    let needs_cluster = chosen.iter().any(|subject| *subject != Subject::Cli);
    let controller = needs_cluster.then(controller::Prepared::new).transpose()?;
    let mut measured = Numbers::default();
    if let Some(prepared) = cli {
        let watch = Stopwatch::start("kubeseal-rs beside upstream's kubeseal");
        measured.cli = Some(watch.taken(prepared.measure()?, prepared.versions()));
        output.keep(&mut numbers, &measured)?;
    }
    if let Some(prepared) = controller {
        let runtime = Runtime::new().context("cannot start the async runtime")?;
        runtime.block_on(async {
            let lab = prepared.lab().await?;
            let versions = prepared.versions()?;
            let work = async {
                let site = &mut Site::prepare(&lab).await?;
                if is_chosen(&Subject::Controller) {
                    let watch = Stopwatch::start("our controller beside upstream's");
                    let runs = controller::curves(site, throughput_tasks(arguments.full)).await?;
                    measured.controller = Some(watch.taken(runs, versions.clone()));
                    output.keep(&mut numbers, &measured)?;
                }
                if is_chosen(&Subject::Memory) {
                    let watch = Stopwatch::start("memory beside upstream's");
                    let runs = controller::curves(site, memory_tasks(arguments.full)).await?;
                    measured.memory = Some(watch.taken(runs, versions.clone()));
                    output.keep(&mut numbers, &measured)?;
                }
                if is_chosen(&Subject::Latency) {
                    let watch = Stopwatch::start("one SealedSecret at a time");
                    let latency = controller::latency::measure(site, arguments.full).await?;
                    measured.latency = Some(watch.taken(latency, versions.clone()));
                    output.keep(&mut numbers, &measured)?;
                }
                if is_chosen(&Subject::Limit) {
                    let watch = Stopwatch::start("the limit of the machine");
                    let limit = controller::limit::measure(site, arguments.full).await?;
                    measured.limit = Some(watch.taken(limit, versions.clone()));
                    output.keep(&mut numbers, &measured)?;
                }
                if is_chosen(&Subject::Scale) {
                    let watch = Stopwatch::start("many SealedSecrets in many namespaces");
                    let sizes = controller::scale::measure(site).await?;
                    measured.scale = Some(watch.taken(sizes, versions.clone()));
                    output.keep(&mut numbers, &measured)?;
                }
                anyhow::Ok(())
            };
            ended(&lab, work).await
        })?;
    }
    println!("\n{}", page::without_plots(&(page::text(&measured, &[], "") + &page::sizes(&measured))));
    output.write(&numbers)
}

/// Runs this command as a release build.
///
/// Decided: because this program is measured too, as the client of the floor and of the limit, and because it shares the cores with what
/// it measures.
fn optimised() -> Result<()> {
    println!("Building this program with optimisations, because it measures requests of its own.");
    let mut command = cargo(&["run", "--quiet", "--release", "--package", "xtask", "--"]);
    command.args(std::env::args_os().skip(1));
    // Paths among the arguments are relative to it.
    command.current_dir(std::env::current_dir().context("there is no working directory")?);
    let status = command.status().context("cannot run cargo")?;
    ensure!(status.success(), "the benchmark ended with {status}");
    Ok(())
}

/// Stops the control plane after the work, or after Ctrl-C.
async fn ended(lab: &Lab, work: impl Future<Output = Result<()>>) -> Result<()> {
    let outcome = tokio::select! {
        outcome = work => outcome,
        outcome = interruption() => outcome,
    };
    lab.stop().await?;
    outcome
}

/// One subject's measurement under way. To be started after the builds.
struct Stopwatch {
    machine: Machine,
    began: Timestamp,
    start: Instant,
}

impl Stopwatch {
    fn start(what: &str) -> Self {
        let machine = Machine::this();
        println!("{}", paint::bold(&format!("\n{what}")));
        println!("on {}\n", machine.describe());
        Self { machine, began: Timestamp::now(), start: Instant::now() }
    }

    fn taken<T>(self, measured: T, versions: BTreeMap<String, String>) -> Taken<T> {
        let date = self.began.to_string();
        let date = date.split('.').next().map_or_else(|| date.clone(), |date| format!("{date}Z"));
        let took_seconds = self.start.elapsed().as_secs_f64();
        Taken { date, machine: self.machine, commit: machine::commit(), versions, took_seconds, measured }
    }
}

/// Where results go.
struct Output {
    folder: PathBuf,
    is_docs: bool,
}

impl Output {
    fn of(arguments: &Arguments) -> Result<Self> {
        let folder = match (&arguments.into, &arguments.plot) {
            _ if arguments.docs => page::docs_folder(),
            (Some(folder), _) => folder.clone(),
            (None, Some(file)) => file.parent().unwrap_or(Path::new("")).to_owned(),
            (None, None) => workspace::target_dir().join("bench"),
        };
        if !folder.as_os_str().is_empty() {
            fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        Ok(Self { folder, is_docs: arguments.docs })
    }

    /// What is in the folder from before.
    fn earlier(&self) -> Result<Numbers> {
        Ok(Numbers::load(&self.folder.join(FILE))?.unwrap_or_default())
    }

    /// Saves the numbers so far: an interruption loses no subject that is done.
    fn keep(&self, numbers: &mut Numbers, measured: &Numbers) -> Result<()> {
        numbers.merge(measured.clone());
        numbers.save(&self.folder.join(FILE))
    }

    fn write(&self, numbers: &Numbers) -> Result<()> {
        numbers.save(&self.folder.join(FILE))?;
        let plots = plots::all(numbers)?;
        for plot in &plots {
            let file = self.folder.join(format!("{}.svg", plot.file));
            fs::write(&file, &plot.svg).with_context(|| format!("cannot write {}", file.display()))?;
        }
        if self.is_docs {
            page::write_docs(numbers, &plots)?;
        } else {
            let text = page::text(numbers, &plots, "") + &page::sizes(numbers);
            let file = self.folder.join("README.md");
            fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
        }
        println!("The numbers, {} plots and the tables are in {}.", plots.len(), self.folder.display());
        Ok(())
    }
}
