//! What is left of the limits.

use crate::error::{Bound, Fault, Result};
use crate::limits::Limits;
use std::cell::Cell;

/// So many bytes are read or compared in about the time of one step.
const BYTES: usize = 256;

/// Counts what the templates of one object have spent against their limits.
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

    /// The next template begins at the surface, wherever the one before it ended.
    pub(crate) fn surface(&self) {
        self.depth.set(0);
    }

    /// Before so many bytes of output.
    pub(crate) fn output(&self, bytes: usize) -> Result<()> {
        let spent = self.output.get().saturating_add(bytes);
        self.output.set(spent);
        if spent > self.limits.output {
            return Err(Fault::Limit(Bound::Output(self.limits.output)));
        }
        Ok(())
    }

    /// Before so many bytes are made.
    pub(crate) fn memory(&self, bytes: usize) -> Result<()> {
        let spent = self.memory.get().saturating_add(bytes);
        self.memory.set(spent);
        if spent > self.limits.memory {
            return Err(Fault::Limit(Bound::Memory(self.limits.memory)));
        }
        Ok(())
    }

    pub(crate) fn steps(&self, count: usize) -> Result<()> {
        let spent = self.steps.get().saturating_add(count as u64);
        self.steps.set(spent);
        if spent > self.limits.steps {
            return Err(Fault::Limit(Bound::Steps(self.limits.steps)));
        }
        Ok(())
    }

    /// Before so many bytes are looked at, `times` over. Short ones come with the step that looks at them.
    pub(crate) fn read(&self, bytes: usize, times: usize) -> Result<()> {
        self.steps((bytes / BYTES).saturating_mul(times))
    }

    /// Before work that takes about so many milliseconds whatever its size.
    pub(crate) fn toil(&self, milliseconds: u64) -> Result<()> {
        let spent = self.toil.get().saturating_add(milliseconds);
        self.toil.set(spent);
        if spent > self.limits.toil {
            return Err(Fault::Limit(Bound::Toil(self.limits.toil)));
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
            return Err(Fault::Limit(Bound::Depth(self.limits.depth)));
        }
        Ok(())
    }
}
