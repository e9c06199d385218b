//! [`Step`]: what happens to the file or to a cluster.

use rand::RngExt as _;
use rand::rngs::StdRng;
use tests::lab::Maker;

use super::model::ITEMS;
use crate::scene::program::Reseal;

/// What happens to the file or to a cluster; a number is the index of the cluster.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// The controller makes a new sealing key. The repository gets the certificate.
    Renew(usize),
    /// A command has the controller seal everything to its newest key.
    Reseal(usize, Reseal),
    /// `--merge-into` of this maker with the certificate of one cluster.
    MergeInto(usize, Maker, &'static str),
    /// An item is sealed for both clusters: to this one, and with entries for both.
    SealForBoth(usize, &'static str),
    /// `edit` changes an item: as `SealForBoth`.
    Edit(usize, &'static str),
    /// The recipients change; the private keys of this cluster open the values.
    Recipients(usize, Aim),
}

/// What the recipients are to be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Aim {
    /// `recipients add`.
    Add(usize),
    /// `recipients remove`.
    Remove(usize),
    /// `reseal --recipients`.
    Rules,
}

impl Step {
    pub(super) fn random(random: &mut StdRng) -> Self {
        let (cluster, item) = (random.random_range(0..2), ITEMS[random.random_range(0..ITEMS.len())]);
        let maker = if random.random() { Maker::Ours } else { Maker::Upstream };
        let other = random.random_range(0..2);
        match random.random_range(0..12) {
            0 => Self::Renew(cluster),
            1..=3 => Self::Reseal(cluster, Reseal::ALL[random.random_range(0..Reseal::ALL.len())]),
            4 => Self::MergeInto(cluster, maker, item),
            5 | 6 => Self::SealForBoth(cluster, item),
            7 | 8 => Self::Edit(cluster, item),
            9 => Self::Recipients(cluster, Aim::Add(other)),
            10 => Self::Recipients(cluster, Aim::Remove(other)),
            _ => Self::Recipients(cluster, Aim::Rules),
        }
    }
}
