//! The static program on a system whose `/etc/nsswitch.conf` names modules, as those of desktops do. glibc would load them, and a module of
//! another version of glibc ends the program with a signal. Here it is a module that says that it was loaded.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use tests::failure::Unrun;
use tests::process::cli::Cli;

use crate::stage::{Release, certificate};

/// Writes the file `/loaded` when it is loaded.
const MODULE: &str = r#"
#include <fcntl.h>
__attribute__((constructor)) static void loaded(void) { creat("/loaded", 0644); }
"#;

/// The same lookup of names without our program, to see that the module is found where it is.
const LOOKUP: &str = r#"
#include <netdb.h>
#include <stddef.h>
int main(void) { struct addrinfo *found; return getaddrinfo("nowhere.invalid", NULL, NULL, &found) == 0; }
"#;

pub(crate) async fn none_of_its_modules_is_loaded(release: Arc<Release>) -> Result<()> {
    if Cli::new(Path::new("id")).output(&["-u"], b"").await? != b"0\n" {
        return Err(Unrun::new("chroot needs root").into());
    }
    let system = tempfile::tempdir()?;
    let root = system.path();
    fs::create_dir(root.join("etc"))?;
    fs::write(root.join("etc/nsswitch.conf"), "hosts: probe\npasswd: probe\n")?;
    for library in ["libc.so.6", loader()] {
        let path = library_path(library).await?;
        let copy = root.join(path.strip_prefix("/")?);
        fs::create_dir_all(copy.parent().context("no folder")?)?;
        fs::copy(&path, copy)?;
    }
    let libraries = root.join(library_path("libc.so.6").await?.strip_prefix("/")?);
    let libraries = libraries.parent().context("no folder")?.display().to_string();
    compile(root, MODULE, &["-shared", "-fPIC", "-o", &format!("{libraries}/libnss_probe.so.2")]).await?;
    compile(root, LOOKUP, &["-static", "-o", &root.join("lookup").display().to_string()]).await?;
    fs::copy(release.program.path(), root.join("kubeseal-rs"))?;

    // Without any authority, it would not come to looking up a name.
    fs::copy(certificate(), root.join("authority.pem"))?;
    let chroot = Cli::new(Path::new("chroot")).env("SSL_CERT_FILE", "/authority.pem");
    let root_path = root.display().to_string();
    let seal = ["--cert", "http://nowhere.invalid/cert.pem", "--raw", "--name=db", "--namespace=shop"];
    let arguments = [&[root_path.as_str(), "/kubeseal-rs"], &seal[..]].concat();
    // Without HOME, its folder is looked up among the users.
    let error = chroot.clone().env("HOME", "").run(&arguments, b"value").await?.failure(1)?;
    ensure!(error.contains("dns error"), "{error}");
    ensure!(!root.join("loaded").exists(), "kubeseal-rs loaded a module of the system");

    chroot.output(&[root_path.as_str(), "/lookup"], b"").await?;
    ensure!(root.join("loaded").exists(), "no static program loads the module: this test cannot fail");
    Ok(())
}

async fn compile(dir: &Path, source: &str, arguments: &[&str]) -> Result<()> {
    let file = dir.join("source.c").display().to_string();
    fs::write(&file, source)?;
    Cli::new(Path::new("cc")).output(&[&["-w", file.as_str()], arguments].concat(), b"").await?;
    Ok(())
}

/// Where this machine has a library.
async fn library_path(name: &str) -> Result<PathBuf> {
    let printed = Cli::new(Path::new("cc")).output(&[format!("-print-file-name={name}")], b"").await?;
    let path = fs::canonicalize(String::from_utf8(printed)?.trim()).with_context(|| name.to_owned())?;
    Ok(path.with_file_name(name))
}

const fn loader() -> &'static str {
    if cfg!(target_arch = "aarch64") { "ld-linux-aarch64.so.1" } else { "ld-linux-x86-64.so.2" }
}
