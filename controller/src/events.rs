//! Kubernetes events: what they say (`Happening`), what they are about (`About`), and their way to the API server
//! ([`EventQueue`]). Whether something is worth an event is decided where it happens.

mod about;
mod happening;
mod queue;

pub(crate) use about::About;
pub(crate) use happening::Happening;
pub use queue::EventQueue;
