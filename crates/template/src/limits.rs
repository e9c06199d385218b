//! [`Limits`]: what the templates of one object may cost together; and [`Budget`]: what is left of that.

use crate::error::{Bound, Cause, Result};
use std::cell::Cell;

/// The limits of all templates of one object together, because one object may have a thousand hostile templates. A rendering that reaches
/// one ends with an error that names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of output. A Secret holds no more than 1 MiB.
    pub output: usize,
    /// Bytes of values that are made on the way, and of the parsed templates.
    pub memory: usize,
    /// Steps: actions, calls, list items, and every 256 bytes that a function reads.
    pub steps: u64,
    /// The depth to which templates, actions, parentheses and values nest. The only limit that is for each template alone.
    pub depth: usize,
    /// Milliseconds of key generation, signatures and password hashing, whose cost does not depend on size: estimates that were measured
    /// on one core of an ordinary server, and rounded up.
    pub toil: u64,
}

impl Default for Limits {
    /// Ample for a Secret: an honest template takes some hundred steps and some kilobytes. A hostile object gets a tenth of a second and
    /// sixteen megabytes.
    ///
    /// `toil` is larger: a hostile object may cost some six tenths of a second. The smallest honest use decides: `genPrivateKey "rsa"` has
    /// 4096 bits in sprig, which takes half a second on average, and sometimes more than one. So an object may have one such key and a
    /// hash; or five RSA keys of 2048 bits, as an authority with the certificates that it signs; or eight password hashes; or three
    /// passwords of `derivePassword`.
    fn default() -> Self {
        Self { output: 1 << 20, memory: 16 << 20, steps: 500_000, depth: 100, toil: 600 }
    }
}

/// The number of bytes that are read or compared in about the time of one step.
const BYTES: usize = 256;

/// Counts what the templates of one object spend, and fails where that is more than their limits.
pub(crate) struct Budget {
    limits: Limits,
    output: Cell<usize>,
    memory: Cell<usize>,
    steps: Cell<u64>,
    toil: Cell<u64>,
    depth: Cell<usize>,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            output: Cell::new(0),
            memory: Cell::new(0),
            steps: Cell::new(0),
            toil: Cell::new(0),
            depth: Cell::new(0),
        }
    }

    /// Resets the depth, before the next template.
    pub(crate) fn surface(&self) {
        self.depth.set(0);
    }

    /// Pays for bytes of output, before they are written.
    pub(crate) fn output(&self, bytes: usize) -> Result<()> {
        let spent = self.output.get().saturating_add(bytes);
        self.output.set(spent);
        if spent > self.limits.output {
            return Err(Cause::Limit(Bound::Output(self.limits.output)));
        }
        Ok(())
    }

    /// Pays for bytes of memory, before they are taken.
    pub(crate) fn memory(&self, bytes: usize) -> Result<()> {
        let spent = self.memory.get().saturating_add(bytes);
        self.memory.set(spent);
        if spent > self.limits.memory {
            return Err(Cause::Limit(Bound::Memory(self.limits.memory)));
        }
        Ok(())
    }

    /// Pays for steps, before they are taken.
    pub(crate) fn steps(&self, count: usize) -> Result<()> {
        let spent = self.steps.get().saturating_add(count as u64);
        self.steps.set(spent);
        if spent > self.limits.steps {
            return Err(Cause::Limit(Bound::Steps(self.limits.steps)));
        }
        Ok(())
    }

    /// Pays for reading `bytes` bytes `times` times. Less than 256 bytes cost nothing beside the step that reads them.
    pub(crate) fn read(&self, bytes: usize, times: usize) -> Result<()> {
        self.steps((bytes / BYTES).saturating_mul(times))
    }

    /// Pays for work that takes about so long whatever its size, before it is done.
    pub(crate) fn toil(&self, milliseconds: u64) -> Result<()> {
        let spent = self.toil.get().saturating_add(milliseconds);
        self.toil.set(spent);
        if spent > self.limits.toil {
            return Err(Cause::Limit(Bound::Toil(self.limits.toil)));
        }
        Ok(())
    }

    /// Goes one level deeper in the template; `ascend` must follow unless the rendering fails.
    pub(crate) fn descend(&self) -> Result<()> {
        let depth = self.depth.get() + 1;
        self.depth.set(depth);
        self.nested(depth)
    }

    pub(crate) fn ascend(&self) {
        self.depth.set(self.depth.get().saturating_sub(1));
    }

    /// Checks a depth that the caller counts.
    pub(crate) fn nested(&self, depth: usize) -> Result<()> {
        if depth > self.limits.depth {
            return Err(Cause::Limit(Bound::Depth(self.limits.depth)));
        }
        Ok(())
    }
}
