//! Reads an executable's headers: whether it starts without a loader and libraries. 64 bits, little-endian: all that
//! static programs are built for.

use anyhow::{Context as _, Result, ensure};

/// Type of the program header by which an executable names its loader. The other type is its dynamic section.
const PT_INTERP: u64 = 3;
const PT_DYNAMIC: u64 = 2;
/// The tag by which the dynamic section names a library.
const DT_NEEDED: u64 = 1;

/// An executable in the Executable and Linkable Format.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Elf<'a> {
    bytes: &'a [u8],
}

impl<'a> Elf<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self> {
        ensure!(bytes.starts_with(b"\x7fELF\x02\x01"), "no ELF executable of 64 bits, little-endian");
        Ok(Self { bytes })
    }

    /// Whether it names neither a loader nor a library. A dynamic section alone does not mean that: a
    /// position-independent static executable has one.
    pub(crate) fn is_static(self) -> Result<bool> {
        let (first, size, count) = (self.number(32, 8)?, self.number(54, 2)?, self.number(56, 2)?);
        for header in (0..count).map(|index| first + index * size) {
            match self.number(header, 4)? {
                PT_INTERP => return Ok(false),
                PT_DYNAMIC => {
                    let (start, length) = (self.number(header + 8, 8)?, self.number(header + 32, 8)?);
                    for entry in (start..start + length).step_by(16) {
                        if self.number(entry, 8)? == DT_NEEDED {
                            return Ok(false);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(true)
    }

    fn number(self, offset: u64, length: usize) -> Result<u64> {
        let start = usize::try_from(offset)?;
        let bytes = self.bytes.get(start..).and_then(|rest| rest.get(..length));
        let bytes = bytes.context("the file ends within its headers")?;
        Ok(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}

#[cfg(test)]
mod tests {
    use std::{env, fs};

    use super::*;

    /// An executable with one program header of `kind`, whose content is one entry of a dynamic section.
    fn executable(kind: u8, tag: u8) -> Vec<u8> {
        let mut bytes = b"\x7fELF\x02\x01".to_vec();
        bytes.resize(64 + 56 + 16, 0);
        (bytes[32], bytes[54], bytes[56]) = (64, 56, 1);
        bytes[64] = kind;
        (bytes[64 + 8], bytes[64 + 32]) = (64 + 56, 16);
        bytes[64 + 56] = tag;
        bytes
    }

    #[test]
    fn a_static_executable_names_no_interpreter_and_no_library() -> Result<()> {
        let is_static = |bytes: &[u8]| Elf::parse(bytes)?.is_static();
        assert!(is_static(&executable(1, 0))?);
        assert!(is_static(&executable(2, 0))?, "a static executable at any address");
        assert!(!is_static(&executable(2, 1))?, "one that names a library");
        assert!(!is_static(&executable(3, 0))?, "one that names a loader");
        Ok(())
    }

    #[test]
    fn this_test_needs_libraries() -> Result<()> {
        let own = fs::read(env::current_exe()?)?;
        assert!(!Elf::parse(&own)?.is_static()?);
        Ok(())
    }

    #[test]
    fn a_file_that_is_cut_off_is_an_error() {
        let whole = executable(2, 0);
        assert!(Elf::parse(&whole[..4]).is_err());
        assert!(Elf::parse(&whole[..100]).and_then(Elf::is_static).is_err());
    }
}
