//! A tar archive whose bytes depend only on the added files: no times, no owners of this machine.

use std::io;

use tar::{Builder, EntryType, Header};

/// An archive in memory.
pub(crate) struct TarWriter(Builder<Vec<u8>>);

impl TarWriter {
    pub(crate) fn new() -> Self {
        Self(Builder::new(Vec::new()))
    }

    pub(crate) fn directory(&mut self, path: &str) -> io::Result<()> {
        let mut header = header(EntryType::Directory, 0o755);
        self.0.append_data(&mut header, format!("{path}/"), io::empty())
    }

    /// Adds the folders of `path`, but those that hold the entry `last` too. Where entries come sorted by path, all entries of a folder
    /// follow it.
    pub(crate) fn parents(&mut self, path: &str, last: &str) -> io::Result<()> {
        let folders = path.match_indices('/').map(|(end, _)| end);
        folders
            .filter(|end| !last.starts_with(&path[..=*end]))
            .try_for_each(|end| self.directory(&path[..end]))
    }

    pub(crate) fn file(&mut self, path: &str, mode: u32, bytes: &[u8]) -> io::Result<()> {
        let mut header = header(EntryType::Regular, mode);
        header.set_size(bytes.len() as u64);
        self.0.append_data(&mut header, path, bytes)
    }

    pub(crate) fn symlink(&mut self, path: &str, target: &str) -> io::Result<()> {
        self.0.append_link(&mut header(EntryType::Symlink, 0o777), path, target)
    }

    pub(crate) fn finish(self) -> io::Result<Vec<u8>> {
        self.0.into_inner()
    }
}

/// The header of a file that belongs to root, dated 1970.
fn header(kind: EntryType, mode: u32) -> Header {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(0);
    header
}
