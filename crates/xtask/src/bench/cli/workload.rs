//! [`Workload`]: one thing that both programs are given to do.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use envelope::{KeySize, PrivateKey, issue};
use jiff::{SignedDuration, Timestamp};

/// Arguments and standard input, and how often it is worth doing.
#[derive(Debug)]
pub(super) struct Workload {
    pub name: &'static str,
    /// Number of documents on standard input, where it seals documents.
    pub documents: Option<usize>,
    pub args: Vec<String>,
    pub stdin: PathBuf,
    /// The largest number of rounds.
    pub rounds: usize,
    /// No round begins later than this.
    pub limit: Duration,
}

/// Everything that is measured, with its files in `dir`. The key has the size that controllers make.
pub(super) fn all(dir: &Path, full: bool) -> Result<Vec<Workload>> {
    let cert = dir.join("cert.pem");
    let key = PrivateKey::generate(KeySize::Rsa4096)?;
    let certificate = issue(&mut rand::rng(), &key, "", Timestamp::now(), SignedDuration::from_hours(24))?;
    fs::write(&cert, certificate.to_pem()).context("cannot write the certificate")?;
    let cert = cert.display().to_string();

    let workload = |name, documents, args: &[&str], stdin: String, rounds, seconds| {
        let file = dir.join(format!("{name}.in"));
        fs::write(&file, stdin).with_context(|| format!("cannot write {}", file.display()))?;
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        let limit = Duration::from_secs(if full { 2 * seconds } else { seconds });
        anyhow::Ok(Workload { name, documents, args, stdin: file, rounds, limit })
    };
    let seal = ["--cert", cert.as_str(), "--format", "yaml"];
    let raw = ["--cert", cert.as_str(), "--raw", "--namespace", "shop", "--name", "db"];
    let documents =
        |name, count, rounds, seconds| workload(name, Some(count), &seal, secrets(count), rounds, seconds);
    Ok(vec![
        workload("--version", None, &["--version"], String::new(), 40, 4)?,
        workload("--raw", None, &raw, "hunter2".into(), 40, 4)?,
        documents("1 Secret", 1, 40, 4)?,
        documents("100 documents", 100, 11, 6)?,
        documents("1,000 documents", 1_000, 7, 10)?,
        documents("10,000 documents", 10_000, 3, 15)?,
    ])
}

/// Documents of two items each, as `helm template` might print them.
fn secrets(count: usize) -> String {
    let secret = |number| {
        format!(
            "---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: db-{number}\n  namespace: shop\n  labels:\n    app: db\n\
             stringData:\n  username: admin\n  password: correct horse battery staple {number}\n"
        )
    };
    (0..count).map(secret).collect()
}
