//! [`wanted`]: the clusters that a SealedSecret is to be sealed for. Pure.

use crate::commands::recipients::current::{CurrentRecipient, CurrentRecipients};
use crate::commands::recipients::failure::ChangeFailure;
use crate::project::cluster_name::ClusterName;

/// What the user asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Aim {
    /// A cluster more.
    Add(String),
    /// A cluster less, or a key that is no cluster's.
    Remove(String),
    /// What the rule for the file says.
    Rules,
}

/// The fewest characters of a key that remove it.
const SHORTEST_KEY: usize = 8;

/// The clusters, the first one first. `ruled` are those of the rule for the file. None if nothing is to change.
///
/// A file is never sealed for a cluster because its annotation names it: each cluster that stays has to be one of the rule's.
pub(crate) fn wanted(
    aim: &Aim,
    current: &CurrentRecipients,
    ruled: &[ClusterName],
) -> Result<Option<Vec<ClusterName>>, ChangeFailure> {
    let (mut names, others, added) = match aim {
        Aim::Rules => return Ok(Some(ruled.to_vec())),
        Aim::Add(name) => {
            let name: ClusterName = name.parse().map_err(|_| ChangeFailure::NotAName(name.clone()))?;
            if current.all.is_empty() {
                return Err(ChangeFailure::NotKnown);
            }
            let mut names = current.clusters();
            if !names.contains(&name) {
                names.push(name.clone());
            }
            (names, current.unknown().map(CurrentRecipient::shown).collect::<Vec<_>>(), Some(name))
        }
        Aim::Remove(text) => {
            let is_removed = |recipient: &&_| is_named(text, recipient);
            if !current.all.iter().any(|recipient| is_removed(&recipient)) {
                return Ok(None);
            }
            let left = CurrentRecipients {
                all: current.all.iter().filter(|recipient| !is_removed(recipient)).cloned().collect(),
                ..current.clone()
            };
            (left.clusters(), left.unknown().map(CurrentRecipient::shown).collect(), None)
        }
    };
    if !others.is_empty() {
        return Err(ChangeFailure::Unknown(others));
    }
    if names.is_empty() {
        return Err(ChangeFailure::Last);
    }
    let is_surplus = |name: &&ClusterName| !ruled.contains(name) && Some(*name) != added.as_ref();
    let surplus: Vec<ClusterName> = names.iter().filter(is_surplus).cloned().collect();
    if !surplus.is_empty() {
        return Err(ChangeFailure::Surplus(surplus));
    }
    if !current.is_even {
        return Err(ChangeFailure::Uneven);
    }
    // In the order of the rule, whose first cluster is the one that upstream's controller may run in.
    names.sort_by_key(|name| ruled.iter().position(|ruled| ruled == name).unwrap_or(usize::MAX));
    Ok(Some(names))
}

fn is_named(text: &str, recipient: &CurrentRecipient) -> bool {
    let is_cluster = recipient.cluster.as_ref().is_some_and(|cluster| cluster.as_str() == text);
    is_cluster || (text.len() >= SHORTEST_KEY && recipient.key.starts_with(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn current(recipients: &[(&str, Option<&str>)]) -> CurrentRecipients {
        let all = recipients.iter().map(|(key, cluster)| CurrentRecipient {
            key: (*key).into(),
            cluster: cluster.map(|cluster| cluster.parse().unwrap()),
        });
        CurrentRecipients { all: all.collect(), is_even: true, groups: 1, first: None }
    }

    fn names(result: Result<Option<Vec<ClusterName>>, ChangeFailure>) -> String {
        match result {
            Ok(None) => "unchanged".into(),
            Ok(Some(names)) => names.iter().map(ClusterName::as_str).collect::<Vec<_>>().join(" "),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn names_are_added_and_removed() {
        let (key, age) = ("0123456789abcdef", "age1qqqqqqqqq");
        let ours = current(&[("aaaaaaaaaaaaaaaa", Some("eu")), ("bbbbbbbbbbbbbbbb", Some("us"))]);
        let stranger = current(&[("aaaaaaaaaaaaaaaa", Some("eu")), (key, None), (age, None)]);
        let nothing = current(&[]);
        let add = |name: &str| Aim::Add(name.into());
        let remove = |name: &str| Aim::Remove(name.into());
        for (aim, current, expected) in [
            (add("dr"), &ours, "eu us dr"),
            (add("us"), &ours, "eu us"),
            (add("DR"), &ours, "\"DR\" is not the name of a cluster"),
            (add("dr"), &nothing, "it is not known which cluster it is sealed for"),
            (
                add("dr"),
                &stranger,
                "it names recipients that are trusted for no cluster: 0123456789ab…, age1qqqqqqqq…",
            ),
            (remove("us"), &ours, "eu"),
            (remove("dr"), &ours, "unchanged"),
            (remove("0123"), &stranger, "unchanged"),
            (
                remove("01234567"),
                &stranger,
                "it names recipients that are trusted for no cluster: age1qqqqqqqq…",
            ),
            (
                remove("eu"),
                &current(&[("aaaaaaaaaaaaaaaa", Some("eu"))]),
                "nothing would open it: it has no other recipient",
            ),
        ] {
            assert_eq!(names(wanted(&aim, current, &ruled(&["eu", "us"]))), expected, "{aim:?}");
        }
    }

    fn ruled(names: &[&str]) -> Vec<ClusterName> {
        names.iter().map(|name| name.parse().unwrap()).collect()
    }

    /// A pull request can write the key of another cluster into a file, where that cluster is trusted for other files.
    #[test]
    fn no_cluster_stays_that_only_the_file_names() {
        let forged = current(&[("a", Some("eu")), ("b", Some("dev"))]);
        let rule = ruled(&["eu", "us"]);
        for aim in [Aim::Add("us".into()), Aim::Remove("eu".into())] {
            let refused = names(wanted(&aim, &forged, &rule));
            assert_eq!(refused, "it is sealed for dev, which its rule does not name", "{aim:?}");
        }
        assert_eq!(names(wanted(&Aim::Remove("dev".into()), &forged, &rule)), "eu");
        let uneven = CurrentRecipients { is_even: false, ..current(&[("a", Some("eu"))]) };
        let refused = names(wanted(&Aim::Add("us".into()), &uneven, &rule));
        assert_eq!(refused, "not all of its items are sealed for the same recipients");
    }

    #[test]
    fn the_rule_decides_the_order_and_all_of_it_with_rules() {
        let ours = current(&[("a", Some("us")), ("b", Some("eu"))]);
        let rule = ruled(&["eu", "us", "dr"]);
        assert_eq!(names(wanted(&Aim::Add("dr".into()), &ours, &rule)), "eu us dr");
        assert_eq!(names(wanted(&Aim::Rules, &ours, &rule)), "eu us dr");
    }
}
