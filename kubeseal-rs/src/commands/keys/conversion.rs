//! Commands that store keys in another form: [`unwrap`] does it on this machine; [`wrap`] and [`rewrap`] request it from the controller, because
//! only the controller has the providers.

pub(crate) mod error;
pub(crate) mod plain_secret;
pub(crate) mod request;
pub(crate) mod rewrap;
pub(crate) mod selection;
pub(crate) mod unwrap;
pub(crate) mod wrap;
