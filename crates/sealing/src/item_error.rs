//! What can be wrong with one item of `spec.encryptedData`, or with one template of `spec.template.data`.

use api::Scope;
use template::TemplateError;

/// One item that does not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemError {
    /// The item's key.
    pub key: String,
    /// What is wrong with it.
    pub kind: ItemErrorKind,
}

/// What is wrong with an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemErrorKind {
    /// Not base64.
    NotBase64,
    /// An envelope that ends early.
    Truncated,
    /// It opens, but under another scope than the annotations state.
    OtherScope(Scope),
    /// Not tried, because items before it did not open, or took too many keys to open.
    NotTried,
    /// No key opens it, under any scope, for this namespace and name.
    NoKeyOpens,
    /// No key opens it, and the key that it was sealed with is known to have leaked.
    KeyRevoked,
}

/// A template that does not render.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadTemplate {
    /// What is wrong with it.
    Faulty(TemplateError),
    /// Not rendered, because templates before it spent what all templates of an object may cost.
    NotRendered(String),
}
