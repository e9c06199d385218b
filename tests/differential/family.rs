//! [`Family`]: the tables of cases. The cases are under `families`, the differences in `differences`.

/// One table, which is one test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Scopes,
    Data,
    Metadata,
    Scalars,
    Yaml,
    Streams,
    Wrong,
    Certificates,
    Raw,
    Files,
    Environment,
    Flags,
    Recovery,
    Merge,
    OurController,
    UpstreamsController,
    Connections,
}
