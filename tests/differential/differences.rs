//! `differences`: where kubeseal-rs differs from upstream's kubeseal on purpose. `kubeseal-rs/docs/migrating.md` lists
//! the same differences.
//!
//! A difference that is not listed fails its family, and so does a listed one that does not occur.

mod cluster;
mod connections;
mod input;
mod usage;

use crate::family::Family;
use crate::judge::How;

/// Cases that differ on purpose.
#[derive(Debug)]
pub(crate) struct Difference {
    /// Names of cases; `*` stands for any text.
    pub cases: &'static [&'static str],
    pub how: How,
    /// Why ours is better.
    pub because: &'static str,
}

/// All differences of a family. The first one that names a case counts.
pub(crate) fn differences(family: Family) -> Vec<&'static Difference> {
    let (list, more): (&[Difference], &[Difference]) = match family {
        // No differences.
        Family::Scopes => (&[], &[]),
        Family::Data => (input::DATA, &[]),
        Family::Metadata => (input::METADATA, &[]),
        Family::Scalars => (input::SCALARS, &[]),
        Family::Yaml => (input::YAML, &[]),
        Family::Streams => (input::STREAMS, &[]),
        Family::Wrong => (usage::WRONG, &[]),
        Family::Certificates => (usage::CERTIFICATES, &[]),
        Family::Raw => (usage::RAW, &[]),
        Family::Files => (usage::FILES, &[]),
        Family::Environment => (usage::ENVIRONMENT, &[]),
        Family::Flags => (usage::FLAGS, &[]),
        Family::Recovery => (cluster::RECOVERY, &[]),
        Family::Merge => (cluster::MERGE, &[]),
        Family::OurController => (cluster::CONTROLLER, &[]),
        Family::Connections => (connections::CONNECTIONS, &[]),
        Family::UpstreamsController => (cluster::CONTROLLER, cluster::UPSTREAMS_CONTROLLER),
    };
    list.iter().chain(more).collect()
}
