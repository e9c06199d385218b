//! Kubernetes events: what they say (`Happening`), what they are about (`About`), and their way to the API server
//! ([`EventQueue`]). Whether something is worth an event is decided where it happens.

pub(crate) mod about;
pub(crate) mod happening;
pub(crate) mod queue;
