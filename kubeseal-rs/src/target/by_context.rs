//! [`choose`]: which controller is meant, of those that the project file names for the selected context.

use crate::controller::address::ControllerAddress;
use crate::project::cluster_name::ClusterName;

/// The controller of a cluster with the selected context.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub cluster: ClusterName,
    pub address: ControllerAddress,
    pub is_accepted: bool,
}

/// The controller that is used.
#[derive(Debug)]
pub(crate) struct Choice {
    pub address: ControllerAddress,
    /// Other controllers, which were not accepted.
    pub ignored: Vec<Candidate>,
}

/// The controller of the accepted clusters, if they have one; without such a cluster, the default. The error lists several controllers.
///
/// Decided: several are an error, because the default would be a third one that no line of the file means.
pub(crate) fn choose(candidates: Vec<Candidate>, default: ControllerAddress) -> Result<Choice, Vec<String>> {
    let (accepted, mut ignored): (Vec<_>, Vec<_>) =
        candidates.into_iter().partition(|candidate| candidate.is_accepted);
    let is_one = accepted.windows(2).all(|two| two[0].address.service() == two[1].address.service());
    if !is_one {
        let shown = |it: Candidate| format!("{} of {}", it.address.service(), it.cluster);
        return Err(accepted.into_iter().map(shown).collect());
    }
    let address = accepted.into_iter().next().map_or(default, |candidate| candidate.address);
    ignored.retain(|candidate| candidate.address.service() != address.service());
    Ok(Choice { address, ignored })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Cluster;

    fn address(namespace: &str) -> ControllerAddress {
        ControllerAddress::from_args(Some("c".into()), Some(namespace.into()), None, &Cluster::default())
    }

    /// The controller, and the clusters of the warning.
    fn chosen(candidates: &[(&str, &str, bool)]) -> Result<(String, Vec<String>), Vec<String>> {
        let candidates = candidates.iter().map(|(cluster, namespace, is_accepted)| Candidate {
            cluster: cluster.parse().unwrap(),
            address: address(namespace),
            is_accepted: *is_accepted,
        });
        let choice = choose(candidates.collect(), address("default"))?;
        let ignored = choice.ignored.iter().map(|it| it.cluster.to_string());
        Ok((choice.address.service(), ignored.collect()))
    }

    #[test]
    fn the_accepted_one_is_used_and_others_are_named() {
        let (yes, no) = (true, false);
        for (candidates, service, ignored) in [
            (&[][..], "default/c", &[][..]),
            (&[("a", "x", yes)], "x/c", &[]),
            (&[("a", "x", no)], "default/c", &["a"]),
            (&[("a", "default", no)], "default/c", &[]),
            (&[("a", "x", yes), ("b", "x", yes)], "x/c", &[]),
            (&[("a", "x", yes), ("b", "x", no)], "x/c", &[]),
            // What was not accepted takes nothing away.
            (&[("a", "y", no), ("b", "x", yes), ("c", "default", no)], "x/c", &["a", "c"]),
        ] {
            let ignored: Vec<String> = ignored.iter().map(|it| (*it).to_owned()).collect();
            assert_eq!(chosen(candidates), Ok((service.to_owned(), ignored)), "{candidates:?}");
        }
    }

    #[test]
    fn of_several_none_is_used() {
        let several = [("a", "x", true), ("b", "y", true), ("c", "z", false)];
        assert_eq!(chosen(&several), Err(vec!["x/c of a".to_owned(), "y/c of b".into()]));
        // The defaults count as well.
        let one_by_default = [("a", "default", true), ("b", "y", true)];
        assert_eq!(chosen(&one_by_default).unwrap_err().len(), 2);
    }
}
