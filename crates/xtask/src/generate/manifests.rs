//! `charts/kustomize/controller.yaml`, for users without Helm: what the chart renders with its own values, for the namespace and
//! the names that every kubeseal looks for.

use anyhow::{Context as _, Result};
use harness::chart::Chart;
use harness::programs::Programs;
use harness::programs::program::Program;
use harness::workspace;
use tokio::runtime::Runtime;

use super::generated::Generated;

const HEADER: &str = "# Generated from charts/sealed-secrets by `cargo xtask generate`. Change it there; README.md beside \
                      this file says how to\n# install it.\n";

/// Where upstream's manifests put it too.
const NAMESPACE: &str = "kube-system";

/// Helm's own labels, and comments that name files which are not in this repository.
const HELMS: [&str; 3] = ["app.kubernetes.io/managed-by: Helm", "helm.sh/chart: ", "# Source: "];

pub(super) fn generated() -> Result<Generated> {
    let programs =
        Programs::ready(&[Program::Helm]).context("helm, which renders the chart, could not be had")?;
    let chart = Chart::new(programs.path(Program::Helm)?, NAMESPACE);
    let runtime = Runtime::new().context("cannot start the async runtime")?;
    let rendered = runtime.block_on(chart.render())?;
    Ok(Generated {
        path: workspace::root().join("charts/kustomize/controller.yaml"),
        contents: contents(rendered.yaml()),
        source: "charts/sealed-secrets",
    })
}

fn contents(rendered: &str) -> String {
    let is_helms = |line: &str| HELMS.iter().any(|helms| line.trim_start().starts_with(helms));
    // The header of the CustomResourceDefinition's own file would be wrong here.
    let generated = |line: &str| line.starts_with("# Generated from ");
    let lines = rendered.lines().filter(|line| !is_helms(line) && !generated(line)).map(str::trim_end);
    let mut text = HEADER.to_owned();
    // Helm and the files it reads both begin a document; one mark is enough.
    let mut begun = false;
    for line in lines {
        let begins = line == "---";
        if !(begins && begun) {
            text.push_str(line);
            text.push('\n');
        }
        begun = begins || (begun && line.is_empty());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_helms_is_left() {
        let rendered = "---\n# Source: a\n# Generated from b\n---\nkind: A\nlabels:\n  helm.sh/chart: c-1\n  d: e\n---\nkind: B\n";
        let expected = format!("{HEADER}---\nkind: A\nlabels:\n  d: e\n---\nkind: B\n");
        assert_eq!(contents(rendered), expected);
    }
}
