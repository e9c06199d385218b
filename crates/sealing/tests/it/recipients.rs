//! SealedSecrets for several recipients: who opens them, what changes break, and what each message says.

mod changes;
mod hostile;
mod opens;
mod reseals;
mod sealed;
