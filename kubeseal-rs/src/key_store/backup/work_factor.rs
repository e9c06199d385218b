//! How much work it is to try a passphrase on a backup, as a power of two.
//!
//! Decided: it is fixed, because the crate `age` would time the machine, both when it writes and when it reads: a busy
//! machine would refuse what an idle one wrote.

/// For new backups: about a second and 256 MiB, as `age -p`.
pub(crate) const WORK: u8 = 18;

/// The highest factor of a backup that is read, as `age -d`: 4 GiB. Earlier versions of this program chose a factor
/// that took the machine a second.
pub(crate) const MOST_WORK: u8 = 22;
