//! The JSON file of [`Numbers`].

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::numbers::Numbers;

impl Numbers {
    /// Those of a file; none if there is no such file.
    pub(super) fn load(file: &Path) -> Result<Option<Self>> {
        if !file.exists() {
            return Ok(None);
        }
        let text = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        let numbers = serde_json::from_slice(&text);
        numbers
            .map(Some)
            .with_context(|| format!("{} was not written by this version of `cargo xtask bench`: remove the subject that has another form, or the file", file.display()))
    }

    pub(super) fn save(&self, file: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).context("numbers do not become JSON")?;
        fs::write(file, text + "\n").with_context(|| format!("cannot write {}", file.display()))
    }

    /// Replaces each subject that `newer` has.
    pub(super) fn merge(&mut self, newer: Self) {
        let Self { cli, controller, memory, latency, limit, scale } = newer;
        replace(&mut self.cli, cli);
        replace(&mut self.controller, controller);
        replace(&mut self.memory, memory);
        replace(&mut self.latency, latency);
        replace(&mut self.limit, limit);
        replace(&mut self.scale, scale);
    }
}

fn replace<T>(old: &mut Option<T>, newer: Option<T>) {
    if newer.is_some() {
        *old = newer;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::sample;

    #[test]
    fn numbers_are_the_same_after_a_round_trip() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("numbers.json");
        assert_eq!(Numbers::load(&file).unwrap(), None);
        let numbers = sample::numbers();
        numbers.save(&file).unwrap();
        assert_eq!(Numbers::load(&file).unwrap(), Some(numbers));
        fs::write(&file, "[]").unwrap();
        let error = Numbers::load(&file).unwrap_err().to_string();
        assert!(error.contains("was not written by this version of `cargo xtask bench`: remove"), "{error}");
    }

    #[test]
    fn a_later_measurement_replaces_its_own_subject_only() {
        let mut old = sample::numbers();
        let mut newer = sample::numbers();
        newer.limit.as_mut().unwrap().commit = "newer".into();
        let limit = newer.limit.clone();
        old.merge(Numbers { limit: newer.limit, ..Numbers::default() });
        assert_eq!(old, Numbers { limit, ..sample::numbers() });
    }
}
