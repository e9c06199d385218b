//! What the templates of one object may cost.

/// The bounds on all templates of one object together. Reaching one ends the rendering with an error that names it.
///
/// In sum, because one object may have a thousand hostile templates.
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
    /// Milliseconds, about, of key generation, signatures and password hashing, whose cost is not in their size. As measured on
    /// one core of an ordinary server, and rather more than less.
    pub toil: u64,
}

impl Default for Limits {
    /// Ample for a Secret: an honest template takes some hundred steps and makes some kilobytes. A hostile object gets
    /// a tenth of a second and sixteen megabytes.
    ///
    /// `toil` is the exception, and a hostile object costs some six tenths of a second by it. The least that is honest decides: sprig's one
    /// size of `genPrivateKey "rsa"` is 4096 bits, which takes half a second in the mean, and where the dice fall badly more than
    /// one. So an object may ask for one such key and a hash beside it; or for five RSA keys of 2048 bits, as an authority with
    /// the certificates it signs; or for eight hashes of passwords; or for three passwords of `derivePassword`.
    fn default() -> Self {
        Self { output: 1 << 20, memory: 16 << 20, steps: 500_000, depth: 100, toil: 600 }
    }
}
