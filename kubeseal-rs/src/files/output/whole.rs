//! [`Whole`]: output that is written in parts and appears at once, because a script would take half an output for a
//! whole one.
//!
//! For sealed output, not for plaintext: what memory should not hold goes to a temporary file.

use crate::files::output::replacement::directory;
use crate::files::output::{Output, OutputError, write_file, write_stdout};
use std::fs::File;
use std::io::{self, Seek as _, Write as _};

/// Number of bytes that are held in memory.
const HELD: usize = 1 << 20;

/// An output that has not appeared yet.
#[derive(Debug)]
pub(crate) struct Whole<'a> {
    output: &'a Output,
    held: Vec<u8>,
    spilled: Option<Spilled>,
}

/// Where the rest is stored.
#[derive(Debug)]
enum Spilled {
    /// In a file without a name, which is copied at the end. A signal that ends the program leaves nothing of it.
    Unnamed(File),
    /// In memory: there is no directory for temporary files.
    Held,
}

impl<'a> Whole<'a> {
    pub(crate) fn of(output: &'a Output) -> Self {
        Self { output, held: Vec::new(), spilled: None }
    }

    /// Writes a part.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), OutputError> {
        self.add(bytes).map_err(|error| self.output.failed(error))
    }

    /// Makes the whole output appear.
    pub(crate) fn finish(self) -> Result<(), OutputError> {
        let output = self.output;
        self.appear().map_err(|error| output.failed(error))
    }

    fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.spilled.is_none() && self.held.len() + bytes.len() > HELD {
            let mut spilled = self.spill();
            match &mut spilled {
                Spilled::Unnamed(file) => file.write_all(&self.held)?,
                Spilled::Held => {}
            }
            if !matches!(spilled, Spilled::Held) {
                self.held = Vec::new();
            }
            self.spilled = Some(spilled);
        }
        match &mut self.spilled {
            Some(Spilled::Unnamed(file)) => file.write_all(bytes),
            None | Some(Spilled::Held) => {
                self.held.extend_from_slice(bytes);
                Ok(())
            }
        }
    }

    /// Beside the output, if it is a file, because temporary directories are often small.
    fn spill(&self) -> Spilled {
        let beside = match self.output {
            Output::File(path) => tempfile::tempfile_in(directory(path)).ok(),
            Output::Stdout => None,
        };
        beside.or_else(|| tempfile::tempfile().ok()).map_or(Spilled::Held, Spilled::Unnamed)
    }

    fn appear(self) -> io::Result<()> {
        match (self.spilled, self.output) {
            (None | Some(Spilled::Held), output) => output.put(&self.held),
            (Some(Spilled::Unnamed(mut file)), Output::Stdout) => {
                file.rewind()?;
                write_stdout(|mut stdout| io::copy(&mut file, &mut stdout).map(drop))
            }
            (Some(Spilled::Unnamed(mut file)), Output::File(path)) => {
                file.rewind()?;
                write_file(path, file)
            }
        }
    }
}
