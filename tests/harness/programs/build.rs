//! Builds programs, one after the other: each to a temporary name, then renamed, so that a file under `target/programs`
//! is always a whole program. Called with the lock held.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::programs::program::Program;
use crate::programs::progress::Progress;
use crate::programs::{disk_space, go, stamp};

/// Go's caches after a build from nothing: 1.6 GB of modules, 4.6 GB of compiled packages.
const CACHES: u64 = 6 << 30;
/// All programs, and the one that is being linked.
const OUTPUT: u64 = 1 << 30;

pub(crate) fn build(programs: &[Program], dir: &Path) -> Result<()> {
    let Some(&first) = programs.first() else { return Ok(()) };
    // A missing or old Go shows here first.
    let caches = go::run(&first.module_dir(), &["env", "GOCACHE", "GOMODCACHE"])
        .with_context(|| format!("{first} and {} more must be built with Go", programs.len() - 1))?;
    let cold = caches.lines().any(|cache| is_empty(Path::new(cache)));
    disk_space::check(dir, OUTPUT, "keeping the test programs")?;
    if cold {
        for cache in caches.lines() {
            disk_space::check(Path::new(cache), CACHES, "building the test programs for the first time")?;
        }
    }
    let progress = Progress::start(programs);
    for (turn, &program) in (1..).zip(programs) {
        let go_mod = go::read_go_mod(&program.module_dir())?;
        let step = progress.building(turn, program, &go::version(program, &go_mod));
        build_one(program, &go_mod, dir).with_context(|| format!("{program} could not be built"))?;
        step.done();
    }
    progress.done();
    Ok(())
}

fn build_one(program: Program, go_mod: &str, dir: &Path) -> Result<()> {
    let path = dir.join(program.file_name());
    let unfinished = path.with_extension("unfinished");
    let mut args = go::build_arguments(program, go_mod);
    args.splice(1..1, ["-o".to_owned(), unfinished.display().to_string()]);
    go::run(&program.module_dir(), &args)?;
    fs::rename(&unfinished, &path).with_context(|| format!("cannot rename {}", unfinished.display()))?;
    stamp::write(program, &path)
}

fn is_empty(dir: &Path) -> bool {
    fs::read_dir(dir).map_or(true, |mut entries| entries.next().is_none())
}
