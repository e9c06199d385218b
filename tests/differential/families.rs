//! The tables of cases. The first line of each file says what its cases test.

pub(crate) mod clusters {
    pub(crate) mod certificates;
    pub(crate) mod cluster;
    pub(crate) mod connections;
}

pub(crate) mod options {
    pub(crate) mod environment;
    pub(crate) mod flags;
    pub(crate) mod merge;
    pub(crate) mod raw;
    pub(crate) mod recovery;
    pub(crate) mod scopes;
}

pub(crate) mod secrets {
    pub(crate) mod data;
    pub(crate) mod files;
    pub(crate) mod metadata;
    pub(crate) mod scalars;
    pub(crate) mod streams;
    pub(crate) mod wrong;
    pub(crate) mod yaml;
}

/// A Secret in JSON.
pub(crate) const JSON: &str = r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"db","namespace":"shop"},"stringData":{"password":"hunter2"}}"#;
