//! [`Command`]: the commands of a release, as `cargo xtask release` and as the program of this package.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::program::Linkage;
use crate::{archive, krew, workspace};

/// The commands of a release.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Build kubeseal-rs for this machine's platform, and write its archive
    Archive {
        /// Folder to write to [default: target/archives]
        #[arg(long, value_name = "DIR")]
        output: Option<PathBuf>,
        /// On Linux: link glibc dynamically, so that names are looked up as nsswitch.conf says
        #[arg(long)]
        dynamic: bool,
    },
    /// Write DIR/sealed-secrets.yaml, the Krew manifest of the archives in DIR
    Krew {
        /// Folder with the archives
        dir: PathBuf,
        /// Where the archives are downloaded from, up to the name of the file
        #[arg(long, value_name = "URL")]
        download_url: String,
        /// The project's page
        #[arg(long, value_name = "URL")]
        homepage: String,
    },
}

impl Command {
    /// Runs it, and prints the path of each file that it wrote.
    pub fn run(self) -> Result<()> {
        match self {
            Self::Archive { output, dynamic } => {
                let dir = output.unwrap_or_else(|| workspace::target_dir().join("archives"));
                print_written(&archive::build(&dir, Linkage::of_archive(dynamic))?);
            }
            Self::Krew { dir, download_url, homepage } => {
                print_written(&krew::write(&dir, &download_url, &homepage)?);
            }
        }
        Ok(())
    }
}

/// Prints a path as it is typed from here.
#[expect(clippy::print_stdout, reason = "the output of a command")]
fn print_written(path: &Path) {
    let shown = env::current_dir().ok().and_then(|dir| path.strip_prefix(dir).ok()).unwrap_or(path);
    println!("{} written", shown.display());
}
