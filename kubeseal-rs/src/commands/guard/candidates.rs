//! Which files to scan: those below a path (`walk`), or those that are staged in Git (`staged`).

pub(crate) mod pathspec;
pub(crate) mod staged;
pub(crate) mod walk;
