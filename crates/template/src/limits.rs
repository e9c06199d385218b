//! What one rendering may cost.

/// The bounds on one rendering. Reaching one ends it with an error that names the bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of output. A Secret holds no more than 1 MiB.
    pub output: usize,
    /// Bytes of values made on the way, in sum over the rendering, and of the parsed template.
    pub memory: usize,
    /// Steps: actions, calls, list items, and so many bytes read by a function.
    pub steps: u64,
    /// How deep templates, actions and parentheses nest, and values within values.
    pub depth: usize,
    /// Milliseconds, about, of key generation and password hashing, whose cost is not in their size.
    pub toil: u64,
}

impl Default for Limits {
    /// Ample for a Secret; a hostile template gets some hundred milliseconds and sixteen megabytes.
    ///
    /// `toil` is the exception: upstream's one size of `genPrivateKey "rsa"` is 4096 bits, about a second.
    fn default() -> Self {
        Self { output: 1 << 20, memory: 16 << 20, steps: 500_000, depth: 100, toil: 1500 }
    }
}
