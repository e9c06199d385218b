//! The two formats of archives. Neither holds a time, an owner, or anything else of this machine.

use std::io::{Cursor, Write as _};

use anyhow::{Context as _, Result};
use flate2::{Compression, GzBuilder};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::archive::content::Content;
use crate::tar_writer::TarWriter;

/// A `.tar.gz`, which every Linux and macOS unpacks.
pub(crate) fn tar_gz(content: &Content) -> Result<Vec<u8>> {
    let mut tar = TarWriter::new();
    let mut last = "";
    for (path, entry) in &content.entries {
        tar.parents(path, last)?;
        tar.file(path, if entry.is_program { 0o755 } else { 0o644 }, &entry.bytes)?;
        last = path;
    }
    // 255: of unknown origin; the default is the system that wrote it.
    let mut gzip = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
    gzip.write_all(&tar.finish()?)?;
    gzip.finish().context("cannot compress")
}

/// A `.zip`, which every Windows unpacks.
pub(crate) fn zip(content: &Content) -> Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, entry) in &content.entries {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9))
            // The oldest time that the format knows: 1980.
            .last_modified_time(DateTime::default())
            .unix_permissions(if entry.is_program { 0o755 } else { 0o644 });
        zip.start_file(path, options).context("cannot write a zip archive")?;
        zip.write_all(&entry.bytes)?;
    }
    Ok(zip.finish().context("cannot write a zip archive")?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;
    use crate::archive::content::Entry;

    fn content() -> Content {
        let mut content = Content::default();
        for (path, is_program) in
            [("LICENSE", false), ("kubeseal-rs", true), ("man/man1/kubeseal-rs.1", false)]
        {
            let bytes = path.repeat(100).into_bytes();
            content.entries.insert(path.to_owned(), Entry { bytes, is_program });
        }
        content
    }

    #[test]
    fn a_tar_archive_holds_the_files_and_nothing_of_this_machine() -> Result<()> {
        let archive = tar_gz(&content())?;
        assert_eq!(archive, tar_gz(&content())?);
        // The time, and the system, of RFC 1952.
        assert_eq!((&archive[4..8], archive[9]), (&[0; 4][..], 255));
        let mut found = Vec::new();
        for entry in tar::Archive::new(GzDecoder::new(&archive[..])).entries()? {
            let entry = entry?;
            let header = entry.header();
            assert_eq!((header.uid()?, header.gid()?, header.mtime()?), (0, 0, 0));
            found.push((entry.path()?.display().to_string(), header.mode()?, header.size()?));
        }
        let expected = [
            ("LICENSE", 0o644, 700),
            ("kubeseal-rs", 0o755, 1100),
            ("man/", 0o755, 0),
            ("man/man1/", 0o755, 0),
            ("man/man1/kubeseal-rs.1", 0o644, 2200),
        ];
        assert_eq!(found, expected.map(|(path, mode, size)| (path.to_owned(), mode, size)));
        Ok(())
    }

    #[test]
    fn a_zip_archive_holds_the_files_and_no_time_of_this_machine() -> Result<()> {
        let archive = zip(&content())?;
        assert_eq!(archive, zip(&content())?);
        let mut archive = zip::ZipArchive::new(Cursor::new(archive))?;
        let wanted = content().entries;
        assert_eq!(archive.len(), wanted.len());
        for (path, entry) in wanted {
            let mut file = archive.by_name(&path)?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            assert_eq!(bytes, entry.bytes);
            assert_eq!(file.last_modified(), Some(DateTime::default()));
            assert_eq!(
                file.unix_mode().map(|mode| mode & 0o777),
                Some(if entry.is_program { 0o755 } else { 0o644 })
            );
        }
        Ok(())
    }
}
