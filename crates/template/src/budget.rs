//! What is left of the limits.

use crate::error::{Bound, Fault, Result};
use crate::limits::Limits;
use std::cell::Cell;

/// Counts what a rendering has spent against its limits.
pub(crate) struct Budget {
    limits: Limits,
    memory: Cell<usize>,
    steps: Cell<u64>,
    toil: Cell<u64>,
    depth: Cell<usize>,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, memory: Cell::new(0), steps: Cell::new(0), toil: Cell::new(0), depth: Cell::new(0) }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
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
