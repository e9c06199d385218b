//! `-f` and `-w`: every spelling, every ending, files that exist and files that do not.
//!
//! Not tested: `-w /dev/stdout`. Upstream's kubeseal writes beside the file and renames, which as root replaces the
//! device by a plain file. Cases name files in their own folder only.

use std::sync::Arc;

use anyhow::Result;

use crate::case::Case;
use crate::families::JSON;
use crate::family::Family;
use crate::judge::judge;
use crate::stage::Stage;

const INPUTS: [&str; 5] = ["-f in.json", "-f in.yaml", "-fin.json", "--secret-file=in.yaml", "-f /dev/stdin"];
const OUTPUTS: [&str; 10] = [
    "",
    "-w out.json",
    "-w out.yaml",
    "-w out.yml",
    "-w out.YAML",
    "-w out",
    "-wout.yaml",
    "--sealed-secret-file=out.json",
    "-w there.yaml",
    "-w in.json",
];
const FORMATS: [&str; 3] = ["", "-o yaml", "--format=json"];

const YAML: &str = "kind: Secret\nmetadata: {name: why, namespace: shop}\nstringData: {k: v}\n";

pub(crate) async fn agree(stage: Arc<Stage>) -> Result<()> {
    let mut cases = Vec::new();
    for input in INPUTS {
        for output in OUTPUTS {
            for format in FORMATS {
                let args = format!("{input} {output} {format}");
                let case = Case::bare(&args, "--cert cert.pem").args(&args).stdin(JSON);
                let long = "x".repeat(5_000);
                cases.push(case.file("in.json", JSON).file("in.yaml", YAML).file("there.yaml", long));
            }
        }
    }
    for (name, content) in
        [("broken", "{"), ("empty", ""), ("without data", "kind: Secret\nmetadata: {name: x}\n")]
    {
        // Upstream's kubeseal never ends on an open brace, and keeps a processor busy.
        let outputs: &[&str] =
            if name == "broken" { &["-w there.yaml"] } else { &["-w out.yaml", "-w there.yaml", ""] };
        for output in outputs {
            let case =
                Case::bare(format!("{name} {output}"), "--cert cert.pem -n shop -f in.yaml").args(output);
            cases.push(case.file("in.yaml", content).file("there.yaml", "kept: true\n"));
        }
    }
    judge(&stage, Family::Files, cases).await
}
