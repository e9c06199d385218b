//! Argo CD and Flux themselves judge an object: Argo CD's own Lua files, and Flux's own kstatus library and CEL
//! evaluator (`tests/programs/health`). The expected results are in `health`.

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::Value;
use tests::programs::own::judge::Judge as Program;

use super::page;

const ARGO_CD: &str = "github.com/argoproj/argo-cd/v3";
/// The last version whose rule reads only the conditions, and a version whose rule reads the generation too.
const PLAIN: (&str, &str) = ("v3.5.0", "h1:iqnPFSKaQ0l3hREMH2Rk55VDcxrvBFaSO0g9bifZKzc=");
const STRICT: (&str, &str) = ("v3.5.7", "h1:Xm1BF+I5OgDKUG3SDK49vn2/Y5AMyaNVko+/JT08gj0=");
const RULE: &str = "resource_customizations/bitnami.com/SealedSecret/health.lua";

/// The verdict of each about one object, as they print it.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Verdict {
    /// Argo CD's rule up to v3.5.0.
    pub plain: String,
    /// Argo CD's rule today.
    pub strict: String,
    /// Flux by kstatus, which a Kustomization with `wait: true` uses.
    pub kstatus: String,
    /// Flux, by the `healthCheckExprs` of `controller/docs/gitops.md`.
    pub cel: String,
}

pub(super) struct Judge {
    program: Program,
    arguments: Vec<String>,
}

impl Judge {
    /// Builds the program and downloads the rules. Blocks for a minute or two the first time.
    pub(super) fn ready() -> Result<Self> {
        let program = Program::ready("health")?;
        let rule = |name: &str, (version, sum): (&str, &str)| {
            let files = program.files_of(ARGO_CD, version, sum)?;
            anyhow::Ok(format!("{name}={}", files.join(RULE).display()))
        };
        let expressions = page::expressions()?.to_string();
        let arguments = vec![expressions, rule("plain", PLAIN)?, rule("strict", STRICT)?];
        Ok(Self { program, arguments })
    }

    /// The verdicts about `object`, as the API server returned it.
    pub(super) fn verdict(&self, object: &Value) -> Result<Verdict> {
        let answer = self.program.run(&self.arguments, &object.to_string())?;
        serde_json::from_str(&answer).with_context(|| format!("no verdict: {answer}"))
    }
}
