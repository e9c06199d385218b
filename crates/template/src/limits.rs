//! What the templates of one object may cost.

/// The bounds on all templates of one object together. Reaching one ends the rendering with an error that names it.
///
/// In sum, because whoever may write one hostile template may write a thousand, in one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of output. A Secret holds no more than 1 MiB.
    pub output: usize,
    /// Bytes of values made on the way, and of the parsed templates.
    pub memory: usize,
    /// Steps: actions, calls, list items, and so many bytes read by a function.
    pub steps: u64,
    /// How deep templates, actions and parentheses nest, and values within values. The only bound on each alone.
    pub depth: usize,
    /// Milliseconds, about, of key generation and password hashing, whose cost is not in their size.
    pub toil: u64,
}

impl Default for Limits {
    /// Ample for a Secret: an honest template takes some hundred steps and makes some kilobytes. A hostile object gets
    /// some hundred milliseconds and sixteen megabytes.
    ///
    /// `toil` is the exception: upstream's one size of `genPrivateKey "rsa"` is 4096 bits, about a second; two of them
    /// in one object are honest.
    fn default() -> Self {
        Self { output: 1 << 20, memory: 16 << 20, steps: 500_000, depth: 100, toil: 2500 }
    }
}
