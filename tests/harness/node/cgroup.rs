//! The cgroup of a node, with those of its Pods below it. Cgroups of the machine are not touched.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

const ROOT: &str = "/sys/fs/cgroup";
/// The file that lists the controllers of the cgroups below.
const SUBTREE: &str = "cgroup.subtree_control";
const CONTROLLERS: [&str; 5] = ["cpu", "cpuset", "memory", "hugetlb", "pids"];
/// The files of both versions for the share of CPU time, and their largest values. With the usual value all Pods together get as much
/// as one other program of the machine, and a probe is late whenever other tests compute.
const LARGEST_WEIGHT: [(&str, &str); 2] = [("cpu.weight", "10000"), ("cpu.shares", "262144")];
/// How long killed processes may take to leave the cgroup.
const LONGEST: Duration = Duration::from_secs(10);
/// How long killed processes may take to leave the cgroup when the node is dropped.
const DROPPED: Duration = Duration::from_secs(2);
/// Delay between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// A cgroup in each of the machine's hierarchies; version 2 has one.
#[derive(Debug)]
pub(crate) struct Cgroup {
    name: String,
    /// Controllers of version 2 that the machine had not enabled below its root, and the node needs.
    enabled: Vec<&'static str>,
}

impl Cgroup {
    pub(crate) fn make(name: String) -> Result<Self> {
        let mut this = Self { name, enabled: Vec::new() };
        if is_version_2() {
            this.enable_controllers()?;
        }
        for folder in this.folders()? {
            fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
            for (file, weight) in LARGEST_WEIGHT.map(|(file, weight)| (folder.join(file), weight)) {
                if file.exists() {
                    fs::write(&file, weight).with_context(|| format!("cannot write {}", file.display()))?;
                }
            }
        }
        // Version 1 accepts no process in a cgroup with an empty set of CPUs.
        let set = Path::new(ROOT).join("cpuset");
        for file in ["cpuset.cpus", "cpuset.mems"].iter().filter(|file| set.join(file).exists()) {
            fs::copy(set.join(file), set.join(&this.name).join(file))
                .with_context(|| format!("cannot set {file} of the node's cgroup"))?;
        }
        Ok(this)
    }

    /// The path of the cgroup, in the kubelet's form.
    pub(crate) fn path(&self) -> String {
        format!("/{}", self.name)
    }

    /// Removes the cgroup, once its processes have ended.
    pub(crate) async fn remove(&self) -> Result<()> {
        let start = Instant::now();
        loop {
            let removed = self.try_remove();
            if removed.is_ok() || start.elapsed() > LONGEST {
                return removed.context("the node's cgroup cannot be removed");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// The kubelet needs all controllers that the root has.
    fn enable_controllers(&mut self) -> Result<()> {
        let root = Path::new(ROOT);
        let read = |file: &str| {
            fs::read_to_string(root.join(file))
                .with_context(|| format!("cannot read {file} of the root cgroup"))
        };
        let (there, below) = (read("cgroup.controllers")?, read(SUBTREE)?);
        let has = |list: &str, wanted: &str| list.split_whitespace().any(|name| name == wanted);
        for name in CONTROLLERS.into_iter().filter(|name| has(&there, name) && !has(&below, name)) {
            fs::write(root.join(SUBTREE), format!("+{name}"))
                .with_context(|| format!("cannot enable the cgroup controller {name}"))?;
            self.enabled.push(name);
        }
        Ok(())
    }

    /// Tries once to remove the cgroups.
    fn try_remove(&self) -> Result<()> {
        self.folders()?.iter().try_for_each(|folder| remove_tree(folder))?;
        for name in &self.enabled {
            // If another cgroup uses the controller by now, it stays enabled.
            let _ = fs::write(Path::new(ROOT).join(SUBTREE), format!("-{name}"));
        }
        Ok(())
    }

    fn folders(&self) -> Result<Vec<PathBuf>> {
        let root = Path::new(ROOT);
        if is_version_2() {
            return Ok(vec![root.join(&self.name)]);
        }
        let entries = fs::read_dir(root).with_context(|| format!("cannot read {ROOT}"))?;
        let hierarchies = entries.filter_map(Result::ok).map(|entry| entry.path());
        // Names such as `cpu` are links to the hierarchy `cpu,cpuacct` on some machines.
        Ok(hierarchies.filter(|path| path.is_dir()).map(|path| path.join(&self.name)).collect())
    }
}

fn is_version_2() -> bool {
    Path::new(ROOT).join("cgroup.controllers").exists()
}

impl Drop for Cgroup {
    /// For a node that did not start, or that was dropped: its processes were killed just now.
    fn drop(&mut self) {
        let start = Instant::now();
        while self.try_remove().is_err() && start.elapsed() < DROPPED {
            std::thread::sleep(PAUSE);
        }
    }
}

/// Removes a cgroup with those below it. Its files are virtual, and cannot be deleted.
fn remove_tree(dir: &Path) -> Result<()> {
    let Ok(entries) = fs::read_dir(dir) else { return Ok(()) };
    for entry in entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.is_dir()) {
        remove_tree(&entry)?;
    }
    fs::remove_dir(dir).with_context(|| format!("cannot remove {}", dir.display()))
}
