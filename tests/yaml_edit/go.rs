//! [`Go`]: what the YAML readers of Kubernetes, which are written in Go, make of a text.

use anyhow::Result;
use serde::Deserialize;
use serde_json::Value;
use tests::programs::own::judge::Judge;

pub(crate) struct Go(Judge);

/// One text, read by each reader: its documents, or an error. The program `tests/programs/yaml` says who reads so.
#[derive(Debug, Deserialize)]
pub(crate) struct Reading {
    kubectl: Result<Vec<Value>, String>,
    kustomize: Result<Vec<Value>, String>,
}

impl Go {
    pub(crate) fn ready() -> Result<Self> {
        Ok(Self(Judge::ready("yaml")?))
    }

    pub(crate) fn read(&self, texts: [&str; 2]) -> Result<[Reading; 2]> {
        Ok(serde_json::from_str(&self.0.run(&[], &serde_json::to_string(&texts)?)?)?)
    }
}

impl Reading {
    pub(crate) fn readers(self) -> [(&'static str, Result<Vec<Value>, String>); 2] {
        [("kubectl", self.kubectl), ("kustomize", self.kustomize)]
    }
}
