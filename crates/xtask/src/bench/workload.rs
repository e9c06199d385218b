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
    pub args: Vec<String>,
    pub stdin: PathBuf,
    /// The largest number of rounds.
    pub rounds: usize,
    /// No round begins later than this.
    pub limit: Duration,
}

/// Everything that is measured, with its files in `dir`. The key has the size that controllers make.
pub(super) fn all(dir: &Path) -> Result<Vec<Workload>> {
    let cert = dir.join("cert.pem");
    let key = PrivateKey::generate(KeySize::Rsa4096)?;
    let certificate = issue(&mut rand::rng(), &key, "", Timestamp::now(), SignedDuration::from_hours(24))?;
    fs::write(&cert, certificate.to_pem()).context("cannot write the certificate")?;
    let cert = cert.display().to_string();

    let workload = |name, args: &[&str], stdin: String, rounds, seconds| {
        let file = dir.join(format!("{name}.in"));
        fs::write(&file, stdin).with_context(|| format!("cannot write {}", file.display()))?;
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        anyhow::Ok(Workload { name, args, stdin: file, rounds, limit: Duration::from_secs(seconds) })
    };
    let seal = ["--cert", cert.as_str(), "--format", "yaml"];
    let raw = ["--cert", cert.as_str(), "--raw", "--namespace", "shop", "--name", "db"];
    Ok(vec![
        workload("--version", &["--version"], String::new(), 40, 5)?,
        workload("1 Secret", &seal, secrets(1), 40, 5)?,
        workload("--raw", &raw, "hunter2".into(), 40, 5)?,
        workload("500 documents", &seal, secrets(500), 11, 15)?,
        workload("1,000 documents", &seal, secrets(1_000), 7, 20)?,
        workload("10,000 documents", &seal, secrets(10_000), 3, 40)?,
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
