//! Reads an archive with a tar reader.

use std::collections::BTreeMap;
use std::io::Read as _;

use anyhow::{Context as _, Result};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tar::EntryType;
use tempfile::TempDir;

use super::*;

/// An image with a program, a file in the same folder, a file in another folder, and a link.
fn image(dir: &TempDir) -> Result<Image> {
    let source = dir.path().join("source");
    fs::write(&source, "content")?;
    Ok(Image::new("registry.example.com/tools/web:1".parse()?)
        .program("/usr/bin/web", &source)
        .file("/usr/bin/data", &source, 0o640)
        .file("/etc/data", &source, 0o444)
        .symlink("/web", "usr/bin/web")
        .entrypoint(&["web"]))
}

/// The files of a tar archive, by their path.
fn files(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in tar::Archive::new(bytes).entries()? {
        let mut entry = entry?;
        let mut content = Vec::new();
        entry.read_to_end(&mut content)?;
        files.insert(entry.path()?.display().to_string(), content);
    }
    Ok(files)
}

fn json_in(files: &BTreeMap<String, Vec<u8>>, path: &str) -> Result<Value> {
    let bytes = files.get(path).with_context(|| format!("no {path} in the archive"))?;
    Ok(serde_json::from_slice(bytes)?)
}

fn blob(digest: &Value) -> String {
    format!("blobs/{}", digest.as_str().unwrap_or_default().replace(':', "/"))
}

#[test]
fn written_twice_it_is_the_same_file() -> Result<()> {
    let (first, second) = (TempDir::new()?, TempDir::new()?);
    let (one, other) = (first.path().join("new/image.tar"), second.path().join("image.tar"));
    let digest = image(&first)?.write(&one)?.digest;
    // Files with other times, in another folder.
    fs::File::open(first.path().join("source"))?.set_modified(std::time::SystemTime::UNIX_EPOCH)?;
    assert_eq!(image(&second)?.write(&other)?.digest, digest);
    assert_eq!(fs::read(one)?, fs::read(other)?);
    Ok(())
}

#[test]
fn files_belong_to_root_and_have_their_mode() -> Result<()> {
    let dir = TempDir::new()?;
    let layer = image(&dir)?.layer()?;
    let mut found = Vec::new();
    for entry in tar::Archive::new(&layer[..]).entries()? {
        let entry = entry?;
        let header = entry.header();
        assert_eq!((header.uid()?, header.gid()?, header.mtime()?), (0, 0, 0));
        found.push((entry.path()?.display().to_string(), header.entry_type(), header.mode()?));
    }
    let (directory, file, link) = (EntryType::Directory, EntryType::Regular, EntryType::Symlink);
    let expected = [
        ("etc/", directory, 0o755),
        ("etc/data", file, 0o444),
        ("usr/", directory, 0o755),
        ("usr/bin/", directory, 0o755),
        ("usr/bin/data", file, 0o640),
        ("usr/bin/web", file, 0o755),
        ("web", link, 0o777),
    ];
    assert_eq!(found, expected.map(|(path, kind, mode)| (path.to_owned(), kind, mode)));
    Ok(())
}

#[test]
fn each_part_is_found_by_the_digest_of_the_one_before() -> Result<()> {
    let dir = TempDir::new()?;
    let image = image(&dir)?;
    let archive = image.archive()?;
    let files = files(&archive.bytes)?;
    for (path, content) in &files {
        if let Some(digest) = path.strip_prefix("blobs/sha256/").filter(|digest| !digest.is_empty()) {
            let hashed = Sha256::digest(content);
            assert_eq!(digest, hashed.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}")));
        }
    }
    assert_eq!(json_in(&files, "oci-layout")?, json!({ "imageLayoutVersion": "1.0.0" }));
    let described = &json_in(&files, "index.json")?["manifests"][0];
    assert_eq!(described["digest"], archive.digest.as_str());
    assert_eq!(
        described["annotations"],
        json!({
            "io.containerd.image.name": "registry.example.com/tools/web:1",
            "org.opencontainers.image.ref.name": "1",
        })
    );
    let manifest = json_in(&files, &blob(&described["digest"]))?;
    let (config, layer) = (blob(&manifest["config"]["digest"]), blob(&manifest["layers"][0]["digest"]));
    assert_eq!(files[&layer], image.layer()?);
    assert_eq!(json_in(&files, &config)?["rootfs"]["diff_ids"][0], manifest["layers"][0]["digest"]);
    assert_eq!(
        json_in(&files, "manifest.json")?,
        json!([{ "Config": config, "RepoTags": ["registry.example.com/tools/web:1"], "Layers": [layer] }])
    );
    Ok(())
}

#[test]
fn a_program_that_is_not_there_is_named() -> Result<()> {
    let image = Image::new("web".parse()?).program("/web", Path::new("/nowhere/web"));
    let error = image.archive().err().context("it was written")?;
    assert_eq!(error.to_string(), "cannot read /nowhere/web");
    Ok(())
}
